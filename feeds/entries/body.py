"""The body of a post, made content that any reader may show, and what it says about where it comes from."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from turbohtml import Element

from feeds.entries import markup
from feeds.entries.attribution import (
    Attribution,
    Evidence,
    attribute,
    known_parenthesis,
    marked_line,
    outlet_parenthesis,
    source_in_tags,
)
from feeds.entries.endings import drop_navigation, take_original
from feeds.entries.lines import lines_of
from feeds.entries.removing import take_out, without_paragraph
from feeds.model import Post
from feeds.settings import Settings
from feeds.sources import Sources
from feeds.text import one_line

_SAYING = (marked_line, known_parenthesis, outlet_parenthesis)
_MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)


class Body(NamedTuple):
    content_html: str
    core_html: str  # without the line that names the source
    excerpt: str  # plain text before the separator; "" where there is none
    attribution: Attribution


def body_of(
    post: Post, *, links: markup.Links, settings: Settings, sources: Sources, original: str | None = None
) -> Body:
    """Render and clean a post's body, whose text is legal in XML.

    original: its absolute address, as the front matter states it.
    """
    text = markup.settle_liquid(post.body, line=post.body_line, found=links.found)
    common = settings.content.excerpt_separator
    is_typographic = "body" in settings.content.typography
    before, text = _at_separator(text, common if post.excerpt_separator is None else post.excerpt_separator)
    excerpt = (
        one_line(markup.text_of(markup.clean(_rendered(_source(before, post), post, links, is_typographic), links)))
        if before.strip()
        else ""
    )
    source = _source(text, post)
    html = _rendered(source, post, links, is_typographic)
    root = markup.tree_of(html)
    evidence = Evidence(post=post, original=original, settings=settings, sources=sources)
    if markup.is_too_deep(root, html):
        links.found.add("body-too-deep")
        content = markup.as_text(root)
        attribution = attribute(evidence, links.found)
        return Body(content_html=content, core_html=content, excerpt=excerpt, attribution=attribution)
    evidence.marked = tuple(_marked(root, settings.attribution.classes))
    markup.tidy(root, links)
    _take_end(evidence, root)
    attribution = attribute(evidence, links.found)
    content, was_fine = markup.finished(root, links, is_legal="&#" not in source)
    core = content
    is_for_us = was_fine and not settings.attribution.drop_source_line  # read, and never shown
    if is_for_us and (rest := without_paragraph(content, attribution.lines, root)):
        core = rest
    elif take_out(root, attribution.lines):
        core = markup.serialised(root) if is_for_us else markup.finish(root, links)
    return Body(content_html=content, core_html=core, excerpt=excerpt, attribution=attribution)


def _source(text: str, post: Post) -> str:
    return text if post.body_format == "html" else markup.without_attribute_lists(text)


def _rendered(source: str, post: Post, links: markup.Links, is_typographic: bool) -> str:  # noqa: FBT001
    if post.body_format == "html":
        return source
    return markup.markdown(source, is_typographic=is_typographic, found=links.found)


def _at_separator(text: str, separator: str) -> tuple[str, str]:
    """Return what stands before the separator, and the text without it.

    Blank lines are no separator: every post has some, and its first paragraph is the summary anyway.
    """
    if not separator.strip():
        return "", text
    if separator.startswith("<!--") and "<!--" not in text:  # most texts
        return "", text
    mark = _MORE.search(text) if _MORE.fullmatch(separator) else re.search(re.escape(separator), text)
    return (text[: mark.start()], text[: mark.start()] + text[mark.end() :]) if mark else ("", text)


def _marked(root: Element, classes: Sequence[str]) -> Iterable[str]:
    """Yield the texts of the elements that are set apart by a class; tidying drops all classes."""
    for element in root.select("[class]") if classes else ():
        if any(map(element.has_class, classes)):
            yield one_line(element.text)


def _take_end(evidence: Evidence, root: Element) -> None:
    """Take navigation and the original's address out of the tree, and read the lines that are left.

    Only where something says that the post comes from elsewhere is a bare address at the end the original's.
    """
    had_navigation = drop_navigation(root, _patterns(evidence.settings.content.navigation))

    def is_original(address: str) -> bool:
        if had_navigation or evidence.sources.of_address(address):
            return True
        if _is_syndicated(evidence):
            return True
        evidence.lines = lines_of(root)
        return _is_named(evidence)

    evidence.standing = take_original(root, is_original=is_original)
    evidence.lines = lines_of(root)
    evidence.original = evidence.original or evidence.standing


def _is_syndicated(evidence: Evidence) -> bool:
    """Say whether something outside the text says that the post comes from elsewhere."""
    post = evidence.post
    if post.source or post.via or post.original or evidence.marked:
        return True
    if source_in_tags(post.tags, evidence.settings.content.source_suffix):
        return True
    return any(evidence.sources.of_category(term) for term in post.categories)


def _is_named(evidence: Evidence) -> bool:
    """Say whether the text names where it comes from."""
    return any(clue.name for rule in _SAYING for clue in rule(evidence))


@cache
def _patterns(navigation: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, navigation))
