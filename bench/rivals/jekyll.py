from pathlib import Path
from types import MappingProxyType

from rivals.rival import Rival


class Jekyll(Rival):
    name = "jekyll-feed"
    program = "jekyll"
    layout, posts = "jekyll", "_posts"
    formats = ("Atom",)
    kinds = "site, categories"
    places = MappingProxyType({"site": "feed", "category": "feed/{category}"})
    endings = (".xml",)
    remark = "no layouts; skips tags that are not ASCII, and cannot be kept from writing each post as a page"
    largest = 1_000
    leavings = (".jekyll-cache",)

    def prepare(self, folder: Path) -> None:
        super().prepare(folder)
        slugs = (line.split("\t")[0] for line in (folder / "categories.txt").read_text("utf-8").splitlines())
        with (folder / "_config.yml").open("a", encoding="utf-8") as config:
            config.writelines(f"    - {slug}\n" for slug in slugs)  # it asks for them by name

    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (self.program, "build", "--quiet", "--source", str(folder), "--destination", str(output))

    def watch(self, folder: Path, output: Path) -> tuple[str, ...]:
        return (*self.build(folder, output), "--watch")
