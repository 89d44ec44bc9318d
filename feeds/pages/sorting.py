"""Sorting long lists of which little changes."""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from itertools import compress
from operator import is_not
from typing import Any, Generic, TypeVar

T = TypeVar("T")
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


def replaced(before: Sequence[T], now: Sequence[T]) -> list[tuple[T, T]] | None:
    """Pair what stood in a list with what stands in its place now, where that differs; None if the length does."""
    if len(before) != len(now):
        return None
    return list(compress(zip(before, now, strict=True), map(is_not, before, now)))
