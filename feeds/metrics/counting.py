"""Counting with plain numbers, for it happens in every request. No locks: each count has one thread that writes it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple


class Answer(NamedTuple):
    """What requests are counted by."""

    kind: str  # of the feed; index, entry, alias, other
    status: int
    coding: str


class Tally:
    """How many answers of each sort were sent, and how many bytes."""

    def __init__(self) -> None:
        self.counts: defaultdict[Answer, list[int]] = defaultdict(lambda: [0, 0])  # answers, bytes of their bodies

    def count(self, answer: Answer, sent: int) -> None:
        """Count one. sent: bytes of its body."""
        counts = self.counts[answer]
        counts[0] += 1
        counts[1] += sent

    def __iter__(self) -> Iterator[tuple[Answer, int, int]]:
        """Yield what was counted so far: answer, how many, bytes. Any thread may ask."""
        for answer, (answers, sent) in tuple(self.counts.items()):
            yield answer, answers, sent


class Histogram:
    """How long something took."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        """bounds: upper ends of the buckets, inclusive and rising, in seconds; a last bucket takes what is longer."""
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._total += seconds

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add how long the block takes; nothing where it fails."""
        began = perf_counter()
        yield
        self.add(perf_counter() - began)

    @property
    def reading(self) -> tuple[float, ...]:
        """Return the count of each bucket by itself, then the sum of all seconds."""
        return (*self._counts, self._total)
