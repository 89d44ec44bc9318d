import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from rivals.rival import Rival

FEEDS = (sys.executable, "-m", "feeds")


class Feedwright(Rival):
    name = "feedwright"
    program = sys.executable
    layout, posts = "jekyll", "_posts"
    formats = ("RSS", "Atom", "JSON")
    kinds = "site, categories, tags, sources"
    places = MappingProxyType({"site": "feed", "category": "category/{category}", "tag": "tag/{tag}"})
    endings = (".rss", ".atom", ".json")
    remark = "as it comes; sanitises HTML, finds and credits the source of each post"
    leavings = (".feeds",)

    def asks_version(self) -> Sequence[str]:
        return (*FEEDS, "--version")

    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (*FEEDS, "build", str(folder), "--output", str(output))

    def watch(self, folder: Path, output: Path) -> tuple[str, ...] | None:
        told = subprocess.run((*FEEDS, "build", "--help"), check=True, capture_output=True, text=True, encoding="utf-8")
        return (*self.build(folder, output), "--watch") if "--watch" in told.stdout else None
