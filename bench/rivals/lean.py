import sys
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from rivals.rival import Rival

LEAN = Path(__file__).parents[1] / "lean.py"


class Lean(Rival):
    """The least program with the libraries of ours, at the work of ours."""

    name = "lean script"
    program = sys.executable
    layout, posts = "jekyll", "_posts"
    formats: ClassVar[tuple[str, ...]] = ("RSS", "Atom", "JSON")
    kinds = "site, categories, tags, sources"
    places = MappingProxyType({"site": "feed", "category": "category/{category}", "tag": "tag/{tag}"})
    endings: ClassVar[tuple[str, ...]] = (".rss", ".atom", ".json")
    remark = "the libraries of ours in two processes; an index; no diagnostics or pages; one pattern for sources"
    leavings = (".lean.sqlite3",)
    starts_anew = True
    options: ClassVar[tuple[str, ...]] = ("--all",)

    def version(self) -> str:
        return ", ".join(f"{name} {version(name)}" for name in ("comrak", "turbohtml", "nh3", "orjson"))

    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (sys.executable, str(LEAN), str(folder), str(output), *self.options)


class LeanAsHugo(Lean):
    """The same at the work of Hugo."""

    name = "lean script, as Hugo"
    formats = ("RSS", "Atom")
    kinds = "site, categories, tags"
    endings = (".rss", ".atom")
    remark = "the same without an index, in memory, with the formats and feeds of Hugo"
    options = ()
