"""From files to entries: load → compose, one post at a time, and no bad one costs another."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds import __version__
from feeds.diagnostics import Diagnostic, Found
from feeds.fingerprint import digest_texts
from feeds.model import Entry, Gone, Plan, Post, Skipped, Unchanged, Unsettled
from feeds.posts.conventions import load_authors
from feeds.posts.loader import Outcome, load
from feeds.posts.roots import Sighting
from feeds.settings import Settings
from feeds.sources import Sources
from feeds.store import PostRow, Written

log = logging.getLogger(__name__)

Authors = Mapping[str, Mapping[str, object]]
_OF_THE_PUBLISHER = {
    "settle",
    "sweep",
    "grace",
    "tombstones",
    "min_interval",
    "jobs",
}  # content settings on which no entry depends


@dataclass(slots=True, kw_only=True)
class Batch:
    """What reading some files brought, before anything is decided or written. All by path."""

    rows: dict[str, PostRow] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    written: dict[str, Written | None] = field(default_factory=dict)  # these entries as the index keeps them, if known
    diagnostics: dict[str, tuple[Diagnostic, ...]] = field(default_factory=dict)  # replacing what was said before
    claims: dict[str, set[str]] = field(default_factory=dict)  # id → paths that claimed it when they were read
    gone: set[str] = field(default_factory=set)
    is_final: bool = False  # what is gone is not expected back
    is_whole: bool = False  # what is there is done being written, however young it is
    waiting: set[str] = field(default_factory=set)  # must rest before they are read
    read: int = 0
    known: dict[str, PostRow] = field(default_factory=dict)  # as the index has them
    asked: set[str] = field(default_factory=set)  # paths of which it is known whether the index has them

    @property
    def is_nothing(self) -> bool:
        """Say whether there is nothing to decide or to write."""
        return not (self.rows or self.gone or self.diagnostics)

    def know(self, paths: Iterable[str], rows: Mapping[str, PostRow]) -> None:
        """Take in what the index says of these paths: all that it has of them."""
        self.asked.update(paths)
        self.known |= rows

    def unlearn(self) -> None:
        """Let go of what the index said: it may say other things by now."""
        self.known, self.asked = {}, set()

    def forget(self, path: str) -> None:
        """Let go of what reading a file brought: it is read once more."""
        for found in (self.rows, self.entries, self.written, self.diagnostics):
            found.pop(path, None)

    def holds(self, sighting: Sighting) -> bool:
        """Say whether a file was read as it looks now."""
        row = self.rows.get(sighting.path)
        return row is not None and row.looks_like(sighting.size, sighting.mtime_ns)

    def put(self, row: PostRow) -> None:
        self.rows[row.path] = row
        if row.entry_id:
            self.claims.setdefault(row.entry_id, set()).add(row.path)

    def adopt(self, path: str, id_: str) -> None:
        """Let a post go on as the entry of another that it was renamed from."""
        self.entries[path] = replace(self.entries[path], id=id_)
        self.written.pop(path, None)
        self.put(replace(self.rows[path], entry_id=id_, pin=id_))

    def written_of(self, plans: Iterable[Plan]) -> dict[str, Written]:
        """Return by id what was written down of the entries of plans, as far as planning has left them as they were."""
        fresh = [plan.new for plan in plans if plan.new and plan.new is self.entries.get(plan.new.path)]
        return {new.id: written for new in fresh if (written := self.written.get(new.path))}

    def claiming(self, id_: str) -> list[str]:
        rows = (self.rows.get(path) for path in self.claims.get(id_, ()))
        return [row.path for row in rows if row and row.entry_id == id_]


class Composed(NamedTuple):
    """A post that has an entry."""

    digest: str  # of its bytes
    has_guid: bool  # it says its id itself


class Look(NamedTuple):
    """What a look at one file has brought."""

    outcome: Composed | Gone | Unchanged | Unsettled | Skipped
    said: tuple[Diagnostic, ...]
    entry: Entry | None = None
    written: Written | None = None  # the entry as the index keeps it, where another process has written it down


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where posts are read: everything but the post that an entry depends on."""

    folder: Path
    settings: Settings
    authority: str
    authors: Authors
    sources: Sources
    now: Callable[[], datetime]

    @property
    def revision(self) -> str:
        """Name all that an entry depends on besides its post."""
        settings = self.settings
        authors = repr(sorted((name, sorted(fields.items())) for name, fields in self.authors.items()))
        parts = (
            settings.site.model_dump_json(),
            settings.content.model_dump_json(exclude=_OF_THE_PUBLISHER),
            self.authority,
            authors,
            "pages" if settings.links_to_pages else "permalinks",
        )
        sources = (one.model_dump_json() for one in (*settings.collection, *settings.source))
        attribution = settings.attribution.model_dump_json(exclude={"require"})  # which is the report's alone
        return digest_texts(__version__, *parts, attribution, *sources)

    def read(self, sighting: Sighting, known: PostRow | None, batch: Batch, *, is_stale: bool = False) -> None:
        """Read one file into the batch. known: what the index says of it; is_stale: compose it even if unchanged."""
        digest = "" if is_stale or known is None else known.digest
        self.note(sighting, known, self.look(sighting, digest, is_whole=batch.is_whole), batch, is_stale=is_stale)

    def look(self, sighting: Sighting, known_digest: str, *, is_whole: bool = False) -> Look:
        """Read one file and compose its entry, unless it has the bytes of this digest. Any process may."""
        found = Found(sighting.path)
        outcome, entry = self._outcome(sighting, known_digest, found, is_whole=is_whole)
        if not isinstance(outcome, Post):
            return Look(outcome=outcome, said=tuple(found))
        composed = Composed(digest=outcome.digest, has_guid=outcome.guid is not None)
        return Look(outcome=composed, entry=entry, said=tuple(found))

    def note(
        self, sighting: Sighting, known: PostRow | None, look: Look, batch: Batch, *, is_stale: bool = False
    ) -> None:
        """Put what a look at a file has brought into the batch."""
        batch.read += 1
        row, outcome, said = row_of(sighting, known), look.outcome, look.said
        match outcome:
            case Gone():
                batch.gone.add(sighting.path)
                return
            case Unchanged():
                if row != known:  # else there is nothing to write
                    batch.put(row)
                return
            case Composed():
                assert look.entry is not None
                pin = None if outcome.has_guid else row.pin
                batch.entries[sighting.path] = replace(look.entry, id=pin) if pin else look.entry
                batch.written[sighting.path] = None if pin else look.written
                row = replace(row, digest=outcome.digest, standing="claimant", entry_id=pin or look.entry.id, pin=pin)
            case Skipped():
                row = replace(row, digest=outcome.digest, standing="skipped", entry_id=None)
            case Unsettled(why="file-unsettled"):  # read again in a moment; nothing is known yet
                batch.waiting.add(sighting.path)
                batch.put(replace(row, mtime_ns=-1, digest="" if is_stale else row.digest))
                return
            case Unsettled():
                row = replace(row, mtime_ns=-1, digest="")
                if row.standing == "holder":
                    said = tuple(dict.fromkeys((*said, Diagnostic(code="last-good-kept", path=sighting.path))))
        batch.put(row)
        batch.diagnostics[sighting.path] = said

    def _outcome(
        self, sighting: Sighting, known_digest: str, found: Found, *, is_whole: bool
    ) -> tuple[Outcome, Entry | None]:
        try:
            outcome = load(
                self.folder,
                sighting.path,
                root=sighting.root,
                settings=self.settings,
                now=None if is_whole else self.now(),
                authors=self.authors,
                found=found,
                known_digest=known_digest,
            )
            if not isinstance(outcome, Post):
                return outcome, None
            entry = _composer()(
                outcome, settings=self.settings, authority=self.authority, found=found, sources=self.sources
            )
        except Exception as err:  # our own bug: it costs this post and no other
            log.exception("post.failed: %s", sighting.path)
            found.add("post-failed", detail=f"{type(err).__name__}: {err}")
            return Unsettled(path=sighting.path, why="post-failed"), None
        if entry is None:
            return Skipped(path=sighting.path, digest=outcome.digest, why="source-withheld"), None
        return outcome, entry


def _composer() -> Callable[..., Entry | None]:
    """Return `compose`, which is heavy to load, and most runs find nothing to read."""
    from feeds.entries.compose import compose  # noqa: PLC0415

    return compose


def get_ready() -> None:
    """Load what reading a post needs, so that the first that changes does not wait for it."""
    _composer()


def desk_of(folder: Path, settings: Settings, authority: str | None, *, now: Callable[[], datetime]) -> Desk:
    """Return what reads the posts of a folder. authority: as the index has it."""
    return Desk(
        folder=folder,
        settings=settings,
        authority=authority_of(settings, authority, now()),
        authors=load_authors(folder),
        sources=Sources(settings),
        now=now,
    )


def authority_of(settings: Settings, known: str | None, now: datetime) -> str:
    """Return who mints the ids: as the settings say, else as it was the first time, else made from the site's host.

    known: as the index has it.
    RFC 4151 wants a date on which the authority owned its name; where nobody gave one, it is the year of the first run.
    """
    if settings.site.authority:
        return settings.site.authority
    return known or f"{urlsplit(settings.site.url).hostname},{now.year}"


def row_of(sighting: Sighting, known: PostRow | None = None) -> PostRow:
    """Return the row of a file that is about to be read. known: what the index says of it."""
    fresh = PostRow(
        path=sighting.path,
        is_archive=sighting.root.is_archive,
        rank=sighting.root.rank,
        size=sighting.size,
        mtime_ns=sighting.mtime_ns,
        digest="",
        standing="waiting",
        entry_id=None,
    )
    if known is None:
        return fresh
    return replace(fresh, digest=known.digest, standing=known.standing, entry_id=known.entry_id, pin=known.pin)
