"""A look at all files below the roots: paths, sizes and times, nothing opened."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from feeds.diagnostics import Diagnostic
from feeds.errors import FolderError
from feeds.posts.ground import Ground, Root, Sighting, grounds_of, is_utf8, sighting_of
from feeds.posts.habits import is_post_name, is_unfinished_name

_EACH = 200  # files, after which others come first


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    sightings: tuple[Sighting, ...]  # those that are wanted, by root, then by path
    seen: int  # files that may be posts, wanted or not
    skipped: int  # files that cannot be posts
    diagnostics: tuple[Diagnostic, ...] = ()
    blind: tuple[str, ...] = ()  # folders and files that could not be looked at: nothing is known of what they hold
    unfinished: tuple[str, ...] = ()  # absolute paths of files of ours that are being written, or were left so


def sweep(
    folder: Path,
    roots: tuple[Root, ...],
    *,
    is_wanted: Callable[[Sighting], bool] = lambda _sighting: True,
    give_way: Callable[[], None] = lambda: None,
) -> Sweep:
    """Look at every file below the roots. Raises FolderError where a root itself cannot be listed.

    is_wanted: says which sightings to keep; there may be very many. give_way: is called after some files each, so that
    others come first.
    """
    look = _Look(is_wanted, give_way)
    for ground in grounds_of(folder, roots):
        look.walk(ground)
    order = sorted(look.sightings, key=lambda one: (one.root.rank, one.path))
    return Sweep(
        sightings=tuple(order),
        seen=look.seen,
        skipped=look.skipped,
        diagnostics=tuple(look.diagnostics),
        blind=tuple(look.blind),
        unfinished=tuple(look.unfinished),
    )


def clear_away(unfinished: Iterable[str], *, before: float) -> None:
    """Delete what was left half-written before a moment (seconds since 1970): whoever wrote it was killed."""
    for file in unfinished:
        with suppress(OSError):
            if os.lstat(file).st_mtime < before:
                os.unlink(file)  # noqa: PTH108


def sight(folder: Path, roots: tuple[Root, ...], path: str) -> Sighting | None:
    """Look at one path (POSIX, relative to the site folder) as the sweep would; None where that would see no post."""
    return next(sight_all(folder, roots, [path]), None)


def sight_all(folder: Path, roots: tuple[Root, ...], paths: Iterable[str]) -> Iterator[Sighting]:
    """Look at some paths likewise; what leads to them is resolved once for all."""
    grounds = sorted(grounds_of(folder, roots), key=lambda one: -len(one.root.path))
    is_real: dict[str, bool] = {}
    for path in paths:
        ground = next((one for one in grounds if one.root.holds(path)), None)
        if ground is None or "\0" in path:
            continue
        inside = ground.root.inside(path)
        place, _, name = f"{ground.real}/{inside}".rpartition("/")
        if place not in is_real:
            is_real[place] = _is_ground(ground, PurePosixPath(inside)) and os.path.realpath(place) == (place or "/")
        if is_real[place] and ground.admits(PurePosixPath(name)) and (seen := _look_at(f"{place}/{name}", ground)):
            yield from filter(None, [sighting_of(path, ground.root, seen)])


def _is_ground(ground: Ground, inside: PurePosixPath) -> bool:
    """Say whether the sweep gets to the folder of this path."""
    return ".." not in inside.parts and ground.admits(inside.parent / "any.md")


def _look_at(file: str, ground: Ground) -> os.stat_result | None:
    try:
        seen = os.lstat(file)
        if stat.S_ISLNK(seen.st_mode):
            target = ground.target_of(file)
            seen = target.stat() if target else seen
    except OSError:
        return None
    return seen


@dataclass(slots=True)
class _Look:
    """One sweep under way."""

    is_wanted: Callable[[Sighting], bool]
    give_way: Callable[[], None]
    seen: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    skipped: int = 0

    def walk(self, ground: Ground) -> None:
        prefix = "" if ground.is_site_folder else ground.root.path + "/"
        waiting = [(ground.real, prefix)]
        while waiting:
            place, prefix = waiting.pop()
            for entry in self._entries(place, prefix, ground):
                if entry.is_symlink():
                    self._link(entry, prefix, ground)
                elif entry.is_dir(follow_symlinks=False):
                    if ground.admits_folder(entry.name, entry.path):
                        waiting.append((entry.path, f"{prefix}{entry.name}/"))
                elif is_post_name(entry.name, in_site_folder=ground.is_site_folder):
                    self._file(entry, prefix, ground)
                else:
                    self.skipped += 1
                    self.unfinished += [entry.path] if is_unfinished_name(entry.name) else ()

    def _entries(self, place: str, prefix: str, ground: Ground) -> Iterable[os.DirEntry[str]]:
        try:
            with os.scandir(place) as entries:
                return list(entries)
        except OSError as err:
            if place == ground.real:
                raise FolderError(
                    f"the content root {ground.root.path} cannot be read: {err.strerror}",
                    "give the feeds process permission to read it, or take it out of `content`",
                ) from err
            if not isinstance(err, FileNotFoundError | NotADirectoryError):  # deleted meanwhile: nothing to tell
                self._cannot_see(prefix.rstrip("/"), err)
            return ()

    def _file(self, entry: os.DirEntry[str], prefix: str, ground: Ground) -> None:
        if not is_utf8(entry.name):
            name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")
            self._say("not-looked-at", prefix + name, "its name is not UTF-8")
            self.skipped += 1
            return
        try:
            seen = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return
        except OSError as err:
            self._cannot_see(prefix + entry.name, err)
            return
        self._take(sighting_of(prefix + entry.name, ground.root, seen))

    def _link(self, entry: os.DirEntry[str], prefix: str, ground: Ground) -> None:
        if not is_utf8(entry.name) or entry.name.startswith("."):
            return
        is_post = is_post_name(entry.name, in_site_folder=ground.is_site_folder)
        if (is_post or entry.is_dir()) and ground.leads_out(entry.path):
            self._say("file-leaves-root", prefix + entry.name, str(Path(entry.path).readlink()))
        target = ground.target_of(entry.path) if is_post else None
        try:
            self._take(sighting_of(prefix + entry.name, ground.root, target.stat()) if target else None)
        except OSError:  # it leads nowhere, or in a circle
            self.skipped += 1

    def _take(self, sighting: Sighting | None) -> None:
        if sighting:
            self.seen += 1
            if self.is_wanted(sighting):
                self.sightings.append(sighting)
            if self.seen % _EACH == 0:
                self.give_way()
        else:
            self.skipped += 1

    def _cannot_see(self, path: str, err: OSError) -> None:
        self.blind.append(path)
        self._say("not-looked-at", path, err.strerror or str(err))

    def _say(self, code: str, path: str, detail: str) -> None:
        self.diagnostics.append(Diagnostic(code=code, path=path, detail=detail))
