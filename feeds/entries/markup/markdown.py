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
_RENDERING = comrak.RenderOptions()
_RENDERING.unsafe_ = True  # raw HTML goes through; the sanitiser stands behind it


def markdown(text: str) -> str:
    return comrak.render_markdown(text, _EXTENSIONS, _PARSING, _RENDERING)
