"""The body of a post, made content that any reader may show, and what its end says about where it comes from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from feeds.entries import markup
from feeds.entries.attribution import source_in_tags
from feeds.entries.endings import Ending, take_ending
from feeds.model import Post
from feeds.settings import Settings
from feeds.text import one_line

_MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    content_html: str
    excerpt: str  # plain text before the separator; "" where there is none
    ending: Ending


def body_of(post: Post, *, links: markup.Links, settings: Settings) -> Body:
    """Render and clean a post's body, whose text is legal in XML."""
    text = markup.settle_liquid(post.body, line=post.body_line, found=links.found)
    before, text = _at_separator(text, post.excerpt_separator)
    excerpt = one_line(markup.text_of(markup.clean(_html(before, post), links))) if before.strip() else ""
    html = _html(text, post)
    root = markup.tree_of(html)
    if markup.is_too_deep(root, html):
        links.found.add("body-too-deep")
        return Body(content_html=markup.as_text(root), excerpt=excerpt, ending=Ending())
    markup.tidy(root, links)
    patterns = _patterns(settings.content.navigation)
    ending = take_ending(root, navigation=patterns, is_syndicated=_is_syndicated(post, settings))
    return Body(content_html=markup.finish(root, links), excerpt=excerpt, ending=ending)


def _html(text: str, post: Post) -> str:
    return text if post.body_format == "html" else markup.markdown(markup.without_attribute_lists(text))


def _at_separator(text: str, separator: str) -> tuple[str, str]:
    """Return what stands before the separator, and the text without it.

    Blank lines are no separator: every post has some, and its first paragraph is the summary anyway.
    """
    if not separator.strip():
        return "", text
    mark = _MORE.search(text) if _MORE.fullmatch(separator) else re.search(re.escape(separator), text)
    return (text[: mark.start()], text[: mark.start()] + text[mark.end() :]) if mark else ("", text)


def _is_syndicated(post: Post, settings: Settings) -> bool:
    return bool(post.source or post.original or source_in_tags(post.tags, settings.content.source_suffix))


@cache
def _patterns(navigation: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, navigation))
