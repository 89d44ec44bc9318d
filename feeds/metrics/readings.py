"""Numbers at one moment, as values that can be joined and sent."""

from collections.abc import Iterable

from feeds.metrics.definitions import NAMED

Key = tuple[str, ...]  # name of the metric, values of its labels
Value = tuple[float, ...]  # one number; of a histogram the count of each bucket by itself, then the sum of its seconds
Readings = dict[Key, Value]

_POLLED = frozenset({"site", "category", "tag", "source", "author", "collection", "alias"})
_POLLS = frozenset({"200", "226", "304"})


def merged(all_readings: Iterable[Readings]) -> Readings:
    """Join the numbers of several processes."""
    whole: Readings = {}
    for readings in all_readings:
        for key, value in readings.items():
            whole[key] = _joined(key, whole[key], value) if key in whole else value
    return whole


def _joined(key: Key, one: Value, other: Value) -> Value:
    if NAMED[key[0]].is_moment:
        return max(one, other)
    return tuple(map(sum, zip(one, other, strict=True)))


def of_the_past(readings: Readings) -> Readings:
    """Keep what stays true after a process has ended: what it has counted."""
    return {key: value for key, value in readings.items() if NAMED[key[0]].type != "gauge"}


def is_known(key: Key, value: Value) -> bool:
    """Say whether this version has such a metric; after an update a new worker may read what an old one left."""
    metric = NAMED.get(key[0])
    if metric is None or len(key) != 1 + len(metric.labels):
        return False
    return len(value) == (len(metric.bounds) + 2 if metric.type == "histogram" else 1)


def not_modified_share(readings: Readings) -> float | None:
    """Return the part of the polls that were answered by 304; None while there were none."""
    polls = {"304": 0.0}
    for key, (count, *_) in readings.items():
        if key[0] == "feeds_requests_total" and key[1] in _POLLED and key[2] in _POLLS:
            polls[key[2]] = polls.get(key[2], 0.0) + count
    total = sum(polls.values())
    return polls["304"] / total if total else None
