"""Every feed in every format, for who writes them all out: each entry is read and rendered once, not once per feed.

What one feed needs is read in one transaction, and what all of them show is one state of the index, in however many
processes they are made.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from feeds.crew import Crew, DeclinedError
from feeds.library.addresses import WHOLE
from feeds.library.describing import Describer
from feeds.library.memo import Memo
from feeds.library.rendition import Rendition
from feeds.model import ContentMode, Format
from feeds.render import ENCODERS, RENDERERS, Coding
from feeds.settings import Settings
from feeds.shapes import Shapes
from feeds.store import FeedRow, Reader, Sight, reading_beside

T = TypeVar("T")
Do = Callable[[Rendition], T]
Fragments = Memo[tuple[str, ContentMode, Sequence[Format]]]  # of an entry in each of these formats

_FRAGMENT_BYTES = 2_000_000  # of each format, in each process: feeds that share entries stand side by side
_AT_ONCE = 24  # feeds in one task


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be made of feeds."""

    settings: Settings
    authority: str  # who mints the ids
    formats: Sequence[Format]
    codings: Collection[Coding]


def each(
    rows: Sequence[FeedRow],
    do: Do[T],
    *,
    wanted: Wanted,
    reader: Reader,
    state: Path,
    processes: int,
    fragments: Fragments | None = None,
) -> Iterator[T]:
    """Yield what `do` returns for each rendition, in the order of the rows. reader: as of whose moment; state: folder.

    fragments: what was made here before, of the same formats, to be used and added to.
    With several processes `do` is pickled, and called in another one.
    """
    crew = Crew(partial(making_beside, wanted, state, do), size=processes, own=_maker(wanted, do, reader, fragments))
    for made in crew.results(_pieces(rows)):
        yield from made


def _pieces(rows: Sequence[FeedRow]) -> Iterator[tuple[FeedRow, ...]]:
    rest = iter(rows)
    while piece := tuple(islice(rest, _AT_ONCE)):
        yield piece


def _maker(
    wanted: Wanted, do: Do[T], reader: Reader, fragments: Fragments | None
) -> Callable[[Sequence[FeedRow]], list[T]]:
    press = Press(wanted, fragments)
    return lambda rows: [do(one) for row in rows for one in press.renditions(reader, press.look(reader, row))]


def making_beside(wanted: Wanted, state: Path, do: Do[T]) -> Callable[[Sequence[FeedRow]], list[T]]:
    """Prepare another process than the one that has the index open: return what makes a piece of the feeds in it."""
    press, reading = Press(wanted), reading_beside(state)

    def make(rows: Sequence[FeedRow]) -> list[T]:
        with reading() as reader:
            seen = [press.look(reader, row) for row in rows]
            if not all(one.is_as_its_row for one in seen):  # before anything is done with any
                raise DeclinedError
            return [do(rendition) for one in seen for rendition in press.renditions(reader, one)]

    return make


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A feed, and what stands in its window."""

    row: FeedRow
    sights: tuple[Sight, ...]
    described: tuple[Rendition, ...]  # in each format, without bytes

    @property
    def is_as_its_row(self) -> bool:
        """Say whether it looks as it did when the row was read."""
        return all(one.state == self.row.state for one in self.described)


class Press:
    """Makes all renditions of one feed after the other. For one thread."""

    def __init__(self, wanted: Wanted, fragments: Fragments | None = None) -> None:
        """fragments: as `each` has it."""
        self._wanted = wanted
        self._shapes = Shapes(wanted.settings)
        self._describer = Describer(wanted.settings, self._shapes)
        self._writers = [RENDERERS[format_].fragment for format_ in wanted.formats]
        self._fragments: Fragments = Memo(_FRAGMENT_BYTES * len(wanted.formats)) if fragments is None else fragments

    def look(self, reader: Reader, row: FeedRow) -> Seen:
        shape = self._shapes.of(row.key)
        sights = reader.window(row.number, window=shape.window, content=shape.content)
        described = self._describer.renditions(row, sights, self._wanted.formats, WHOLE)
        return Seen(row=row, sights=sights, described=described)

    def renditions(self, reader: Reader, seen: Seen) -> Iterator[Rendition]:
        """Yield a feed in each format, with its bytes in each coding. reader: as of the same moment as the look."""
        lifetime = seen.described[0].lifetime if seen.described else None
        feed = self._describer.feed(seen.row, seen.sights, WHOLE, authority=self._wanted.authority, lifetime=lifetime)
        made = self._fragments_of(reader, seen.sights, feed.content)
        for place, one in enumerate(seen.described):
            body = RENDERERS[one.format].document(feed, [fragments[place] for fragments in made])
            one.bodies["identity"] = body
            one.bodies.update((coding, ENCODERS[coding](body)) for coding in self._wanted.codings if coding in ENCODERS)
            yield one

    def _fragments_of(self, reader: Reader, sights: Sequence[Sight], mode: ContentMode) -> Sequence[tuple[bytes, ...]]:
        """Return the fragments of each entry in each format."""
        formats = self._wanted.formats
        made = {sight.id: self._fragments.get((sight.stamp, mode, formats)) for sight in sights}
        missing = [sight for sight in sights if made[sight.id] is None]
        entries = reader.entries(sight.id for sight in missing) if missing else {}
        for sight in missing:
            if entry := entries.get(sight.id):
                fragments = tuple(write(entry, mode=mode, zone=self._wanted.settings.zone) for write in self._writers)
                self._fragments.put((sight.stamp, mode, formats), *fragments)
                made[sight.id] = fragments
        return [fragments for fragments in made.values() if fragments is not None]
