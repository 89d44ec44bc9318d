"""Sorting long lists of which little has changed."""

from bisect import insort
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
_MOST = 100  # new ones, above which it is quicker to sort all


def sorted_again(these: Sequence[T], before: Sequence[T], *, key: Callable[[T], Any]) -> tuple[T, ...]:
    """Sort objects by a key that no two share. before: the same list as it was sorted last; most objects are in it."""
    now = dict(zip(map(id, these), these, strict=True))
    then = dict(zip(map(id, before), before, strict=True))
    fresh = now.keys() - then.keys()
    if len(fresh) > _MOST or len(fresh) == len(now):
        return tuple(sorted(these, key=key))
    for gone in then.keys() - now.keys():
        del then[gone]
    stay = list(then.values())
    for one in fresh:
        insort(stay, now[one], key=key)
    return tuple(stay)
