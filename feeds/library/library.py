"""The reading side: an address becomes a feed, a feed becomes renditions, and renditions are remembered.

A rendition is a memo, not an artefact: its validators come from the index without rendering anything, its bytes are
made when somebody first asks, and both are dropped when the feed moves.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import TypeVar

from feeds.errors import IndexLostError
from feeds.library.addresses import WHOLE, FeedPath, Narrowing, parse_path, within
from feeds.library.aliases import Aliases
from feeds.library.bulk import Fragments, Wanted, each
from feeds.library.describing import Describer
from feeds.library.leaves import FeedPages
from feeds.library.memo import Memo
from feeds.library.names import Names, spellings
from feeds.library.pages import EntryPages
from feeds.library.past import Past, Sights, changes_since
from feeds.library.rendition import Base, Rendition
from feeds.library.rhythm import rhythm
from feeds.library.roll import Listed, Roll
from feeds.library.shelf import Shelf
from feeds.metrics import NAMED, Histogram
from feeds.model import FORMATS, ContentMode, FeedKey, Format, Kind
from feeds.render import ENCODERS, RENDERERS, Coding
from feeds.render.html import Templates
from feeds.settings import Settings
from feeds.shapes import Shapes, slug_of
from feeds.slugs import normal_term
from feeds.store import FeedRow, ListedRow, Reader, Sight, Store, moment_at
from feeds.urls import feed_address

T = TypeVar("T")
Needs = Callable[[Rendition], Coding | None]

_FRAGMENT_BYTES = 64_000_000
_FEW = 100  # feeds that are looked up one by one
_OF_RHYTHM = 50  # entries that tell how often a feed has news
_TOO_MANY = 3  # rows remembered for each that there is
_BLIND = 1.0  # seconds after which SQLite is asked all the same: others may have written into the index


def nothing(_rendition: Rendition) -> Coding | None:
    """Say that no bytes are needed."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A feed as the index knows it, without a look at its entries."""

    key: FeedKey
    address: str  # readable, without a format's suffix: `/category/新京报`
    state: str  # that of its renditions: equal states, equal bytes
    last_modified: int  # seconds since 1970


class Library:
    """Any number of threads may ask at once."""

    def __init__(self, settings: Settings, store: Store, templates: Templates | None = None) -> None:
        """templates: of entry pages; none: as they come with us."""
        self.templates = templates or Templates()
        self._settings = settings
        self._store = store
        self._commits = store.commits
        self._shapes = Shapes(settings)
        self._describer = Describer(settings, self._shapes)
        self._aliases = Aliases(settings)
        self._is_chosen: Callable[[FeedKey], bool] = lambda _key: True
        self._retired = {(key.kind, self._shapes.of(key).slug) for key in settings.retired}
        self._fragments: Memo[tuple[str, Format, ContentMode]] = Memo(_FRAGMENT_BYTES)
        self._for_many: Fragments = Memo(_FRAGMENT_BYTES)  # of several formats each
        self._refreshing = Lock()
        self._press = Lock()  # one rendering at a time: what two ask for is made once
        self._past = Past() if settings.server.delta else None
        self.shelf = Shelf()
        self.recall = self.shelf.get  # what is remembered of an address, as of the last `refresh`: no look at the index
        self.render_times = {format_: Histogram(NAMED["feeds_render_seconds"].bounds) for format_ in FORMATS}
        self.compress_times = {coding: Histogram(NAMED["feeds_compress_seconds"].bounds) for coding in ENCODERS}
        self.readings = 0  # of the list of all feeds: until the next, what is listed is the same object while it stands
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what was read of an index that is no more.

        What is on the shelf goes on being served, until the first ingest into the new one is over.
        """
        self._is_ready = False
        self._generation = -1
        self._looked_at = -1  # how many commits there were when feeds that moved were looked for; -1: look
        self._looks_again = 0.0  # by the monotonic clock
        self._names = Names()
        self._listed_before: dict[tuple[ListedRow, bool], Listed | None] = {}
        self._roll: Roll | None = None
        self.readings += 1
        self.pages = EntryPages(
            self._settings, self._store, self.templates, shapes=self._shapes, is_hidden=self._is_hidden
        )
        self.leaves = FeedPages(self._settings, self._store, self.templates, self._describer, is_hidden=self._is_hidden)

    @property
    def is_ready(self) -> bool:
        """Say whether the first ingest is over; until then feeds would look emptier than they are."""
        self._is_ready = self._is_ready or self._store.fact("is_ready") is not None  # it never becomes unready again
        return self._is_ready

    def is_current(self) -> bool:
        """Say whether every feed in the index is as these settings want it."""
        return self.is_ready and self._store.fact("feeds_revision") == self._shapes.revision

    # --- looking up

    def look_up(self, path: str, narrowing: Narrowing = WHOLE, *, needs: Needs = nothing) -> Rendition | None:
        """Return the rendition at a decoded path such as `/category/新京报.rss`; None where there is no such feed.

        It may have no bytes yet: a 304 needs none, and `fill` makes them. needs: says in which coding they are needed,
        if they are; then they are made from what was read for the look-up, unless others are being made.
        """
        self.refresh()
        whole = self.shelf.get(path) or self._find(path, needs=needs if narrowing == WHOLE else nothing)
        if whole is None or narrowing == WHOLE:
            return whole
        kept = within(narrowing, self._shapes.of(whole.key))
        return self.shelf.get(path + kept.query) or self._find(path, kept, needs=needs)

    def _find(self, path: str, narrowing: Narrowing = WHOLE, *, needs: Needs) -> Rendition | None:
        wanted = parse_path(path)
        if wanted is None:
            return None
        seen = self.shelf.version
        with self._store.reading() as reader:
            row = reader.feed_with_slug(wanted.kind, wanted.slug)
            if row is None or self._is_hidden(row.key):
                return None
            sights = self._window(reader, row, narrowing)
            rendition = self._rendition(row, sights, wanted.format, narrowing)
            if coding := needs(rendition):
                self._fill_at_once(rendition, coding, row, sights, reader)
        self.shelf.misses += 1
        self.shelf.put(rendition, seen=seen)
        return rendition

    def is_retired(self, path: str) -> bool:
        """Say whether the settings have retired the feed that this path means for good."""
        wanted = parse_path(path)
        if wanted is None or wanted.kind == "site":
            return False
        return any((wanted.kind, slug) in self._retired for slug in (wanted.slug, *self._slugs_meant(wanted)))

    def choose(self, is_chosen: Callable[[FeedKey], bool]) -> None:
        """Hide all feeds but these, as a site does that holds some of them only; before anything is looked up."""
        self._is_chosen = is_chosen
        self._listed_before = {}
        self._roll = None

    def _is_hidden(self, key: FeedKey) -> bool:
        return not self._is_chosen(key) or self._aliases.is_alias(key) or not self._settings.is_wanted(key)

    def redirect(self, path: str) -> str | None:
        """Return the readable path that a path ought to have; None if it has it, or if no feed is meant.

        It may be spelled with the raw name of a term, or with a source's other name.
        """
        wanted = parse_path(path)
        if wanted is None or wanted.kind == "site":
            return None
        with self._store.reading() as reader:
            for slug in self._slugs_meant(wanted):
                row = None if slug == wanted.slug else reader.feed_with_slug(wanted.kind, slug)
                if row is not None and not self._aliases.is_alias(row.key):
                    return f"{feed_address(row.key, row.slug)}.{wanted.format}"
        return None

    def _slugs_meant(self, wanted: FeedPath) -> Iterator[str]:
        yield slug_of(FeedKey(wanted.kind, normal_term(wanted.slug)), self._settings.fixed_slugs(wanted.kind))
        if wanted.kind == "source":
            yield self._aliases.canonical_slug(wanted.slug)

    def address_of(self, kind: Kind, name: str) -> str | None:
        """Return the readable address, without a format, of the feed that another program called by this name."""
        with self._store.reading() as reader:
            row = self._names.find(reader, kind, name)
        if row is None:
            return self._address_retired(kind, name)
        is_there = self._settings.is_wanted(row.key) or row.key in self._settings.retired
        return feed_address(row.key, row.slug) if is_there and not self._aliases.is_alias(row.key) else None

    def _address_retired(self, kind: Kind, name: str) -> str | None:
        """Return the address of a retired feed that the index need not know: its last posts may be long gone."""
        wanted = normal_term(name).lower()
        for key in self._settings.retired:
            if key.kind == kind and wanted in (key.term.lower(), *spellings(key.term)):
                return feed_address(key, self._shapes.of(key).slug)
        return None

    def self_url(self, key: FeedKey, format_: Format) -> str | None:
        """Return the address under which a feed knows itself, percent-encoded; None where nobody can read it."""
        with self._store.reading() as reader:
            row = reader.feed(key)
        return None if row is None or self._is_hidden(key) else self._describer.self_urls(row, WHOLE)[format_]

    def refresh(self) -> None:
        """Forget the renditions of feeds that have moved. Costs next to nothing while the index stands still.

        Nothing is forgotten while the index is made, or is lost: there is nothing yet to put in its place.
        """
        commits = self._commits()  # before looking: what is committed meanwhile is looked for the next time
        if commits == self._looked_at and monotonic() < self._looks_again:
            return
        self._look()
        self._looked_at = -1 if commits % 2 else commits
        self._looks_again = monotonic() + _BLIND

    def _look(self) -> None:
        try:
            if self._store.data_version() == self.shelf.version or not self.is_ready:
                return
            with self._refreshing:
                version = self._store.data_version()
                moved, self._generation = self._store.moved_since(self._generation)
                self.shelf.forget(moved, version=version)
        except IndexLostError:  # noted: the publisher sees to it
            return

    def version(self) -> int:
        """Return a number that is another one whenever the index may have changed."""
        return self._store.data_version()

    def listing(self) -> tuple[Listed, ...]:
        """List every feed that has an address: the site's first, then by kind and term."""
        return self._current_roll().listed

    def _current_roll(self) -> Roll:
        """Return the list of this version of the index. What was made of a row is kept: most stay as they are."""
        version, roll = self._store.data_version(), self._roll
        if roll is not None and roll.version == version:
            return roll
        with self._store.reading() as reader:
            rows = reader.listing()
        is_current = self.is_current()
        known = self._listed_before if len(self._listed_before) < _TOO_MANY * len(rows) else {}
        self._listed_before = known
        found = []
        for row in rows:
            key = (row, is_current)
            if key not in known:
                known[key] = self._listed(row, is_current=is_current)
            found.append(known[key])
        self._roll = Roll.of(tuple(filter(None, found)), version=version, is_current=is_current)
        self.readings += 1
        return self._roll

    def keep_up(self, touched: Collection[FeedKey]) -> None:
        """Bring the list of feeds to the present, at a cost that does not grow with it.

        touched: all feeds that can have changed since it was read last, in one way or another.
        """
        version, roll = self._store.data_version(), self._roll
        if roll is None or roll.version == version:
            return
        if self.is_current() != roll.is_current:
            self._roll = None
            return
        with self._store.reading() as reader:
            rows = {key: reader.listed(key) for key in touched}
        changed = {key: row and self._listed(row, is_current=roll.is_current) for key, row in rows.items()}
        rhythms = self.rhythms_of(touched) if roll.rhythms else {}
        self._roll = roll.after(changed, rhythms, version=version)

    def place_of(self, key: FeedKey) -> Listed | None:
        """Return what is listed of one feed."""
        roll = self._current_roll()
        return roll.listed[roll.places[key]] if key in roll.places else None

    def listing_with_rhythms(self) -> tuple[tuple[Listed, ...], Sequence[timedelta | None]]:
        """List every feed as `listing` does, and the typical time between two of its newest entries.

        None stands for too few entries to tell.
        """
        roll = self._current_roll()
        if not roll.rhythms:
            with self._store.reading() as reader:
                moments = reader.moments(newest=_OF_RHYTHM)
            roll.rhythms[:] = [_gap(moments.get(one.key, ())) for one in roll.listed]
        return roll.listed, roll.rhythms

    def rhythms_of(self, keys: Iterable[FeedKey]) -> dict[FeedKey, timedelta]:
        """Return it for some feeds, where they have enough, at a cost that does not grow with the site."""
        with self._store.reading() as reader:
            gaps = {key: _gap(reader.moments_of(key, newest=_OF_RHYTHM)) for key in keys}
        return {key: gap for key, gap in gaps.items() if gap is not None}

    def _listed(self, row: ListedRow, *, is_current: bool) -> Listed | None:
        key = FeedKey(row.kind, row.term)
        if self._is_hidden(key):
            return None
        return Listed(
            key=key,
            title=self._describer.name(key, row.label),
            address=feed_address(key, row.slug),
            count=row.total,
            newest=None if row.age is None else moment_at(-row.age),
            state=row.state if is_current else "",
        )

    # --- all of them

    def standings(self) -> tuple[Standing, ...]:
        """Return every feed that has an address, cheaply: who has its bytes of this state has all that it shows now."""
        with self._store.reading() as reader:
            rows = reader.every_feed()
        return tuple(
            Standing(key=row.key, address=feed_address(row.key, row.slug), state=row.state, last_modified=row.changed)
            for row in rows
            if not self._is_hidden(row.key)
        )

    def each(
        self,
        do: Callable[[Rendition], T],
        *,
        keys: Collection[FeedKey] | None = None,
        formats: Sequence[Format] = FORMATS,
        codings: Collection[Coding] = (),
        processes: int = 1,
    ) -> Iterator[T]:
        """Yield what `do` returns for every rendition of these feeds, or of all, as they stand at one moment.

        A rendition comes with its bytes, in these codings too. They are what `look_up` and `fill` give, made in bulk:
        an entry is read and rendered once for all feeds that show it, and few are held at a time. The formats of a feed
        come one after the other; feeds that share entries stand side by side.
        processes: with more than one, `do` is pickled and called in another process, so it should write, hash or
        compress there and return little. The order does not depend on it.
        """
        with self._store.reading() as reader:
            if not self.is_ready:
                return
            if keys is not None and len(keys) < _FEW:
                rows = tuple(row for key in sorted(keys) if (row := reader.feed(key)))
            else:
                rows = tuple(row for row in reader.every_feed() if keys is None or row.key in keys)
            rows = tuple(row for row in rows if not self._is_hidden(row.key))
            wanted = Wanted(
                settings=self._settings, authority=reader.authority(), formats=tuple(formats), codings=tuple(codings)
            )
            state = self._store.state
            fragments = self._for_many if keys is not None and len(keys) < _FEW else None
            yield from each(
                rows, do, wanted=wanted, reader=reader, state=state, processes=processes, fragments=fragments
            )

    # --- making

    def fill(self, rendition: Rendition, coding: Coding = "identity") -> Rendition:
        """Return this rendition with its bytes in this coding, or the one that has taken its place meanwhile.

        Everything that goes into the bytes is read in one transaction, so they are never torn between two versions.
        """
        with self._press:
            seen = self.shelf.version
            is_past = rendition.has()  # it was read from the index before, and may not be what that says by now
            if not is_past:
                with self.render_times[rendition.format].timed():
                    rendition = self._print(rendition)
            if not rendition.has(coding):
                rendition.bodies[coding] = self._coded(rendition.body(), coding)
            if is_past:
                self.shelf.weigh(rendition)
            else:
                self.shelf.put(rendition, seen=seen)
        return rendition

    def _fill_at_once(
        self, rendition: Rendition, coding: Coding, row: FeedRow, sights: Sequence[Sight], reader: Reader
    ) -> None:
        if not self._press.acquire(blocking=False):
            return
        try:
            with self.render_times[rendition.format].timed():
                rendition.bodies["identity"] = self._document(rendition, row, sights, reader)
            rendition.bodies[coding] = self._coded(rendition.body(), coding)
        finally:
            self._press.release()

    def _document(self, rendition: Rendition, row: FeedRow, sights: Sequence[Sight], reader: Reader) -> bytes:
        fragments = self._fragments_of(reader, sights, rendition)
        feed = self._describer.feed(row, sights, rendition.narrowing, authority=reader.authority())
        return RENDERERS[rendition.format].document(feed, fragments)

    def _coded(self, body: bytes, coding: Coding) -> bytes:
        if coding not in ENCODERS:
            return body
        with self.compress_times[coding].timed():
            return ENCODERS[coding](body)

    def _print(self, rendition: Rendition) -> Rendition:
        with self._store.reading() as reader:
            row, sights = self._present(reader, rendition)
            current = self._current(rendition, row, sights)
            current.bodies["identity"] = self._document(current, row, sights, reader)
        return current

    def _present(self, reader: Reader, rendition: Rendition) -> tuple[FeedRow, tuple[Sight, ...]]:
        row = reader.feed(rendition.key) if self.is_ready else None
        if row is None:  # feeds are never deleted from an index
            raise IndexLostError("the index is being made anew")
        return row, self._window(reader, row, rendition.narrowing)

    def _current(self, rendition: Rendition, row: FeedRow, sights: Sequence[Sight]) -> Rendition:
        current = self._rendition(row, sights, rendition.format, rendition.narrowing)
        return rendition if current.state == rendition.state else current

    # --- what is new since then (RFC 3229)

    def remembers(self, rendition: Rendition, base: Base) -> bool:
        """Say whether it is known what a client holds that holds this state of a rendition's feed."""
        return base.format == rendition.format and self._held(rendition, base) is not None

    def fill_delta(self, rendition: Rendition, base: Base, coding: Coding = "identity") -> Rendition:
        """Return this rendition, or the one that has taken its place, with what is new in it since a state.

        Where a delta cannot say it, an empty one is noted, and `fill` has to make the whole. Of the entries that have
        not changed nothing is read or made.
        """
        with self._press:
            seen = self.shelf.version
            with self.render_times[rendition.format].timed():
                current, body = self._print_delta(rendition, base)
            current.deltas[base.state, coding] = self._coded(body, coding) if body else body
            self.shelf.put(current, seen=seen)
        return current

    def _print_delta(self, rendition: Rendition, base: Base) -> tuple[Rendition, bytes]:
        with self._store.reading() as reader:
            row, sights, authority = *self._present(reader, rendition), reader.authority()
            current = self._current(rendition, row, sights)
            held = self._held(current, base) or ()
            hours = 0 if len(sights) == rendition.narrowing.limit else self._shapes.of(row.key).window.hours
            changed = changes_since(held, sights, is_cut=row.count > len(sights), hours=hours) if held else None
            fragments = self._fragments_of(reader, changed or (), current)
        feed = self._describer.feed(row, sights, current.narrowing, authority=authority)
        return current, RENDERERS[current.format].document(feed, fragments) if changed else b""

    def _held(self, rendition: Rendition, base: Base) -> Sights | None:
        return None if self._past is None else self._past.window((rendition.key, rendition.narrowing), base.state)

    # --- parts

    def _fragments_of(self, reader: Reader, sights: Sequence[Sight], rendition: Rendition) -> tuple[bytes, ...]:
        format_, mode = rendition.format, rendition.narrowing.content or self._shapes.of(rendition.key).content
        made = {sight.id: self._fragments.get((sight.stamp, format_, mode)) for sight in sights}
        stamps = {sight.id: sight.stamp for sight in sights}
        missing = reader.entries(id_ for id_, fragment in made.items() if fragment is None)
        for id_, entry in missing.items():
            fragment = RENDERERS[format_].fragment(entry, mode=mode, zone=self._settings.zone)
            self._fragments.put((stamps[id_], format_, mode), fragment)
            made[id_] = (fragment,)
        return tuple(fragment[0] for fragment in made.values() if fragment is not None)

    def _window(self, reader: Reader, row: FeedRow, narrowing: Narrowing) -> tuple[Sight, ...]:
        shape = self._shapes.of(row.key)
        return reader.window(row.number, window=shape.window, content=shape.content)[: narrowing.limit]

    def _rendition(self, row: FeedRow, sights: Sequence[Sight], format_: Format, narrowing: Narrowing) -> Rendition:
        rendition = self._describer.rendition(row, sights, format_, narrowing)
        if self._past is not None:
            self._past.note((row.key, narrowing), rendition.short_state, tuple(sights))
        return rendition


def _gap(published: Iterable[int]) -> timedelta | None:
    gap = rhythm(published)
    return None if gap is None else timedelta(microseconds=gap)
