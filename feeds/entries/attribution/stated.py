"""Rules for what a post says outright: in its front matter, in a marked line, in an element set apart for it."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from turbohtml import Element

from feeds.entries.attribution import words
from feeds.entries.attribution.clues import Clue, Evidence
from feeds.entries.lines import HEAD, Line
from feeds.model import Source

_PAGE = re.compile(r"\d|-|\.\w{3,5}\Z|\?")


def front_matter(evidence: Evidence) -> Iterator[Clue]:
    """`source`, then `via`; then an `author` that the register knows as a publication.

    An author is a person unless the settings say otherwise: nobody else can tell 新京报 from a pen name.
    """
    post = evidence.post
    for stated, is_via in ((post.source, False), (post.via, True)):
        if stated and stated.name.strip():
            yield _of_source(stated, is_via=is_via)
    for person in post.authors:
        if evidence.sources.known(person.name):
            yield Clue(
                rule="front-matter",
                confidence="derived",
                name=person.name,
                said=person.name,
                where="front",
                key="authors",
            )


def _of_source(stated: Source, *, is_via: bool) -> Clue:
    return Clue(
        rule="front-matter",
        confidence="stated",
        name=stated.name,
        said=stated.name,
        is_via=is_via,
        url=stated.url,
        feed=stated.feed,
        where="front",
        key="via" if is_via else "source",
    )


def marked_line(evidence: Evidence) -> Iterator[Clue]:
    """`（文章来源：X）`, `来源：X`, `Source: X`, `Originally published at X`, `via X`, at either end."""
    for line in _lines(evidence):
        said = words.bracketed(line.text) or words.labelled(line.text)
        if said:
            yield _of_words(said, line)


def _lines(evidence: Evidence) -> tuple[Line, ...]:
    return (*evidence.lines.tail, *evidence.lines.head[:HEAD])


def _of_words(said: tuple[str, str, bool], line: Line) -> Clue:
    written, all_, is_via = said
    address = _address_in(line, written) or _address(written)
    name = "" if words.is_address(written) else words.clean_name(written)
    return Clue(
        rule="marked-line",
        confidence="stated",
        name=name,
        said=name or all_,
        is_via=is_via,
        original=address,
        where="body",
        is_named_in_body=True,
        line=line if name or address else None,
        cut=all_,
    )


def _address_in(line: Line, written: str) -> str | None:
    """Return the address of a page to which the words lead; a mere home page is none."""
    links = [node for top in line.nodes if isinstance(top, Element) for node in (top, *top.iter_elements("a"))]
    for link in links:
        href = link.attr("href") or ""
        if link.tag == "a" and link.text.strip() and link.text.strip() in written and _is_page(href):
            return href
    return None


def _is_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and _PAGE.search(f"{parts.path}?{parts.query}".rstrip("?")) is not None


def _address(text: str) -> str | None:
    text = text.strip().strip("<>")
    return text if words.is_address(text) and text.startswith("http") and _is_page(text) else None


def marked_class(evidence: Evidence) -> Iterator[Clue]:
    """The text of an element whose class the settings name, such as `em_media`, wherever it stands."""
    for text in reversed(evidence.marked):
        said = words.bracketed(text) or words.labelled(text)
        name = words.clean_name(said[0] if said else "" if words.is_credit(text) else text)
        line = next((line for line in _lines(evidence) if line.text == text), None)
        yield Clue(
            rule="marked-class",
            confidence="stated",
            name=name,
            said=name or text,
            where="body",
            is_named_in_body=True,
            line=line if name else None,
            cut=text,
        )


def pattern(evidence: Evidence) -> Iterator[Clue]:
    """What the site's own patterns find in the first and the last lines: groups `name` and `url`."""
    for one in _compiled(evidence.settings.attribution.patterns):
        for line in _lines(evidence):
            match = one.search(line.text)
            if match is None:
                continue
            groups = match.groupdict()
            name = words.clean_name(groups.get("name") or "")
            yield Clue(
                rule="pattern",
                confidence="stated",
                name=name,
                said=match[0],
                original=_address(groups.get("url") or ""),
                where="body",
                is_named_in_body=True,
                line=line if match[0] == line.text else None,  # a sentence stays
                cut=line.text,
            )


@cache
def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, patterns))
