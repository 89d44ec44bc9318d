"""Building: making the documents that differ from what stands in the tree, and switching to the new version."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from feeds.errors import FeedsError
from feeds.export import manifest
from feeds.export.documents import Documents
from feeds.export.leaves import Made
from feeds.export.naming import case_twins
from feeds.export.record import Record
from feeds.export.settling import Difference, committing, compare
from feeds.export.trees import Trees, home_of, read_at
from feeds.export.work import Work, make, warm, work_after, work_for, writer_for
from feeds.model import FeedKey
from feeds.site import Site
from feeds.store.lock import PublisherLock

Progress = Callable[[int, int], None]  # documents made so far, to be made


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    written: tuple[str, ...] = ()  # paths of files whose bytes differ, in order
    removed: tuple[str, ...] = ()
    unchanged: int = 0  # files
    notes: tuple[str, ...] = ()  # one line each


class Builder:
    """Keeps one output in line with one site. It holds the output's lock until it is closed."""

    def __init__(self, site: Site, output: Path, *, jobs: int = 1) -> None:
        """Raises FeedsError where another run holds the lock."""
        self._site = site
        self._output = read_at(output.absolute())
        self._jobs = jobs
        self._home = home_of(self._output)
        self._lock = PublisherLock(self._home / "lock")
        self._documents = Documents(site)
        self._last: Work | None = None  # what the record holds, where it is as this builder left it
        self._trees: Trees | None = None  # likewise
        self._is_warm = False
        if not self._lock.acquire():
            raise FeedsError(f"{output}: process {self._lock.owner()} is building into it", "wait for it, or end it")
        site.library.choose(site.settings.is_built)
        self._record = Record(self._home / "record.sqlite3")

    def close(self) -> None:
        self._record.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def build(
        self,
        progress: Progress = lambda _done, _total: None,
        *,
        moved: Collection[FeedKey] | None = None,
        touched: Collection[FeedKey] = (),
        entries: Collection[str] | None = None,
        is_dry: bool = False,
        goes_on: bool = False,
    ) -> Built:
        """Bring the output in line with the index.

        moved: the only feeds that can have moved since the last build by this builder; None: any can. touched: feeds
        of which something else can have changed since, as the number of their entries. entries: ids of all that can
        have changed, come or gone; None: any can.
        is_dry: nothing is written, and what would be is told. goes_on: others follow, for which all is looked at even
        where nothing has changed. Raises FeedsError where a file cannot be written.
        """
        with self._writing():
            trees = Trees(self._output, self._home, self._record, switch=self._site.settings.build.switch)
            self._lose(trees.lost)
            work = None
            if self._last and moved is not None:
                self._record.keep()
                work = work_after(
                    self._last, self._site, self._documents, moved=moved, touched={*moved, *touched}, entries=entries
                )
            if work is None:
                work = work_for(self._site, self._record, self._documents, can_rest=not goes_on and not trees.lost)
            made = self._make(work, trees, progress, is_dry=is_dry)
            return self._settle(work, made, trees, is_dry=is_dry)

    def get_ready(self) -> None:
        """Do ahead what the next build will have to do, while nobody waits for it. Raises as `build` does."""
        if self._last and self._trees:
            with self._writing():
                self._trees.get_ready()
            self._record.keep()
            if not self._is_warm:
                warm(self._site)
                self._documents.warm(self._last.listing)
                self._is_warm = True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as err:
            raise FeedsError(f"{err.filename or self._output}: {err.strerror}", "choose another --output") from err

    def forget(self) -> None:
        """Look at every feed at the next build, as some that moved were left out."""
        self._last = None

    def _lose(self, paths: Collection[str]) -> None:
        """Have files made again that others took away."""
        if paths:
            self._last = None
            with self._record.writing():
                self._record.forget_documents(self._record.documents_of(paths))
                self._record.forget_files(paths)

    def _make(self, work: Work, trees: Trees, progress: Progress, *, is_dry: bool) -> list[Made]:
        writer = writer_for(self._site.settings, work, None if is_dry else trees.staging)
        made = []
        for one in make(self._site, work, writer, jobs=self._jobs):
            made.append(one)
            progress(len(made), work.size)
        return made

    def _settle(self, work: Work, made: list[Made], trees: Trees, *, is_dry: bool) -> Built:
        difference = compare(made, work.gone, self._record, trees)
        if not is_dry:
            self._install(work, made, difference, trees)
        told = (manifest.NAME,) if difference.has_changed and trees.has_manifest else ()
        return Built(
            written=(*difference.written, *told),
            removed=difference.removed,
            unchanged=difference.unchanged,
            notes=(*trees.notes, *self._notes(work, difference, trees)),
        )

    def _install(self, work: Work, made: list[Made], difference: Difference, trees: Trees) -> None:
        commit = committing(self._record, made, difference, work)
        if difference.has_changed:
            trees.install(difference.written, difference.removed, commit)
        else:
            with self._record.writing():
                commit()
        trees.clear()
        self._trees = trees
        self._last = work if work.documents and not difference.blocked else None

    def _notes(self, work: Work, difference: Difference, trees: Trees) -> tuple[str, ...]:
        """Tell of files that are not ours, and of feeds whose files overwrite one another."""
        blocked = (f"{path} in {self._output} is not ours; it stays as it is" for path in difference.blocked)
        if not trees.ignores_case:
            return tuple(blocked)
        twins = case_twins(one.address for one in work.listing)
        shared = (f"{' and '.join(one)} share a file, because letter case does not count here" for one in twins)
        return (*blocked, *shared)
