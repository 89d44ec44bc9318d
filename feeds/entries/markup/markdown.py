"""Markdown to HTML: GitHub's dialect, footnotes and definition lists, with emphasis right beside CJK characters."""

import comrak

from feeds.diagnostics import Found


def _extensions(*, autolink: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = True
    options.footnotes = True
    options.tasklist = True
    options.autolink = autolink
    options.strikethrough = True
    options.description_lists = True
    options.cjk_friendly_emphasis = True
    return options


_EXTENSIONS = _extensions(autolink=True)
_WITHOUT_LINKS = _extensions(autolink=False)
_PARSING = comrak.ParseOptions()
_TYPOGRAPHIC = comrak.ParseOptions()
_TYPOGRAPHIC.smart = True
_RENDERING = comrak.RenderOptions()
_RENDERING.unsafe_ = True  # raw HTML goes through; the sanitiser stands behind it


# comrak looks for bare mail addresses with one call inside the other for each on a line, and thousands break the stack,
# which ends the process. An `@` may be spelled `&commat;`.
_MOST_ADDRESSES = 200


def markdown(text: str, *, is_typographic: bool = False, found: Found | None = None) -> str:
    """Render Markdown. is_typographic: with “quotes”, – and … for what is typed plainly.

    In a text that has a line of hundreds of addresses none becomes a link by itself, with a note in `found`.
    """
    extensions = _EXTENSIONS
    if _has_too_many_addresses(text):
        extensions = _WITHOUT_LINKS
        if found is not None:
            found.add("addresses-crowded")
    return comrak.render_markdown(text, extensions, _TYPOGRAPHIC if is_typographic else _PARSING, _RENDERING)


def _has_too_many_addresses(text: str) -> bool:
    if text.count("@") + text.count("&") <= _MOST_ADDRESSES:  # nearly all texts
        return False
    return any(line.count("@") + line.count("&") > _MOST_ADDRESSES for line in text.split("\n"))
