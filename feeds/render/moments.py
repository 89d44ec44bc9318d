"""Dates as feeds write them: in the author's or the site's zone, whole seconds, no locale (invariant 9)."""

from datetime import datetime, timedelta, timezone, tzinfo
from email.utils import format_datetime

from feeds.model import Entry

_MINUTE = timedelta(minutes=1)


def zone_of(entry: Entry, zone: tzinfo) -> tzinfo:
    """Return the zone in which an entry's dates are written: its own where its author gave one."""
    return zone if entry.offset is None else timezone(timedelta(seconds=entry.offset))


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Move an aware UTC moment into the zone, cut to whole seconds.

    It stays in UTC where the zone cannot be written: offsets with seconds, as before standard time (Shanghai in 1900
    was +08:05:43; RFC 3339 §5.6 and RFC 822 §5.1 know hours and minutes only), and dates at the two ends of time.
    """
    moment = moment.replace(microsecond=0)
    try:
        there = moment.astimezone(zone)
    except OverflowError:
        return moment
    return moment if (there.utcoffset() or _MINUTE) % _MINUTE else there


def rfc3339(moment: datetime, zone: tzinfo) -> str:
    """2021-12-29T13:14:23+08:00, for Atom and JSON Feed."""
    return in_zone(moment, zone).isoformat()


def rfc822(moment: datetime, zone: tzinfo) -> str:
    """Wed, 29 Dec 2021 13:14:23 +0800, for RSS; the year has four digits (RSS 2.0 on RFC 822)."""
    return format_datetime(in_zone(moment, zone))
