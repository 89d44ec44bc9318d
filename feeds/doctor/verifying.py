"""Whether an index says what the folder says, and whether it agrees with itself.

It is looked at in one read transaction, so that a process that publishes meanwhile neither waits nor confuses it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from feeds.diagnostics import Diagnostic
from feeds.doctor.findings import BY_ITSELF, Finding, Health
from feeds.model import SITE, Entry, FeedKey
from feeds.posts.roots import Sighting, Sweep, find_roots, sight, sweep
from feeds.publisher.reading import Batch, Desk, desk_of
from feeds.settings import Settings, differences, summary_of
from feeds.shapes import Shapes
from feeds.store import DamageError, EntryRow, Inspection, Misplaced, PostRow, inspecting, lock_of, moment_at
from feeds.store.database import FILE
from feeds.urls import feed_address

Progress = Callable[[int, int], None]  # posts compared so far, posts to compare

_AT_ONCE = 500
_MOST_DIFFERENCES = 5  # settings that are named
_CLAIMING = ("holder", "shadowed")


def verify(
    folder: Path,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    progress: Progress = lambda _done, _total: None,
) -> Health:
    """Compare the index of a folder with its posts and with itself. Nothing is changed.

    Raises IndexUnusableError where there is no index, FolderError where a content root cannot be read.
    """
    state = folder / settings.state.path
    findings: list[Finding] = []
    try:
        with inspecting(state) as inspection:
            troubles = inspection.troubles()
            findings += [Finding(code="index-damaged", what=str(state / FILE), detail=one) for one in troubles]
            if not troubles and (version := inspection.other_version()):
                findings.append(Finding(code="index-version", what=str(state / FILE), detail=version))
            if findings:
                return Health(findings=tuple(findings))
            desk = desk_of(folder, settings, inspection.authority(), now=now)
            look = _Look(inspection, desk, is_published=lock_of(state).is_held(), progress=progress)
            findings += look.findings()
            return Health(findings=tuple(findings), posts=look.posts, entries=look.entries, feeds=look.feeds)
    except DamageError as err:
        findings.append(Finding(code="index-damaged", what=str(state / FILE), detail=f"the file is damaged: {err}"))
        return Health(findings=tuple(findings))


class _Look:
    def __init__(self, inspection: Inspection, desk: Desk, *, is_published: bool, progress: Progress) -> None:
        self.posts = self.entries = self.feeds = 0
        self._index = inspection
        self._desk = desk
        self._now = desk.now()
        self._is_published = is_published
        self._progress = progress
        self._shapes = Shapes(desk.settings)
        self._roots = find_roots(desk.folder, desk.settings)

    def findings(self) -> Iterator[Finding]:
        if self._index.fact("is_ready") is None:
            yield self._found("index-unfinished", "index")
        elif self._index.fact("authority") != self._desk.authority:
            yield self._found("authority-lost", "index", self._desk.authority)
        is_composed_so = self._index.fact("compose_revision") == self._desk.revision
        is_cut_so = self._index.fact("feeds_revision") == self._shapes.revision
        if self._index.fact("is_ready") and not (is_composed_so and is_cut_so):
            yield self._of_settings()
        yield from self._of_posts(is_comparable=is_composed_so)
        yield from self._of_claims()
        yield from self._of_entries()
        yield from self._of_feeds(is_comparable=is_cut_so and self._index.fact("is_ready") is not None)

    def _found(self, code: str, what: str, detail: str = "") -> Finding:
        if self._is_published and code in BY_ITSELF:
            return Finding(code="meanwhile", what=what)
        return Finding(code=code, what=what, detail=detail)

    def _of_settings(self) -> Finding:
        """Say what is not as it was when the index was made: some settings, or this program."""
        said = list(differences(json.loads(self._index.fact("made_with") or "{}"), summary_of(self._desk.settings)))
        if not said:
            return self._found("settings-changed", "settings", "; restart the server" if self._is_published else "")
        shown = [*said[:_MOST_DIFFERENCES], *(["…"] if len(said) > _MOST_DIFFERENCES else [])]
        return self._found("settings-differ", "settings", "; ".join(shown))

    # --- posts

    def _of_posts(self, *, is_comparable: bool) -> Iterator[Finding]:
        swept = sweep(self._desk.folder, self._roots)
        pending: list[tuple[Sighting, PostRow]] = []
        for path, seen, row in _side_by_side(swept.sightings, self._index.post_rows()):
            self.posts += seen is not None
            code = self._difference(seen, row, swept)
            if code:
                yield self._found(code, path)
            elif seen and row and is_comparable:
                pending.append((seen, row))
            if len(pending) == _AT_ONCE:
                yield from self._of_contents(pending)
                pending = []
                self._progress(self.posts, swept.seen)
        yield from self._of_contents(pending)
        self._progress(swept.seen, swept.seen)
        for path in self._index.hollow():
            yield self._found("post-entry-missing", path)

    def _difference(self, seen: Sighting | None, row: PostRow | None, swept: Sweep) -> str | None:
        """Return what a look at a file tells, without opening it."""
        if row is None:
            return "post-unknown"
        if seen is None:
            return None if self._is_expected_back(row) or _is_hidden(row.path, swept.blind) else "post-gone"
        if row.is_missing or (row.mtime_ns != -1 and (row.size, row.mtime_ns) != (seen.size, seen.mtime_ns)):
            return "post-changed"
        if (row.rank, row.is_archive) != (seen.root.rank, seen.root.is_archive):
            return "post-moved"
        return None

    def _is_expected_back(self, row: PostRow) -> bool:
        grace = timedelta(seconds=self._desk.settings.content.grace)
        return row.missing_since is not None and self._now < moment_at(row.missing_since) + grace

    def _of_contents(self, posts: Sequence[tuple[Sighting, PostRow]]) -> Iterator[Finding]:
        """Read posts as the publisher would, and compare what comes out."""
        batch = Batch()
        for seen, row in posts:
            self._desk.read(seen, row, batch, is_stale=True)
        held = self._index.entries_at(row.entry_id for _, row in posts if row.entry_id and row.standing == "holder")
        for seen, row in posts:
            code = _disagreement(row, batch) or _difference_of_entries(row, batch, held.get(row.entry_id or ""))
            if code and self._has_changed_since(seen):
                yield Finding(code="meanwhile", what=row.path)
            elif code:
                said = batch.diagnostics.get(row.path, ())
                yield self._found(code, row.path, said[0].message if said else "")

    def _has_changed_since(self, seen: Sighting) -> bool:
        again = sight(self._desk.folder, self._roots, seen.path)
        return again is None or (again.size, again.mtime_ns) != (seen.size, seen.mtime_ns)

    def _of_claims(self) -> Iterator[Finding]:
        for id_, group in groupby(self._index.claims(), key=lambda row: row.entry_id):
            rows = tuple(group)
            if any(row.is_missing for row in rows):
                continue  # who holds it is settled when the grace time is over
            is_right = [row.standing for row in rows] == ["holder", *["shadowed"] * (len(rows) - 1)]
            for row in () if is_right else rows:
                yield self._found("post-standing", row.path, id_ or "")

    # --- entries

    def _of_entries(self) -> Iterator[Finding]:
        findings: list[Finding] = []
        with self._index.expecting(self._live(findings)):
            yield from findings
            for id_ in self._index.orphans():
                yield self._found("entry-orphaned", id_)
            for id_ in self._index.risen():
                yield self._found("entry-buried", id_)
            if not any(one.code == "entry-unreadable" for one in findings):  # else nobody knows what ought to be where
                yield from self._of_memberships()

    def _live(self, findings: list[Finding]) -> Iterator[Entry]:
        """Yield the entries that stand in feeds as the index says, and note what is wrong with any."""
        for row in self._index.entries():
            self.entries += 1
            if row.entry is None:
                findings.append(self._found("entry-unreadable", row.id))
                continue
            if not row.is_sound:
                findings.append(self._found("entry-derived", row.id))
            if row.is_live != row.entry.is_live(self._now):
                findings.append(self._found("entry-due", row.id, _what_is_due(row.entry, self._now, row.is_live)))
            if row.is_live:
                yield row.entry

    # --- feeds

    def _of_memberships(self) -> Iterator[Finding]:
        for key in self._index.unknown_feeds():
            yield self._found("feed-unknown", self._address(key))
        for one in self._index.misplaced():
            yield self._found("feed-members", self._address(one.feed), _what_is_misplaced(one))
        for feed in self._index.mislabelled():
            yield self._found("feed-names", self._address(feed))
        for key in self._index.miscounted():
            yield self._found("feed-count", self._address(key))

    def _of_feeds(self, *, is_comparable: bool) -> Iterator[Finding]:
        has_site = False
        for feed in self._index.feeds():
            self.feeds += 1
            has_site = has_site or feed.key == SITE
            shape = self._shapes.of(feed.key)
            if not is_comparable:
                continue
            if feed.slug != shape.slug:
                yield self._found("feed-slug", self._address(feed.key))
            if feed.state != self._index.state_now(feed, shape):
                yield self._found("feed-state", self._address(feed.key))
        if is_comparable and not has_site:
            yield self._found("site-feed-missing", "/feed")

    def _address(self, key: FeedKey | None) -> str:
        return "a feed that is not there" if key is None else feed_address(key, self._shapes.of(key).slug)


def _side_by_side(
    sightings: Iterable[Sighting], rows: Iterator[PostRow]
) -> Iterator[tuple[str, Sighting | None, PostRow | None]]:
    """Pair what lies in the folder with what the index knows, in the order of paths. rows: in that order, too."""
    row = next(rows, None)
    for seen in sorted(sightings, key=lambda one: one.path):
        while row and row.path < seen.path:
            yield row.path, None, row
            row = next(rows, None)
        if row and row.path == seen.path:
            yield seen.path, seen, row
            row = next(rows, None)
        else:
            yield seen.path, seen, None
    while row:
        yield row.path, None, row
        row = next(rows, None)


def _disagreement(row: PostRow, batch: Batch) -> str | None:
    """Return what the index says wrongly of a file that was read now."""
    if row.path in batch.gone:
        return "post-gone"
    fresh = batch.rows[row.path]
    has_waited, waits = row.mtime_ns == -1, fresh.mtime_ns == -1
    if waits and not has_waited and row.path not in batch.waiting:
        return "post-unreadable"
    if has_waited or waits:
        return None if has_waited and waits else "post-changed"
    if fresh.digest != row.digest:
        return "post-digest"
    is_same = (fresh.entry_id, fresh.standing == "claimant") == (row.entry_id, row.standing in _CLAIMING)
    is_pinned_so = row.entry_id is None or row.pin in {None, row.entry_id}  # a draft keeps its pin for later
    return None if is_same and is_pinned_so else "post-id"


def _difference_of_entries(row: PostRow, batch: Batch, held: EntryRow | None) -> str | None:
    entry = batch.entries.get(row.path) if row.standing == "holder" else None
    is_right = not (entry and held and held.entry) or _is_same(held.entry, entry, batch.diagnostics.get(row.path, ()))
    return None if is_right else "post-differs"


def _what_is_misplaced(one: Misplaced) -> str:
    parts = [f"lacks {one.missing:,} of its entries"] if one.missing else []
    parts += [f"holds {one.surplus:,} that do not belong there"] if one.surplus else []
    return f"{' and '.join(parts)}, such as {one.example}"


def _what_is_due(entry: Entry, now: datetime, is_live: bool) -> str:  # noqa: FBT001
    if not is_live:
        return "its time has come, and no feed shows it"
    return "feeds show it before its time" if now < entry.published else "its time is over, and feeds show it"


def _is_hidden(path: str, blind: Sequence[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in blind)


def _is_same(held: Entry, fresh: Entry, said: Iterable[Diagnostic]) -> bool:
    """Say whether the index holds what a post says now. `updated` may be later: it moves with the content."""
    if held.published != fresh.published and any(one.code == "date-missing" for one in said):
        return (held.id, held.fingerprint) == (fresh.id, fresh.fingerprint)  # a file's own time moves no post
    if not fresh.is_updated_stated and held.updated >= held.published:
        fresh = replace(fresh, updated=held.updated)
    return held == fresh
