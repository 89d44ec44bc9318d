"""The sources of a site and their feeds, for programs (JSON) and for readers to import (OPML 2.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import orjson
from lxml import etree

from feeds.model import Format, Source
from feeds.render.moments import rfc3339
from feeds.render.readings import plain, web_address
from feeds.render.xml import add


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source as the lists show it."""

    source: Source
    urls: Mapping[Format, str]  # of its feed on this site, absolute and percent-encoded
    count: int  # of all its entries
    newest: datetime | None  # aware; None where it has no entries
    aliases: tuple[str, ...] = ()


def sources_json(lines: Sequence[SourceLine], *, zone: tzinfo) -> bytes:
    """Write an array with one object for each source; what is unknown is left out."""
    return orjson.dumps([_known(line, zone) for line in lines], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _known(line: SourceLine, zone: tzinfo) -> Mapping[str, object]:
    source = line.source
    members = {
        "name": plain(source.name),
        "feeds": dict(line.urls),
        "url": web_address(source.url),
        "feed": web_address(source.feed),
        "logo": web_address(source.logo),
        "language": source.language,
        "license": plain(source.license or ""),
        "items": line.count,
        "newest": line.newest and rfc3339(line.newest, zone),
        "aliases": [plain(alias) for alias in line.aliases],
    }
    return {name: value for name, value in members.items() if value or value == 0}


def sources_opml(lines: Sequence[SourceLine], *, title: str, home: str) -> bytes:
    """Write a flat subscription list. home: address of the site, for sources without a home page of their own."""
    root = etree.Element("opml", version="2.0")
    head, body = add(root, "head"), add(root, "body")
    add(head, "title", plain(title))
    add(head, "docs", "http://opml.org/spec2.opml")
    for line in lines:
        name, page = plain(line.source.name), web_address(line.source.url) or home
        shown = {"type": "rss", "text": name, "title": name, "xmlUrl": line.urls["rss"], "htmlUrl": page}
        etree.SubElement(body, "outline", shown)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document
