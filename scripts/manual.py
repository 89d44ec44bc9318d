"""Hooks of mkdocs: pages may include files of the repository; links to other files of it become plain words."""  # noqa: INP001 (no package)

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

_ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"\[(?P<text>[^][]*)\]\((?P<target>(?!\w+:|#|/)[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
_INCLUDED = {"contrib/README.md": "deploying.md", "ARCHITECTURE.md": "architecture.md"}  # as the manual has them


def on_page_markdown(markdown: str, *, page: "Page", **_more: object) -> str:
    """Rewrite a page before it is rendered. What pages include is relative to where it comes from."""
    origin = next((_ROOT / path for path, name in _INCLUDED.items() if name == page.file.src_uri), None)
    place = (origin or _ROOT / "docs" / page.file.src_uri).parent
    text = re.sub(r'^--8<-- "([^":]+)(?::(\d+))?"$', _included, markdown, flags=re.MULTILINE)
    return _LINK.sub(lambda link: _resolved(link, place), text)


def _included(line: re.Match[str]) -> str:
    lines = (_ROOT / line[1]).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(lines[int(line[2] or 1) - 1 :])


def _resolved(link: re.Match[str], place: Path) -> str:
    target = (place / link["target"]).resolve()
    anchor = link["anchor"] or ""
    if not target.is_relative_to(_ROOT):
        return link[0]
    path = target.relative_to(_ROOT).as_posix()
    if path in _INCLUDED:
        return f"[{link['text']}]({_INCLUDED[path]}{anchor})"
    if path.startswith("docs/"):
        return f"[{link['text']}]({path.removeprefix('docs/')}{anchor})"
    return link["text"] if link["text"].startswith("`") else f"`{path}`"
