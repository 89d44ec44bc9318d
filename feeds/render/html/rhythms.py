"""How often something comes, in words."""

from collections.abc import Callable
from datetime import timedelta

_Ngettext = Callable[..., str]
_HOUR, _DAY, _WEEK, _MONTH, _YEAR = 3600, 86_400, 604_800, 2_629_746, 31_556_952  # seconds


def in_words(gap: timedelta, ngettext: _Ngettext) -> str:
    """Say it in the unit that gives a small number, rounded: "every 5 minutes", "every day"."""
    seconds = gap.total_seconds()
    if seconds < _HOUR:
        return _said(ngettext("every minute", "every {number} minutes", number := _whole(seconds / 60)), number)
    if seconds < _DAY:
        return _said(ngettext("every hour", "every {number} hours", number := _whole(seconds / _HOUR)), number)
    if seconds < _WEEK:
        return _said(ngettext("every day", "every {number} days", number := _whole(seconds / _DAY)), number)
    if seconds < _MONTH:
        return _said(ngettext("every week", "every {number} weeks", number := _whole(seconds / _WEEK)), number)
    if seconds < _YEAR:
        return _said(ngettext("every month", "every {number} months", number := _whole(seconds / _MONTH)), number)
    return _said(ngettext("every year", "every {number} years", number := _whole(seconds / _YEAR)), number)


def _whole(number: float) -> int:
    return max(1, round(number))


def _said(text: str, number: int) -> str:
    return text.replace("{number}", str(number))
