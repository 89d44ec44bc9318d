"""Mending posts where it is safe: a post is written only if it is read as before, but for what is mended.

Each step is tried on a copy, which the publisher's own desk reads. What it does not leave as it was is not done.
"""

import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.diagnostics import Diagnostic
from feeds.model import Entry
from feeds.posts.ground import Root, Sighting
from feeds.posts.habits import unfinished_name
from feeds.posts.mending import mended, problems_to_mend, written
from feeds.publisher.reading import Desk

_SPELLED = "%Y-%m-%d %H:%M:%S %z"
Progress = Callable[[int, int], None]  # posts looked at, of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What a post would be. codes: of what is mended."""

    path: str  # POSIX, relative to the site folder
    before: bytes
    after: bytes
    codes: tuple[str, ...]

    def lines(self) -> tuple[list[str], list[str]]:
        """Return what was there and what would be, in lines without their ends."""
        before, after = (written(content) for content in (self.before, self.after))
        assert before is not None
        assert after is not None
        return before.plain(), after.plain()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What became of a post. Lines of facts are left out: they move when a line is written above them."""

    entry: Entry
    codes: Counter[str]
    said: tuple[Diagnostic, ...]


def mends(
    desk: Desk, roots: Sequence[Root], paths: Sequence[str], *, codes: Sequence[str] = (), progress: Progress
) -> Iterator[Mend]:
    """Yield what can be mended of these posts. codes: of no other kinds."""
    with TemporaryDirectory(prefix="feeds-mending-") as name:
        trial = replace(desk, folder=Path(name))
        for number, path in enumerate(paths, start=1):
            root = next((root for root in roots if root.holds(path)), None)
            if root and (found := _mend(desk.folder, trial, path, root=root, codes=codes)):
                yield found
            progress(number, len(paths))


def _mend(folder: Path, trial: Desk, path: str, *, root: Root, codes: Sequence[str]) -> Mend | None:
    """Mend one problem after the other, each on what the last one left."""
    before = _bytes_of(folder / path)
    post = None if before is None else written(before)
    if before is None or post is None:
        return None
    read = _read(trial, path, root, before, mtime_ns=(folder / path).stat().st_mtime_ns)
    if read is None:
        return None
    done, date = [], f"{read.entry.published.astimezone(trial.settings.zone):{_SPELLED}}"
    for problem in problems_to_mend(read.said):
        tried = None if codes and problem.code not in codes else mended(post, problem, date=date)
        after = None if tried is None else _read(trial, path, root, tried.content())
        if tried and after and _is_the_same(read, after, problem.code):
            post, read = tried, after
            done.append(problem.code)
    return Mend(path=path, before=before, after=post.content(), codes=tuple(done)) if done else None


def _bytes_of(file: Path) -> bytes | None:
    """Return the bytes of a file of its own; None of what is gone, or has other names that would keep the old bytes."""
    with suppress(OSError):
        return file.read_bytes() if file.stat().st_nlink == 1 else None
    return None


def _read(trial: Desk, path: str, root: Root, content: bytes, *, mtime_ns: int | None = None) -> _Read | None:
    """Read bytes as a post; None where they publish none. mtime_ns: of the file; None: it was written just now."""
    file = trial.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if mtime_ns is not None:
        os.utime(file, ns=(mtime_ns, mtime_ns))
    look = trial.look(Sighting(path, root, len(content), file.stat().st_mtime_ns), "", is_whole=True)
    if look.entry is None:
        return None
    return _Read(entry=_without_lines(look.entry), codes=Counter(one.code for one in look.said), said=look.said)


def _without_lines(entry: Entry) -> Entry:
    facts = tuple(replace(fact, line=None) for fact in entry.facts)
    return replace(entry, facts=facts, near=None if entry.near is None else replace(entry.near, line=None))


def _is_the_same(before: _Read, after: _Read, code: str) -> bool:
    """Say whether only problems of this kind are gone, and nothing else is new or other than it was."""
    return after.entry == before.entry and after.codes <= before.codes and after.codes[code] < before.codes[code]


def put(folder: Path, mend: Mend) -> str:
    """Write a mended post, whole or not at all; return why it was not written, "" where it was.

    Permissions, owner and attributes stay.
    """
    file = (folder / mend.path).resolve()
    if not file.is_relative_to(folder.resolve()):
        return "it lies outside of the site folder"
    fresh = file.with_name(unfinished_name(secrets.token_hex(8)))  # which no reader takes for a post
    try:
        _write(fresh, mend.after, like=file)
        if file.read_bytes() != mend.before:
            return "it was changed meanwhile"
        fresh.replace(file)
        _sync(file.parent)
    except OSError as err:
        return err.strerror or str(err)
    finally:
        fresh.unlink(missing_ok=True)
    return ""


def _write(fresh: Path, content: bytes, *, like: Path) -> None:
    with fresh.open("xb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    seen = like.stat()
    with suppress(PermissionError):  # who may write a file need not be who owns it
        os.chown(fresh, seen.st_uid, seen.st_gid)
    shutil.copystat(like, fresh)
    os.utime(fresh)  # its time is now, or nobody would notice


def _sync(folder: Path) -> None:
    """Make the new file outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
