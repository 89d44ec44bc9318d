import shutil
import sys
from pathlib import Path
from types import MappingProxyType

from rivals.rival import Rival


class Pelican(Rival):
    name = program = "pelican"
    layout, posts = "pelican", "content"
    formats = ("RSS", "Atom")
    kinds = "site, categories, tags"
    places = MappingProxyType({"site": "feed", "category": "category/{category}", "tag": "tag/{tag}"})
    endings = (".rss", ".atom")
    remark = "no pages, no theme files, with its cache of what it has read"
    largest = 1_000
    leavings = ("cache",)

    def found(self) -> str | None:
        """Return the one that `make bench-build` has installed, or else any other."""
        ours = Path(sys.prefix) / "rivals/bin" / self.program
        return str(ours) if ours.exists() else shutil.which(self.program)

    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        places = ("--output", str(output), "--cache-path", str(folder / "cache"))
        return (str(self.found()), str(folder / self.posts), "--settings", str(folder / "pelicanconf.py"), *places)

    def watch(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (*self.build(folder, output), "--autoreload")
