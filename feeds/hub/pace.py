"""How fast: a few pings at once and then so many a second, and ever longer pauses for a hub that fails."""

_AT_ONCE = 60
_EVERY = 0.1  # seconds between two pings once those are spent
_FIRST = 1.0  # seconds
_LONGEST = 600.0  # seconds
_LONGEST_ASKED = 3600.0  # seconds for which a hub is left alone because it asks for it


class Pace:
    """A bucket of pings that fills again with time. Moments are seconds by any one clock that does not go back."""

    def __init__(self) -> None:
        self._spent_until = float("-inf")

    def free_at(self) -> float:
        """Return when the next ping may go."""
        return self._spent_until - _AT_ONCE * _EVERY

    def spend(self, now: float) -> None:
        self._spent_until = max(self._spent_until, now) + _EVERY


def pause_after(failures: int, *, chance: float, asked: float = 0.0) -> float:
    """Return for how many seconds to leave alone what has failed so many times, once or more.

    chance: from 0 to 1, at random, so that publishers whose hub comes back do not come all at once.
    asked: seconds that the hub itself asks for (RFC 9110 §10.2.3).
    """
    usual = min(_LONGEST, _FIRST * 2.0 ** min(failures - 1, 30))
    return max(usual * (1 + chance) / 2, min(asked, _LONGEST_ASKED))
