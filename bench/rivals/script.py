import sys
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from rivals.rival import Rival

NAIVE = Path(__file__).parents[1] / "naive.py"


class Script(Rival):
    name = "feedgen script"
    program = sys.executable
    layout, posts = "jekyll", "_posts"
    formats = ("RSS", "Atom")
    kinds = "site, categories, tags"
    places = MappingProxyType({"site": "feed", "category": "{category}", "tag": "tag/{tag}"})
    endings = (".rss", ".atom")
    remark = "bodies as they stand: no Markdown, nothing sanitised"
    largest = 10_000
    starts_anew = True

    def version(self) -> str:
        return f"feedgen {version('feedgen')}, python-frontmatter {version('python-frontmatter')}"

    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (sys.executable, str(NAIVE), str(folder), str(output), "--all")
