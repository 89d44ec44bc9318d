"""Conditional requests (RFC 9110 §13): whether the client already has what we would send."""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

_TAG = re.compile(r'(?:[Ww]/)?"([^"]*)"|([^\s,"]+)')
_ADDED = re.compile(r"(?:--?|;)(?:gzip|deflate|br|zstd)$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_DATES = (
    re.compile(rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{{2}}) (?P<year>\d{{4}}) {_CLOCK} GMT", re.ASCII),
    re.compile(rf"[A-Z][a-z]{{5,8}}, (?P<day>\d\d)-(?P<month>[A-Z][a-z]{{2}})-(?P<year>\d\d) {_CLOCK} GMT", re.ASCII),
    re.compile(rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})", re.ASCII),
)


def is_not_modified(
    *,
    if_none_match: str | None,
    if_modified_since: str | None,
    etags: Collection[str],
    last_modified: int | None,
    now: int,
) -> bool:
    """Tell whether 304 answers this GET or HEAD.

    etags: the tags of the resource in all our codings, quoted and strong; any of them proves that the client is up to
    date, whatever it accepts today.
    last_modified, now: seconds since 1970; last_modified is None where we send no such field.
    If-None-Match, where present, wins even if it is unreadable (§13.1.3). A date ahead of our clock is none that we
    gave, and would hide every change until then, so it counts for nothing, as in RFC 2616 §14.25.
    """
    if if_none_match is not None:
        return _matches(if_none_match, etags)
    if if_modified_since is None or last_modified is None:
        return False
    since = read_date(if_modified_since, now=now)
    return since is not None and last_modified <= since <= now


def _matches(if_none_match: str, etags: Collection[str]) -> bool:
    """Compare weakly (§8.8.3.2), and forgive what clients and proxies do to tags.

    Seen in the wild: no quotation marks, single or escaped ones, a lower-case `w/`, and what servers in front put
    behind a tag when they code: `-gzip` and `;gzip` (Apache), `--gzip` (Jetty), `-br` and `-zstd` (Caddy).
    """
    if if_none_match.strip() == "*":
        return True
    ours = {etag.strip('"') for etag in etags}
    return any(_without_suffix(quoted or bare, ours) in ours for quoted, bare in _TAG.findall(if_none_match))


def opaque_tags(if_none_match: str) -> Iterator[str]:
    """Return what stands in each tag of a list: as it came, and without what others may have put around it."""
    for quoted, bare in _TAG.findall(if_none_match):
        yield quoted or bare
        yield _without_suffix(quoted or bare, ())


def _without_suffix(opaque: str, ours: Collection[str]) -> str:
    if opaque in ours:
        return opaque
    bare = opaque.removeprefix("W/").removeprefix("w/").strip("\\'")
    return bare if bare in ours else _ADDED.sub("", bare)


def read_date(text: str, *, now: int) -> int | None:
    """Read an HTTP-date in any of its three forms (§5.6.7) as seconds since 1970; None where it is not one.

    Without locale: `strptime` would read month names in the language of the process.
    """
    for pattern in _DATES:
        if match := pattern.fullmatch(text.strip()):
            return _seconds(match, now=now)
    return None


def _seconds(match: re.Match[str], *, now: int) -> int | None:
    part = match.groupdict()
    if part["month"] not in _MONTHS:
        return None
    year = int(part["year"]) if len(part["year"]) == 4 else _full_year(int(part["year"]), now=now)
    month = _MONTHS.index(part["month"]) + 1
    second = min(int(part["second"]), 59)  # a leap second is legal (§5.6.7), and datetime knows none
    try:
        moment = datetime(year, month, int(part["day"]), int(part["hour"]), int(part["minute"]), second, tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp())


def _full_year(two_digits: int, *, now: int) -> int:
    """Take a year that seems over 50 years ahead for the past one with the same digits (§5.6.7)."""
    this_year = datetime.fromtimestamp(now, UTC).year
    year = this_year - this_year % 100 + two_digits
    return year - 100 if year > this_year + 50 else year
