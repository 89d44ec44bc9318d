"""Long lists of which little changes: sorted, divided by kind, and what is made of each thing in them kept."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, count
from operator import is_not
from typing import Any, Generic, TypeVar

from feeds.library import Listed
from feeds.model import SITE, Kind

T = TypeVar("T")
U = TypeVar("U")
_MISSING: Any = object()
_MOST = 100  # changed ones, above which it is quicker to sort all


class Sorting(Generic[T]):
    """Sorts a list again and again by a key that no two of its objects share."""

    def __init__(self, key: Callable[[T], Any]) -> None:
        self._key = key
        self._given: Sequence[T] = ()
        self._sorted: tuple[T, ...] = ()

    def sorted(self, these: Sequence[T]) -> tuple[T, ...]:
        """Sort these; where most are the objects of the last time, in the same places, only the others are moved."""
        before, self._given = self._given, these
        differing = replaced(before, these)
        if differing is None or len(differing) > _MOST:
            self._sorted = tuple(sorted(these, key=self._key))
        elif differing:
            stay = list(self._sorted)
            for gone, _ in differing:
                del stay[bisect_left(stay, self._key(gone), key=self._key)]
            for _, fresh in differing:
                insort(stay, fresh, key=self._key)
            self._sorted = tuple(stay)
        return self._sorted


class Kept(Generic[T, U]):
    """Holds what was made of each object of a list, of which little changes from one time to the next."""

    def __init__(self, make: Callable[[Sequence[T]], Iterable[U]]) -> None:
        """make: makes one of each."""
        self._make = make
        self._given: Sequence[T] = ()
        self._made: list[U] = []

    def of(self, these: Sequence[T]) -> Sequence[U]:
        """Return what is made of these, for use until the next time. What was there the last time is not made anew."""
        before, self._given = self._given, these
        if len(before) != len(these):
            known = dict(zip(map(id, before), self._made, strict=True))
            self._made = [known.get(id(one), _MISSING) for one in these]
            places = [place for place, one in enumerate(self._made) if one is _MISSING]
        else:
            places = list(compress(count(), map(is_not, before, these)))
        for place, one in zip(places, self._make([these[place] for place in places]) if places else (), strict=True):
            self._made[place] = one
        return self._made


def replaced(before: Sequence[T], now: Sequence[T]) -> list[tuple[T, T]] | None:
    """Pair what stood in a list with what stands in its place now, where that differs; None if the length does."""
    if len(before) != len(now):
        return None
    return list(compress(zip(before, now, strict=True), map(is_not, before, now)))


def part_of(listing: Sequence[Listed], kind: Kind) -> slice:
    """Return where the feeds of a kind stand in the list of all: the site's comes first, the others are sorted."""
    first = 1 if listing and listing[0].key == SITE else 0
    begin = bisect_left(listing, kind, first, key=_kind_of)
    return slice(begin, bisect_right(listing, kind, begin, key=_kind_of))


def _kind_of(one: Listed) -> Kind:
    return one.key.kind
