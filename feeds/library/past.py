"""What stood in the windows that readers may still hold, and what has changed since (RFC 3229, method `feed`).

Only this process remembers it, and only some of it: a base that is unknown costs a reader the whole feed, no more.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

from feeds.store import Sight

_STATES = 8  # of one feed; who is further behind lacks about as much as the whole holds
_HOUR = 3_600_000_000  # microseconds
_SIGHTS = 200_000  # in all feeds; some 300 bytes each, where none are shared

Sights = tuple[Sight, ...]


class Past:
    """The last windows of feeds by their states; of the feeds the one used longest ago is forgotten first.

    Any number of threads may ask at once.
    """

    def __init__(self, *, states: int = _STATES, sights: int = _SIGHTS) -> None:
        self._most_states = states
        self._most_sights = sights
        self._held = 0
        self._windows: OrderedDict[Hashable, OrderedDict[str, Sights]] = OrderedDict()
        self._lock = Lock()

    def note(self, feed: Hashable, state: str, window: Sights) -> None:
        """Remember what stands in a feed in this state."""
        with self._lock:
            states = self._windows.setdefault(feed, OrderedDict())
            self._windows.move_to_end(feed)
            if state in states:
                states.move_to_end(state)
                return
            newest = next(reversed(states.values()), ())
            same = {sight: sight for sight in newest}  # most of it stood there before, and is held once
            states[state] = tuple(same.get(sight, sight) for sight in window)
            self._held += len(window)
            if len(states) > self._most_states:
                self._held -= len(states.popitem(last=False)[1])
            while self._held > self._most_sights:
                _, forgotten = self._windows.popitem(last=False)
                self._held -= sum(map(len, forgotten.values()))

    def window(self, feed: Hashable, state: str) -> Sights | None:
        """Return what stood in a feed in this state, newest first; None where that is not remembered."""
        with self._lock:
            states = self._windows.get(feed)
            return None if states is None else states.get(state)

    @property
    def held(self) -> int:
        """Count the entries in all windows."""
        return self._held


def changes_since(base: Sequence[Sight], window: Sequence[Sight], *, is_cut: bool, hours: int = 0) -> Sights | None:
    """Return the entries of a window that are new or changed since a past one, in its order; None for "take it whole".

    is_cut: the feed has more entries than stand in its window, so that what fell out of it fell out at the end.
    hours: of the window's rule, before its newest entry; what is within them did not fall out by itself.

    The client puts them in by their ids, orders by date and id, and cuts off what has fallen out at the end. Where that
    would not give exactly the window, only the whole is right: an entry that was deleted, or that left the feed, cannot
    be told so. Where half of the window or more is new, or nothing of it, the whole is simpler.
    """
    held = {sight.id: sight for sight in base}
    changed = tuple(sight for sight in window if sight.id not in held or held[sight.id].stamp != sight.stamp)
    if not changed or 2 * len(changed) >= len(window):
        return None
    held.update((sight.id, sight) for sight in changed)
    if len(held) > len(window) and not is_cut:
        return None
    if hours and any(
        window[0].published - held[id_].published <= hours * _HOUR
        for id_ in held.keys() - {sight.id for sight in window}
    ):
        return None
    applied = sorted(held.values(), key=_place)[: len(window)]
    return changed if [sight.id for sight in applied] == [sight.id for sight in window] else None


def _place(sight: Sight) -> tuple[int, str]:
    """Order as a client can: by the date that it reads, which has whole seconds, newest first."""
    return -(sight.published // 1_000_000), sight.id
