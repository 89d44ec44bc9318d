"""Mending an index at the least cost: what is wrong is read or made again, and everything else stays as it is."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from feeds.doctor.findings import SAME_SETTINGS, Health, as_text
from feeds.doctor.verifying import Progress, verify
from feeds.entries.plan import plan
from feeds.errors import IndexUnusableError
from feeds.model import SITE, Entry
from feeds.posts.roots import find_roots, sight
from feeds.publisher import told
from feeds.publisher.reading import Batch, Desk, desk_of
from feeds.settings import Settings
from feeds.shapes import Shapes
from feeds.site import Site, open_site
from feeds.store import Store, Tombstone, begin_anew_from_what_is_left, inspecting, lock_of
from feeds.store.database import FILE

_T = TypeVar("_T")
_AT_ONCE = 500
_AFRESH = ("post-moved", "post-digest", "post-unreadable", "post-id", "post-standing", "post-differs")


def mend(
    folder: Path,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    say: Callable[[str], None],
    progress: Progress = lambda _done, _total: None,
) -> Health:
    """Mend what `verify` finds, and return what it finds then. `say` gets what was wrong, and where an old index lies.

    Raises IndexUnusableError while another process publishes the folder, and where the index was made with other
    settings, which a server may have from its environment: all feeds would move, and move back at its next start.
    Raises FolderError where a root cannot be read.
    """
    state = folder / settings.state.path
    refuse_while_published(folder, state)
    if (state / FILE).exists():
        health = verify(folder, settings, now=now, progress=progress)
        if health.whats("index-version"):
            open_site(folder, settings, now=now, say=say).close()  # which brings it forward
            health = verify(folder, settings, now=now, progress=progress)
        if differing := health.said("settings-differ"):
            raise IndexUnusableError(f"{state / FILE}: {differing[0]} when it was made", SAME_SETTINGS)
        if not health.faults:
            return health
        say(as_text(health))
        if health.whats("index-damaged"):
            aside = alone(folder, state, lambda: begin_anew_from_what_is_left(state, now=now()))
            say(f"{state / FILE} was set aside as {aside and aside.name}, and is made anew from the posts")
        for authority in health.said("authority-lost"):  # before a publisher makes up another
            alone(folder, state, partial(_write_down, state, authority, now=now()))
    else:
        health = Health(findings=())
    with open_site(folder, settings, now=now, say=say) as site:
        _mend(site, health, now=now, progress=progress)
    return verify(folder, settings, now=now, progress=progress)


def refuse_while_published(folder: Path, state: Path) -> None:
    if lock_of(state).is_held():
        raise _busy(folder)


def _busy(folder: Path) -> IndexUnusableError:
    return IndexUnusableError(
        f"{folder}: another process publishes this folder, and only one may change its index",
        "stop that server first, and start it again afterwards",
    )


def alone(folder: Path, state: Path, act: Callable[[], _T]) -> _T:
    """Do something that nobody may publish meanwhile."""
    lock = lock_of(state)
    try:
        state.mkdir(parents=True, exist_ok=True)
        is_ours = lock.acquire()
    except OSError as err:
        raise IndexUnusableError(
            f"{state}: {err.strerror}", "set `state.path` to a folder that can be written"
        ) from err
    if not is_ours:
        raise _busy(folder)
    try:
        return act()
    finally:
        lock.release()


def _mend(site: Site, health: Health, *, now: Callable[[], datetime], progress: Progress) -> None:
    if site.publisher is None:
        raise _busy(site.folder)
    shapes = Shapes(site.settings)
    for piece in _pieces(health.whats("entry-unreadable")):
        known = tuple(_composed_anew(site, piece, now=now))
        with site.store.mending() as mending:
            mending.rewrite(known, now=now(), shape_of=shapes.of)
    with site.store.mending() as mending:
        is_cut_so = mending.fact("is_ready") is not None and mending.fact("feeds_revision") == shapes.revision
        if is_cut_so:
            mending.note_what_is_shown(shapes.of)
        mending.drop_unreadable()
        mending.forget_standing(health.whats("post-entry-missing"))
        mending.read_again(health.whats(*_AFRESH))
        mending.derive(now=now(), shape_of=shapes.of)
        if is_cut_so:
            mending.know((SITE,), shape_of=shapes.of)
            mending.respell(shapes.of)
            moves = mending.move(mending.all_feeds(), now=now(), shape_of=shapes.of)
            mending.announce(told.of_feeds(moves), now=now())
    site.publisher.catch_up(progress, is_patient=True)
    _take_leave_of_orphans(site, shapes, now=now())


def _write_down(state: Path, authority: str, *, now: datetime) -> None:
    store = Store(state, now=now)
    try:
        with store.mending() as mending:
            mending.put_fact("authority", authority)
    finally:
        store.close()


def _desk(site: Site, now: Callable[[], datetime]) -> Desk:
    with inspecting(site.folder / site.settings.state.path) as inspection:
        return desk_of(site.folder, site.settings, inspection.authority(), now=now)


def _composed_anew(site: Site, ids: Sequence[str], *, now: Callable[[], datetime]) -> Iterator[Entry]:
    """Yield what the posts that hold these ids say now."""
    batch, desk, roots = Batch(), _desk(site, now), find_roots(site.folder, site.settings)
    for id_, rows in site.store.claims(ids).items():
        for row in rows:
            seen = sight(site.folder, roots, row.path) if row.standing == "holder" else None
            if seen:
                desk.read(seen, row, batch, is_stale=True)
                entry = batch.entries.pop(row.path, None)
                if entry and entry.id == id_:
                    yield entry


def _take_leave_of_orphans(site: Site, shapes: Shapes, *, now: datetime) -> None:
    """Let go of entries that no post holds, now that every post has been read."""
    with inspecting(site.folder / site.settings.state.path) as inspection:
        orphans = tuple(inspection.orphans())
    for ids in _pieces(orphans):
        held = site.store.held(ids).values()
        plans = [plan(one.entry, None, was_live=one.is_live, now=now) for one in held]
        leaving = [one for one in plans if one]
        with site.store.mending() as mending:
            mending.put_entries(leaving, now=now, shape_of=shapes.of)
            mending.bury(_stone(one.entry, now) for one in held)
            mending.announce(told.of_entries(leaving), now=now)
            moves = mending.move({key for one in leaving for key in one.touched}, now=now, shape_of=shapes.of)
            mending.announce(told.of_feeds(moves), now=now)


def _stone(entry: Entry, now: datetime) -> Tombstone:
    return Tombstone(id=entry.id, path=entry.path, title=entry.title, at=int(now.timestamp()), why="deleted")


def _pieces(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
