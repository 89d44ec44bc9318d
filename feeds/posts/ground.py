"""A root on this machine: which of the paths below it are posts', and where its symbolic links may lead."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from feeds.posts.habits import is_post_folder, is_post_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder with posts. A lower rank wins where two posts are the same; archives come last."""

    path: str  # POSIX, relative to the site folder; "." is the site folder itself
    rank: int
    is_archive: bool = False

    def inside(self, path: str) -> str:
        """Return a path of a file of this root, relative to the root."""
        return path if self.path == "." else path.removeprefix(self.path + "/")

    def holds(self, path: str) -> bool:
        return self.path == "." or path.startswith(self.path + "/")


class Sighting(NamedTuple):  # a sweep makes one for each file
    """A file that may be a post, as it was when we looked."""

    path: str  # POSIX, relative to the site folder
    root: Root
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A root on this machine."""

    root: Root
    real: str  # its absolute path, every symbolic link resolved
    elsewhere: frozenset[str]  # such paths of the other roots: each file is seen in one root only

    @property
    def is_site_folder(self) -> bool:
        return self.root.path == "."

    def admits(self, inside: PurePosixPath) -> bool:
        """Say whether the sweep gets to see a path inside this root and takes it for a post's."""
        place = self.real
        for name in inside.parts[:-1]:
            place = f"{place}/{name}"
            if not self.admits_folder(name, place):
                return False
        return is_utf8(inside.name) and is_post_name(inside.name, in_site_folder=self.is_site_folder)

    def admits_folder(self, name: str, place: str) -> bool:
        return is_post_folder(name, in_site_folder=self.is_site_folder) and place not in self.elsewhere

    def leads_out(self, link: str) -> bool:
        return not os.path.realpath(link).startswith(self.real.rstrip("/") + "/")

    def target_of(self, link: str) -> Path | None:
        """Return the file that a link stands for; None where it leads out, or to a file that is seen anyway."""
        target = os.path.realpath(link)
        if self.leads_out(link) or self.admits(PurePosixPath(os.path.relpath(target, self.real))):
            return None
        return Path(target)


def is_utf8(name: str) -> bool:
    """Say whether a name from the file system is text; bytes that are none come as lone surrogates (PEP 383)."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def sighting_of(path: str, root: Root, seen: os.stat_result) -> Sighting | None:
    if not stat.S_ISREG(seen.st_mode):
        return None
    return Sighting(path=path, root=root, size=seen.st_size, mtime_ns=seen.st_mtime_ns)


def grounds_of(folder: Path, roots: Sequence[Root]) -> list[Ground]:
    real = {root: os.path.realpath(folder / root.path) for root in roots}
    return [
        Ground(root=root, real=place, elsewhere=frozenset(other for other in real.values() if other != place))
        for root, place in real.items()
    ]
