"""The last step: canonical bytes, and the sanitiser behind everything."""

import re
from typing import NamedTuple

from turbohtml import Element, Html, Minify

from feeds.entries.markup.editing import is_too_deep, text_only, tidy, tree_of
from feeds.entries.markup.links import Links
from feeds.entries.markup.policy import SANITISER
from feeds.text import legal_text

_CANONICAL = Html(
    layout=Minify(collapse_whitespace=True, omit_optional_tags=False, unquote_attributes=False, strip_comments=True)
)
_BLOCKS = (
    "address|article|aside|audio|blockquote|br|caption|col|colgroup|dd|details|div|dl|dt|figcaption|figure|footer"
    "|h[1-6]|header|hgroup|hr|li|main|ol|p|picture|section|source|summary|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
# Minified white space is one space; `<` and `>` inside attributes are escaped, so these find tags and nothing else.
_BEFORE_BLOCK = re.compile(rf" (?=</?(?:{_BLOCKS})[ >])")
_AFTER_BLOCK = re.compile(rf"(</?(?:{_BLOCKS})(?: [^>]*)?>) ")
_PREFORMATTED = re.compile(r"(<pre(?: [^>]*)?>)\n*(.*?</pre>)", re.DOTALL)
_ROUNDS = 4  # of parsing again, until nothing moves; one is the rule


class Finished(NamedTuple):
    html: str
    was_fine: bool  # the sanitiser had nothing to change


def serialised(root: Element) -> str:
    """Serialise an edited tree as `finish` does, for ourselves to read: nothing has sanitised it.

    Of a tree that was fine, and that has lost nodes since then, both give the same text: what was legal still is.
    """
    return _without_outer_space(root.serialize(_CANONICAL, inner=True))


def finish(root: Element, links: Links) -> str:
    """Serialise an edited tree and sanitise it, until the sanitiser has nothing left to change.

    White space is collapsed within blocks and dropped between them, so that line ends and indentation do not count.
    """
    return finished(root, links).html


def finished(root: Element, links: Links, *, is_legal: bool = False) -> Finished:
    """Finish a tree, and say whether it was as it should be before. is_legal: XML can carry all that is in it."""
    for number in range(_ROUNDS):
        html, dropped = root.serialize(_CANONICAL, inner=True), 0
        if not is_legal:
            html, dropped = legal_text(html)
        if dropped:  # `&#1;` is a control character only now; what it stood in may be empty without it
            links.found.add("text-illegal-characters", detail=str(dropped))
        html = _without_outer_space(html)
        sanitised = SANITISER.clean(html)
        if sanitised == html and not dropped:
            return Finished(html, was_fine=number == 0)
        root = tree_of(sanitised)
        if is_too_deep(root, sanitised):
            break
        tidy(root, links)
    return Finished(as_text(root), was_fine=False)


def as_text(root: Element) -> str:
    """Publish a tree that is too deep or too odd as its text, in bare paragraphs."""
    return SANITISER.clean(text_only(root))


def _without_outer_space(html: str) -> str:
    if "<pre" not in html:
        return _trim(html)
    return "".join(part if i % 3 else _trim(part) for i, part in enumerate(_PREFORMATTED.split(html)))


def _trim(html: str) -> str:
    html = html.strip(" ").replace("</p> <p>", "</p><p>")  # nearly all that there is to do
    if " <" in html:
        html = _BEFORE_BLOCK.sub("", html)
    if "> " in html:  # often not any more
        html = _AFTER_BLOCK.sub(r"\1", html)
    return html.strip(" ")
