"""A tree of files, as whoever reads it meets it."""

import hashlib
import json
from pathlib import Path

import pytest

from feeds.export import Builder


class Tree:
    """The output of a desk's site, built at will."""

    def __init__(self, desk, output: Path) -> None:
        self.desk = desk
        self.output = output

    def build(self, **how):
        with Builder(self.desk.site, self.output) as builder:
            return builder.build(**how)

    def paths(self) -> list[str]:
        return sorted(path.relative_to(self.output).as_posix() for path in self.output.rglob("*") if path.is_file())

    def read(self, path: str) -> bytes:
        return (self.output / path).read_bytes()

    def looks(self) -> dict[str, tuple[int, int]]:
        """Inode and time of each file."""
        stats = {path: (self.output / path).stat() for path in self.paths()}
        return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}

    def manifest(self) -> dict[str, dict]:
        told = json.loads(self.read("manifest.json"))["files"]
        assert [one["path"] for one in told] == sorted((one["path"] for one in told), key=str.encode)
        return {one["path"]: one for one in told}

    def is_whole(self) -> bool:
        """Say whether the files are just those of the manifest, with their bytes."""
        manifest = self.manifest()
        if sorted([*manifest, "manifest.json"]) != self.paths():
            return False
        return all(
            (one["sha256"], one["bytes"]) == (hashlib.sha256(body := self.read(path)).hexdigest(), len(body))
            for path, one in manifest.items()
        )


@pytest.fixture
def open_tree(open_desk, tmp_path):
    """Open a site with three posts, published, and its output, not built yet."""

    def open_(name="site", **settings):
        desk = open_desk(tmp_path / name, **settings)
        desk.post("content/storm.md", title="Storm", categories="[Weather]", tags="[Harbours]")
        desk.post("content/fog.md", title="Fog", categories="[Weather]", date="2026-10-02 08:00:00")
        desk.post("content/ferry.md", title="Ferry", categories="[新京报]", date="2026-10-03 08:00:00")
        desk.publish()
        return Tree(desk, tmp_path / f"{name}-public")

    return open_


@pytest.fixture
def tree(open_tree):
    return open_tree()
