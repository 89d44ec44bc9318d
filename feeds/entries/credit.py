"""The credit line that ends an entry's content: whose it is, and where the original stands."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape

from feeds.diagnostics import Found
from feeds.entries import markup
from feeds.model import Source
from feeds.urls import is_sure

_TEMPLATES = {
    "de": "Quelle: {source} · {original}",
    "en": "Source: {source} · {original}",
    "es": "Fuente: {source} · {original}",
    "fr": "Source : {source} · {original}",
    "ja": "出典：{source} · {original}",
    "ko": "출처: {source} · {original}",
    "zh": "来源：{source} · {original}",
    "zh-hant": "來源：{source} · {original}",
}
_ORIGINAL = {
    "de": "Original lesen",
    "en": "Read the original",
    "es": "Leer el original",
    "fr": "Lire l’original",
    "ja": "元記事を読む",
    "ko": "원문 보기",
    "zh": "阅读原文",
    "zh-hant": "閱讀原文",
}
_STAND_IN = "https://original.invalid/"  # each post has another original, and the line around it is the same
_HANT = {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}
_PLACE = re.compile(r"\{(source|original)\}")
_SEPARATOR = re.compile(r"\A(?:[\s·•|｜/,，;；:：、–—-]|&middot;|&nbsp;|<br\s*/?>)+", re.IGNORECASE)
_OPENING = re.compile(r"\A(?:\s*(?:<[^<>]*>|[(（\[【]))*\s*")
_WORD = re.compile(r"\w")
_TAG = re.compile(r"<[^<>]*>")


def credit_line(
    source: Source | None, original: str | None, *, language: str, templates: Mapping[str, str], links: markup.Links
) -> str:
    """Return a paragraph of HTML that names the source and links to the original; "" where it would say nothing.

    templates: the site's own, by language; they win over the built-in ones. A half that is unknown goes with its words.
    """
    template, words = _spoken(language)
    if templates:
        own = {tag.lower(): template for tag, template in templates.items()}
        template = _first(own, language) or template or own.get("en")
    template = template or _TEMPLATES["en"]
    home = source.url if source else None
    if "<" in template or not all(is_sure(address) for address in (home, original) if address):
        return _cleaned(_line(template, source, original, words), links)
    line = _cleaned_once(template, source, _STAND_IN if original else None, words)
    return line.replace(_STAND_IN, (original or "").replace("&", "&amp;"))


@lru_cache(maxsize=64)
def _spoken(language: str) -> tuple[str | None, str]:
    """Return our own template in a language, if there is one, and the words that lead to an original."""
    return _first(_TEMPLATES, language), _first(_ORIGINAL, language) or _ORIGINAL["en"]


def _line(template: str, source: Source | None, original: str | None, words: str) -> str:
    shown = {}
    if source:
        shown["source"] = _link(source.url, source.name)
    if original:
        shown["original"] = _link(original, words)
    return filled(template, shown)


def _cleaned(line: str, links: markup.Links) -> str:
    return markup.clean(f"<p>{line}</p>", links) if line else ""


@lru_cache(maxsize=4096)  # there are as many as sources
def _cleaned_once(template: str, source: Source | None, original: str | None, words: str) -> str:
    """Make a line whose addresses need nothing resolved, and of which there is nothing to tell."""
    return _cleaned(_line(template, source, original, words), markup.Links(base=_STAND_IN, found=Found("")))


def filled(template: str, shown: Mapping[str, str]) -> str:
    """Put the halves that are known into a template, and take out the words that belong to the others."""
    texts = _PLACE.split(template)  # text, name, text, …
    names = texts[1::2]
    if not any(name in shown for name in names):
        return ""
    opening = (_OPENING.match(texts[0]) or [""])[0]
    parts = [opening]
    is_first = True
    for before, name in zip(texts[:-1:2], names, strict=True):
        if name in shown:
            label = before[len(opening) :] if before is texts[0] else before
            parts += [_SEPARATOR.sub("", label) if is_first else label, shown[name]]
            is_first = False
    closing = texts[-1]
    is_bare = _WORD.search(_TAG.sub("", closing)) is None
    return "".join([*parts, closing if is_bare or names[-1] in shown else ""])


def _link(address: str | None, words: str) -> str:
    text = escape(words, quote=False)
    return f'<a href="{escape(address)}">{text}</a>' if address else text


def _first(texts: Mapping[str, str], language: str) -> str | None:
    """Look a language up as RFC 4647 §3.4 has it: the whole tag, then without its last part, and so on."""
    return next((texts[tag] for tag in _tags(language) if tag in texts), None)


def _tags(language: str) -> Iterator[str]:
    tag = language.lower().replace("_", "-")
    while tag:
        yield tag
        if tag in _HANT:
            yield _HANT[tag]
        tag = tag.rpartition("-")[0]
