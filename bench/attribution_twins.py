"""The proposals of `feeds sources --suggest` beside the twins that were planted in the corpus."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

Pair = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    planted: tuple[Pair, ...]
    found: frozenset[Pair]  # of the planted
    merged: frozenset[Pair]  # proposed, but not planted: false merges
    distinct: frozenset[Pair]  # planted look-alikes that are not the same

    @property
    def are_met(self) -> bool:
        return len(self.found) == len(self.planted) and not self.merged

    def lines(self) -> Iterator[str]:
        yield f"{len(self.found)} of {len(self.planted)} planted twins proposed, {len(self.merged)} false merges"
        yield from (f"  not proposed: {_words(pair)}" for pair in self.planted if pair not in self.found)
        for pair in sorted(self.merged, key=sorted):
            yield f"  falsely merged: {_words(pair)}{' (planted look-alikes)' if pair in self.distinct else ''}"


def judge_twins(proposed: Iterable[Iterable[str]], planted: Mapping[str, Any]) -> Twins:
    """proposed: groups of names, each of which would be one publication."""
    pairs = frozenset(map(frozenset, chain.from_iterable(combinations(group, 2) for group in proposed)))
    twins = tuple(frozenset(twin["names"]) for twin in planted["twins"])
    return Twins(
        planted=twins,
        found=pairs.intersection(twins),
        merged=pairs.difference(twins),
        distinct=frozenset(map(frozenset, planted["distinct"])),
    )


def _words(pair: Pair) -> str:
    return " / ".join(sorted(pair))
