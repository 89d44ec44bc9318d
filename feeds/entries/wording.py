"""The words that stand for an entry in a list: its title and its summary, both plain text."""

import re
from datetime import tzinfo

from feeds.diagnostics import Found
from feeds.entries.markup import first_paragraph, plain, text_of, typographic
from feeds.model import Post, Source
from feeds.settings import ContentSettings
from feeds.text import one_line, shorten

_CREDITS = re.compile(r"（\s*(?:文章来源|责任编辑)\s*[：:][^（）]{0,40}）")
_TITLE_LENGTH = 60  # characters, of a title taken from the text
_SUMMARY_LENGTH = 200
_BRACKETED = re.compile(r"【([^【】]{2,80})】")
_SENTENCE = re.compile(r".+?(?:[。！？]|[.!?](?=\s|\Z))")
_WORDS = re.compile(r"[^\W\d_]+(?:-\w+)*")  # `first-storm`, and no `NW202112292229869269`
_OPENING = re.compile(r"<p>(?P<first>(?:[^\w<&]|_)*+[^\W_][^<]*+)</p><p>\s*+[^\W_]")  # two paragraphs
_NO_WORD = re.compile(r"[\W_]+")
_LEADING_BRACKET = re.compile(r"\A【([^【】]*)】\s*")


def title_of(
    post: Post, *, content_html: str, source: Source | None, zone: tzinfo, found: Found, settings: ContentSettings
) -> str:
    """Return the title as plain text on one line, or derive one, for a feed must never fail for want of it."""
    title = one_line(plain(post.title))
    if title:
        return typographic(title) if "title" in settings.typography else title
    if settings.untitled == "name" and _WORDS.fullmatch(post.slug):
        found.add("title-missing", detail="the file's name")
        return " ".join(word.capitalize() for word in post.slug.split("-"))
    opening = _opening(content_html)
    if opening:
        found.add("title-missing", detail="the text")
        return opening
    if source:
        found.add("title-missing", detail="the source and the date")
        return f"{source.name} {post.published.astimezone(zone):%Y-%m-%d %H:%M}"
    found.add("title-missing", detail="the key")
    return post.key


def _opening(content_html: str) -> str:
    """Return what a newswire puts in 【…】 before its digest, else the first sentence."""
    text = one_line(_without_credits(first_paragraph(content_html)))
    bracketed = _BRACKETED.search(text)
    if bracketed:
        return shorten(one_line(bracketed[1]), _TITLE_LENGTH)
    sentence = _SENTENCE.match(text)
    return shorten((sentence[0] if sentence else text).rstrip("。."), _TITLE_LENGTH)


def summary_of(post: Post, *, title: str, excerpt: str, content_html: str, is_whole: bool = False) -> str:
    """Return the author's own description, else the excerpt, else the first paragraph; the last two cut near 200.

    excerpt: plain text before the separator, "" where there is none. "" comes back where the summary would say no more
    than the title or no less than the whole body. is_whole: it is neither cut nor left out for any of this.
    """
    if post.description == "":
        return ""
    stated = one_line(plain(post.description or ""))
    if is_whole:
        return stated or one_line(excerpt or first_paragraph(content_html))
    text = stated or shorten(_without_title(excerpt or first_paragraph(content_html), title), _SUMMARY_LENGTH)
    if _gist(title).startswith(_gist(text)):
        return ""
    is_opening = not (stated or excerpt) and _goes_on(content_html)
    return "" if not is_opening and _is_whole_body(text, content_html) else text


def _goes_on(content_html: str) -> bool:
    """Say whether a paragraph of words surely follows the first one, and in no bracket that this has left open."""
    match = _OPENING.match(content_html)
    return match is not None and "（" not in match["first"].rpartition("）")[2]


def _is_whole_body(text: str, content_html: str) -> bool:
    body = _without_credits(text_of(content_html))
    return len(body) < 2 * len(text) + 40 and _gist(text) == _gist(body)  # a long body is not even read


def _without_title(text: str, title: str) -> str:
    text = one_line(_without_credits(text))
    leading = _LEADING_BRACKET.match(text)
    return text[leading.end() :] if leading and _gist(leading[1]) == _gist(title) else text


def with_source(title: str, name: str, *, language: str) -> str:
    """Put the source behind a title, once."""
    if title.endswith((f"（{name}）", f"({name})")):
        return title
    is_cjk = language.lower().split("-")[0] in {"zh", "ja"}
    return f"{title}（{name}）" if is_cjk else f"{title} ({name})"


def _without_credits(text: str) -> str:
    return _CREDITS.sub("", text)


def _gist(text: str) -> str:
    """Letters and digits alone, to tell whether two texts say the same."""
    return _NO_WORD.sub("", text.casefold())
