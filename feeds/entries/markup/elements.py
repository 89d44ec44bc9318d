"""Rules for single elements. A rule answers whether the element still stands and goes on to be treated like all."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from turbohtml import Element, Text

from feeds.entries.markup.links import Links, is_tracker

# Around share names a news desk's software puts links to its own quotes; they are not the author's.
_TICKER = frozenset({"keytip", "infokey", "em_stock_key_common"})
_NO_CLASSES: frozenset[str] = frozenset()
_BACK = frozenset({"footnote-backref", "reversefootnote"})
_NOTE = frozenset({"footnote-ref", "footnote"})
_LAZY = ("data-src", "data-original", "data-lazy-src")
_TINY = re.compile(r"[01](?:\.0)?(?:px)?", re.IGNORECASE)
_CJK_STOP = re.compile(
    "[\u3000-\u3002\u3008-\u3011\u3014-\u301b\u2018-\u201f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
)
_LANGUAGE = re.compile(r"language-[\w+#.-]+")


def _link(element: Element, links: Links) -> bool:
    attributes = element.attrs
    classes = frozenset(_words(attributes.get("class"))) if "class" in attributes else _NO_CLASSES
    if "data-footnote-backref" in attributes or classes & _BACK:
        element.decompose()
        return False
    # Ids are dropped, since they would collide between entries; so a note's number leads nowhere.
    is_note = "data-footnote-ref" in attributes or bool(classes & _NOTE)
    written = element.attr("href") or ""
    target = None if is_note or classes & _TICKER else links.target(written)
    if not target:
        element.unwrap()
        return False
    if target != written:
        attributes["href"] = target
    _end_before_cjk_stop(element, links)
    return True


def _end_before_cjk_stop(element: Element, links: Links) -> None:
    """Give the text behind a bare address back to its sentence.

    GFM ends an autolink at white space, and `http://example.com/a，然后` has none.
    """
    text = element.text
    stop = None if text.isascii() or not text.startswith("http") else _CJK_STOP.search(text)
    if not stop or len(element.children) != 1 or unquote(text) not in unquote(element.attr("href") or ""):
        return
    address = links.resource(text[: stop.start()])
    if address:
        element.attrs["href"] = address
        element.insert_after(Text(text[stop.start() :]))
        element.set_text(text[: stop.start()])


def _image(element: Element, links: Links) -> bool:
    src = element.attr("src") or ""
    if not src or src.startswith("data:"):
        src = next((lazy for name in _LAZY if (lazy := element.attr(name))), src)
    address = None if _is_pixel(element, src) else links.resource(src)
    if not address:
        element.decompose()
        return False
    element.attrs["src"] = address
    _settle_srcset(element, links)
    return True


def _is_pixel(element: Element, src: str) -> bool:
    sizes = (element.attr("width"), element.attr("height"))
    return any(size and _TINY.fullmatch(size.strip()) for size in sizes) or is_tracker(src)


def _settle_srcset(element: Element, links: Links) -> None:
    srcset = element.attr("srcset")
    if srcset is None:
        return
    settled = links.candidates(srcset)
    if settled:
        element.attrs["srcset"] = settled
    else:
        del element.attrs["srcset"]


def _settle_address(element: Element, name: str, links: Links) -> None:
    reference = element.attr(name)
    if reference is None:
        return
    address = links.resource(reference)
    if address:
        element.attrs[name] = address
    else:
        del element.attrs[name]


def _player(element: Element, links: Links) -> bool:
    _settle_address(element, "src", links)
    _settle_address(element, "poster", links)
    if not element.attr("src") and element.find("source") is None:
        element.unwrap()
        return False
    element.attrs["controls"] = ""
    return True


def _media_source(element: Element, links: Links) -> bool:
    _settle_address(element, "src", links)
    _settle_srcset(element, links)
    has_home = isinstance(element.parent, Element) and element.parent.tag in {"audio", "video", "picture"}
    if has_home and (element.attr("src") or element.attr("srcset")):
        return True
    element.decompose()
    return False


def _quotation(element: Element, links: Links) -> bool:
    _settle_address(element, "cite", links)
    return True


def _code(element: Element, _links: Links) -> bool:
    """Keep only the language among a code block's classes."""
    language = next((name for name in _words(element.attrs.get("class")) if _LANGUAGE.fullmatch(name)), None)
    if language:
        element.attrs["class"] = language
    elif "class" in element.attrs:
        del element.attrs["class"]
    return True


def _input(element: Element, _links: Links) -> bool:
    """Show a task's box as a character, for feeds have no forms."""
    if (element.attr("type") or "").lower() == "checkbox":
        element.insert_before(Text("☑" if "checked" in element.attrs else "☐"))
    element.decompose()
    return False


def _words(value: str | list[str] | None) -> list[str]:
    return value.split() if isinstance(value, str) else value or []


RULES: dict[str, Callable[[Element, Links], bool]] = {
    "a": _link,
    "audio": _player,
    "blockquote": _quotation,
    "code": _code,
    "del": _quotation,
    "img": _image,
    "input": _input,
    "ins": _quotation,
    "q": _quotation,
    "source": _media_source,
    "video": _player,
}
