"""Markdown to HTML: GitHub's dialect, footnotes and definition lists, with emphasis right beside CJK characters."""

import comrak

_EXTENSIONS = comrak.ExtensionOptions()
_EXTENSIONS.table = True
_EXTENSIONS.footnotes = True
_EXTENSIONS.tasklist = True
_EXTENSIONS.autolink = True
_EXTENSIONS.strikethrough = True
_EXTENSIONS.description_lists = True
_EXTENSIONS.cjk_friendly_emphasis = True
_PARSING = comrak.ParseOptions()
_TYPOGRAPHIC = comrak.ParseOptions()
_TYPOGRAPHIC.smart = True
_RENDERING = comrak.RenderOptions()
_RENDERING.unsafe_ = True  # raw HTML goes through; the sanitiser stands behind it


def markdown(text: str, *, is_typographic: bool = False) -> str:
    """Render Markdown. is_typographic: with “quotes”, – and … for what is typed plainly."""
    return comrak.render_markdown(text, _EXTENSIONS, _TYPOGRAPHIC if is_typographic else _PARSING, _RENDERING)
