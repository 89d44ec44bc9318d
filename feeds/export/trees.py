"""The trees of one output: the version that is read, and the one beside it that becomes the next.

Both share the files that they have in common (hard links), so that a file that does not change keeps its inode and its
time. The next version is made whole where nobody reads it, and takes the place of the other in one step; then the old
one waits to be brought up to date, which costs what the last two versions changed. Where the output holds other
people's files, or cannot be switched, files are replaced one by one.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from feeds.errors import FeedsError
from feeds.export import manifest
from feeds.export.files import (
    digest_of,
    drop,
    files_below,
    move,
    names_in,
    number_of,
    put_pieces,
    raise_if_outside,
    share,
    share_all,
)
from feeds.export.naming import folder_of, folders_above
from feeds.export.record import Record
from feeds.export.swap import can_exchange, exchange

Switch = Literal["folder", "link", "file"]

_UNWATCHED = "entry/"  # a folder for each page: to look at all of them at each build would cost more than the build


def read_at(output: Path) -> Path:
    """Follow a link of the operator's to the folder that it means; one of ours is where versions are switched."""
    is_ours = output.is_symlink() and output.resolve().parent.name == f".{output.name}.feeds"
    return output if is_ours or not output.is_symlink() else output.resolve()


def home_of(output: Path) -> Path:
    """Return the folder for what is ours and not to be read: beside the output, or in it where that cannot be."""
    beside = output.parent / f".{output.name}.feeds"
    try:
        beside.mkdir(parents=True, exist_ok=True)
        if not output.exists() or output.stat().st_dev == beside.stat().st_dev:
            return beside
        beside.rmdir()
    except OSError:
        pass
    inside = output / ".feeds-build"
    try:
        inside.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise FeedsError(f"{err.filename or output}: {err.strerror}", "choose another --output") from err
    return inside


class Trees:
    """For whoever holds the output's lock."""

    def __init__(self, output: Path, home: Path, record: Record, *, switch: Switch) -> None:
        self.output = output
        self.staging = home / "new"
        self.notes: list[str] = []
        self._home = home
        self._record = record
        self._recover()
        self.switch: Switch = self._fitting(switch)
        self.lost = self._look_around()

    # --- where things are

    @property
    def tree(self) -> Path | None:
        """Return the tree that is read, None before there is any."""
        return self.output.resolve() if self.output.is_dir() else None

    @property
    def _spare(self) -> Path:
        if self.switch != "link":
            return self._home / "spare"
        one, other = self._home / "one", self._home / "other"
        return other if self.tree == one.resolve() else one

    # --- what is found

    def _recover(self) -> None:
        """Finish what a run that was killed had begun, or begin anew where the record does not fit what is there."""
        shutil.rmtree(self.staging, ignore_errors=True)
        record, wanted = self._record, self._record.fact("tree")
        if wanted is not None and wanted != number_of(self.tree):
            waiting = next((one for one in self._versions() if number_of(one) == wanted), None)
            if waiting is not None and number_of(self.tree) == record.fact("spare"):
                self._turn_to(waiting)
            else:
                record.forget()
        if self.tree is not None and not record.count():
            self._adopt(self.tree)
        if pending := record.pending():
            self._take_over(pending)

    def _versions(self) -> Iterable[Path]:
        return (self._home / name for name in ("spare", "one", "other"))

    def _take_over(self, pending: Sequence[str]) -> None:
        """Count files as ours that a killed run may have written, or not; their documents are made once more."""
        record = self._record
        with record.writing():
            record.forget_documents(record.documents_of(pending))
            known = record.paths_among(pending)
            record.distrust(known)
            record.put_files((path, "", "", "") for path in pending if path not in known and path != manifest.NAME)
            record.put_states({"": ""})
            record.put_pending(())

    def _fitting(self, wanted: Switch) -> Switch:
        """Choose how versions can be switched here."""
        tree, record = self.tree, self._record
        is_inside = self._home.is_relative_to(self.output)
        if wanted == "file" or is_inside or record.fact("is_shared"):
            return "file"
        if tree is not None and record.fact("switch") in {None, "file"} and not self._is_ours(tree):
            return "file"
        if self.output.is_symlink() and tree is not None and tree.parent == self._home.resolve():
            return "link"
        is_free = tree is None or not any(tree.iterdir())
        if wanted == "link" and is_free:
            return "link"
        if can_exchange(self._home):
            return "folder"
        return "link" if is_free else "file"

    def _is_ours(self, tree: Path) -> bool:
        """Say whether a folder holds nothing but ours."""
        ours = {*self._record.paths(), manifest.NAME}
        if len(ours) == 1:
            return not any(tree.iterdir())
        return all(file.relative_to(tree).as_posix() in ours for file in files_below(tree))

    def _adopt(self, tree: Path) -> None:
        """Take the files over into the record that a manifest of ours names, and that are as it says."""
        try:
            body = (tree / manifest.NAME).read_bytes()
        except OSError:
            return
        record = self._record
        named = [one for one in manifest.files_in(body) if digest_of(tree / one[0]) == one[1]]
        with record.writing():
            record.put_files((path, "", sha256, line) for path, sha256, line in named)
            record.put_states({"": ""} if named else {})
            record.put_fact("tree", number_of(tree) if named else None)

    def _look_around(self) -> set[str]:
        """Find what others did in the tree since we wrote it; return the paths of ours that are gone."""
        tree, record = self.tree, self._record
        if tree is None or self.switch == "file":
            return set()
        strange: list[str] = []
        lost: set[str] = set()
        for folder, mtime_ns in record.folders(int(number_of(tree) or 0)).items():
            names = names_in(f"{tree}/{folder}", mtime_ns)
            if names is None:
                continue
            ours = record.paths_in(folder)
            here = {f"{folder}/{name}" if folder else name for name in names}
            lost |= ours - here
            strange += [path for path in here - ours - {manifest.NAME} if not record.has_below(path)]
        if strange:
            self._share(min(strange))
        return lost

    def _share(self, stranger: str) -> None:
        self.switch = "file"
        self.notes.append(f"{stranger} in {self.output} is not ours; files are replaced one by one from now on")
        with self._record.writing():
            self._record.put_fact("is_shared", "yes")
        self._drop_spare()

    def is_free(self, path: str, sha256: str) -> bool:
        """Say whether a file that the record does not know may be written: nobody else's lies there."""
        there = self.output / path
        return self.switch != "file" or not os.path.lexists(there) or digest_of(there) == sha256

    @property
    def has_manifest(self) -> bool:
        """Say whether a manifest of ours stands in the tree, or can."""
        there = self.output / manifest.NAME
        return self.switch != "file" or not os.path.lexists(there) or manifest.is_ours(there.read_bytes())

    @property
    def ignores_case(self) -> bool:
        return (self.output / "INDEX.HTML").exists() and (self.output / "index.html").exists()

    def clear(self) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)

    # --- writing

    def install(self, written: Sequence[str], removed: Sequence[str], commit: Callable[[], None]) -> None:
        """Let what is staged take its place, and what is removed leave; all at once, where the host allows.

        commit: writes down in the record what the new version holds.
        """
        if self.switch == "file":
            self._replace_each(written, removed, commit)
            return
        tree, spare, record = self.tree, self._spare, self._record
        is_first = tree is None or not record.count()
        caught = () if is_first or tree is None else self._catch_up(spare, tree)
        with record.writing():
            commit()
            paths = [*self._with_manifest(written), *removed]
            if is_first:
                shutil.rmtree(spare, ignore_errors=True)
                self.staging.rename(spare)
            else:
                self._change(spare, paths, removed)
            record.put_changes(paths)
            self._note_tree(spare, tree, [*caught, *paths])
        self._turn_to(spare)

    def get_ready(self) -> None:
        """Bring the spare tree to the version that is read, so that the next one has little to do."""
        tree, spare, record = self.tree, self._spare, self._record
        if tree is None or self.switch == "file":
            return
        caught = self._catch_up(spare, tree)
        with record.writing():
            record.put_changes(())
            record.put_fact("spare", number_of(spare))
            self._note_folders(spare, caught)

    def _with_manifest(self, written: Sequence[str]) -> list[str]:
        put_pieces(self.staging / manifest.NAME, manifest.manifest(self._record.blocks()))
        return [*written, manifest.NAME]

    def _change(self, tree: Path, paths: Iterable[str], removed: Sequence[str]) -> None:
        for path in removed:
            drop(tree, path)
        gone = set(removed)
        for path in paths:
            if path not in gone:
                move(self.staging / path, tree / path)

    def _note_tree(self, spare: Path, tree: Path | None, touched: Iterable[str]) -> None:
        record = self._record
        record.put_fact("tree", number_of(spare))
        record.put_fact("spare", number_of(tree))
        record.put_fact("switch", self.switch)
        self._note_folders(spare, touched)

    def _catch_up(self, spare: Path, tree: Path) -> Iterable[str]:
        """Bring the spare tree to the version that is read; return the paths that were touched."""
        record = self._record
        is_close = record.fact("spare") is not None and record.fact("spare") == number_of(spare)
        with record.writing():
            record.put_fact("spare", None)  # until it is whole again
        if is_close:
            paths: Iterable[str] = record.changes()
            for path in paths:
                share(tree, spare, path)
        else:
            self._drop_spare()
            spare.mkdir()
            paths = [*record.paths(), manifest.NAME]
            share_all(tree, spare, paths)
        return paths

    def _note_folders(self, tree: Path, touched: Iterable[str]) -> None:
        number = int(number_of(tree) or 0)
        nearest = {folder_of(path) for path in touched}
        above = {folder for path in nearest for folder in (path, *folders_above(path))}
        folders = {folder for folder in above if not folder.startswith(_UNWATCHED)}
        looks = {}
        for folder in folders:
            with suppress(OSError):
                looks[folder] = (tree / folder).stat().st_mtime_ns
        self._record.put_folders(number, looks)
        self._record.forget_folders(number, folders - looks.keys())

    def _drop_spare(self) -> None:
        """Take away every tree but the one that is read, and what is known of them."""
        for one in self._versions():
            if one.resolve() != self.tree:
                number = number_of(one)
                if number is not None:
                    with self._record.writing():
                        self._record.forget_folders(int(number))
                shutil.rmtree(one, ignore_errors=True)

    def _turn_to(self, version: Path) -> None:
        """Let a version be read from now on, in one step."""
        try:
            if version.name != "spare":
                link = self._home / "link"
                link.unlink(missing_ok=True)
                link.symlink_to(os.path.relpath(version, self.output.parent))
                if self.output.is_dir() and not self.output.is_symlink():
                    self.output.rmdir()  # it is empty
                link.replace(self.output)
            elif self.tree is None or not any(self.output.iterdir()):
                version.rename(self.output)
            else:
                exchange(version, self.output)
        except OSError as err:
            raise FeedsError(
                f"{self.output} cannot be switched to its next version: {err.strerror}",
                'set `switch = "file"` under [build], or choose another --output',
            ) from err

    def _replace_each(self, written: Sequence[str], removed: Sequence[str], commit: Callable[[], None]) -> None:
        record = self._record
        self.output.mkdir(parents=True, exist_ok=True)
        home = self.output.resolve()
        with record.writing():
            record.put_pending([*written, *removed])
            record.put_fact("tree", number_of(home))
            record.put_fact("spare", None)
            record.put_fact("switch", "file")
            record.forget_folders(int(number_of(home) or 0))
        for path in written:
            raise_if_outside(home, path)
        with record.writing():
            commit()
            paths = self._with_manifest(written) if self.has_manifest else list(written)
            self._change(home, [*paths, *removed], removed)
            record.put_pending(())
