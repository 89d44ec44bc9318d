"""How long an answer stays fresh: a function of a feed's window and of the settings, and of no clock (invariant 13)."""

from collections.abc import Iterable
from itertools import pairwise
from statistics import median_low

from feeds.settings import LIFETIMES, CacheSettings

_SECOND = 1_000_000  # microseconds
_FEWEST = 3  # moments; fewer tell no rhythm
_LOOKS = 4  # within one typical gap, so that news waits for a quarter of it at most


def lifetime_of(published: Iterable[int], bounds: CacheSettings) -> int:
    """Return the seconds for which a feed is fresh (RFC 9111 §4.2.1): a quarter of its rhythm, within the bounds.

    published: of the entries in its window, in microseconds since 1970, in any order. It is rounded down to one of
    LIFETIMES, so that `<ttl>` and `sy:` can say the same.
    """
    gap = rhythm(published)
    wanted = bounds.max if gap is None else min(gap // (_LOOKS * _SECOND), bounds.max)
    return max((one for one in LIFETIMES if bounds.min < one <= wanted), default=bounds.min)


def rhythm(published: Iterable[int]) -> int | None:
    """Return the median gap between the moments at which entries came, in microseconds; None for too few of them.

    Entries of one moment came together (dates without a time, imports), and one look brings them all.
    """
    moments = sorted(set(published))
    if len(moments) < _FEWEST:
        return None
    return median_low(later - earlier for earlier, later in pairwise(moments))
