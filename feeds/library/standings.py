"""How the pages of all entries stand, without any being made: read once, and kept up with what changes."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from feeds.fingerprint import digest_texts
from feeds.store import PageRow, Reader

_Place = tuple[int, str]  # moment of publication, negated, and id: the order of feeds (invariant 3)


class PageStanding(NamedTuple):
    """An entry's page that need not have been made."""

    id: str  # of the entry
    state: str  # names all that it shows of entries; the settings are not in it


class Standings:
    """For one thread. A page shows an entry and leads to those beside it in a feed that holds it."""

    def __init__(self) -> None:
        self._rows: dict[int, _Rows] = {}  # by number of the feed

    def read(self, reader: Reader, numbers: Iterable[int]) -> Iterator[PageStanding]:
        """Read all entries of these feeds, which hold every entry together, and yield how all their pages stand."""
        self._rows = {number: _Rows(reader.page_rows(number)) for number in numbers}
        for rows in self._rows.values():
            yield from rows.standings(range(len(rows.order)))

    def read_again(self, reader: Reader, ids: Collection[str]) -> Iterator[PageStanding]:
        """Read all entries again that have changed, come or gone. Yield how pages stand that show any of them."""
        for number, rows in self._rows.items():
            yield from rows.replace(ids, reader.page_rows(number, ids))

    def has(self, id_: str) -> bool:
        return any(id_ in rows.by_id for rows in self._rows.values())

    def changes(self) -> list[tuple[str, int]]:
        """Return each entry that has a page, the oldest first, and its Last-Modified in seconds."""
        return [(id_, rows.by_id[id_].changed) for rows in self._rows.values() for _, id_ in reversed(rows.order)]


class _Rows:
    """The entries of one feed."""

    def __init__(self, rows: Iterable[PageRow]) -> None:
        """rows: the newest first."""
        self.by_id = {row.id: row for row in rows}
        self.order = [_place(row) for row in self.by_id.values()]

    def replace(self, ids: Iterable[str], rows: Iterable[PageRow]) -> Iterator[PageStanding]:
        """Let these rows stand for these ids, and yield the standings of what they show, and of what stands beside."""
        shown: set[str] = set()
        for id_ in ids:
            if row := self.by_id.pop(id_, None):
                number = bisect_left(self.order, _place(row))
                del self.order[number]
                shown |= self._beside(number)
        for row in rows:
            self.by_id[row.id] = row
            insort(self.order, _place(row))
        for row in rows:
            number = bisect_left(self.order, _place(row))
            shown |= {row.id} | self._beside(number) | self._beside(number + 1)
        places = (_place(self.by_id[id_]) for id_ in sorted(shown & self.by_id.keys()))
        return self.standings(bisect_left(self.order, place) for place in places)

    def _beside(self, number: int) -> set[str]:
        """Name the entries on both sides of what is, or was, before this number."""
        return {id_ for _, id_ in self.order[max(0, number - 1) : number + 1]}

    def standings(self, numbers: Iterable[int]) -> Iterator[PageStanding]:
        for number in numbers:
            stamps = (self._stamp(one) for one in (number, number - 1, number + 1))  # it, the newer, the older
            yield PageStanding(self.order[number][1], digest_texts(*stamps))

    def _stamp(self, number: int) -> str | None:
        return self.by_id[self.order[number][1]].stamp if 0 <= number < len(self.order) else None


def _place(row: PageRow) -> _Place:
    return -row.published, row.id
