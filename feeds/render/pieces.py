"""Lists of thousands of things, put together from a piece for each: who keeps the pieces makes few of them anew."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from lxml import etree

from feeds.render.readings import plain
from feeds.render.xml import add


class OutlineGroup(NamedTuple):
    """Subscriptions that belong together."""

    title: str  # "" for those that stand by themselves
    outlines: Sequence[bytes]  # as `outline` writes them


def outline(shown: Mapping[str, str]) -> bytes:
    """Write one subscription of a list."""
    piece: bytes = etree.tostring(etree.Element("outline", shown), encoding="UTF-8")
    return piece


def opml(groups: Sequence[OutlineGroup], *, title: str) -> bytes:
    """Write a subscription list (OPML 2.0), the subscriptions of each group inside an outline of its own."""
    root = etree.Element("opml", version="2.0")
    head, body = add(root, "head"), add(root, "body")
    add(head, "title", plain(title))
    add(head, "docs", "http://opml.org/spec2.opml")
    filled = [group for group in groups if group.outlines]
    for group in filled:
        name = plain(group.title)
        parent = etree.SubElement(body, "outline", {"text": name, "title": name}) if name else body
        parent.append(etree.Comment(""))
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    written, *rest = document.split(b"<!---->")
    parts = [written]
    for group, following in zip(filled, rest, strict=True):
        margin = parts[-1][parts[-1].rindex(b"\n") :]  # of the line on which the comment stood
        parts += [margin.join(group.outlines), following]
    return b"".join(parts)


def json_object(members: Mapping[str, object], *, depth: int = 0) -> bytes:
    """Write an object in lines. depth: of it in its document."""
    return orjson.dumps(members, option=orjson.OPT_INDENT_2).replace(b"\n", _margin(depth))


def json_array(objects: Sequence[bytes], *, before: bytes = b"", after: bytes = b"\n", depth: int = 0) -> bytes:
    """Write a document that is an array of objects, or ends in one.

    objects: as `json_object` writes them one deeper. before, after: what stands around it. depth: in its document.
    """
    if not objects:
        return before + b"[]" + after
    first, *rest = objects
    inner = _margin(depth + 1)
    pieces = [before + b"[" + inner + first, *rest]
    pieces[-1] += _margin(depth) + b"]" + after
    return (b"," + inner).join(pieces)  # the whole once: there may be tens of thousands


def _margin(depth: int) -> bytes:
    return b"\n" + b"  " * depth
