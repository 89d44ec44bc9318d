from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from rivals.rival import Rival


class Hugo(Rival):
    name = program = "hugo"
    layout, posts = "hugo", "content/posts"
    formats = ("RSS", "Atom")
    kinds = "site, categories, tags"
    places = MappingProxyType({"site": "index", "category": "categories/{category}/index", "tag": "tags/{tag}/index"})
    endings = (".xml", ".atom")
    remark = "no pages; templates in plain text for both formats, contents in CDATA instead of escaped"
    leavings = ("resources",)

    def version(self) -> str:
        return super().version().split()[1]

    def asks_version(self) -> Sequence[str]:
        return (self.program, "version")

    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (self.program, "--source", str(folder), "--destination", str(output))

    def watch(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (*self.build(folder, output), "--watch")
