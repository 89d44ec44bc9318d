"""Dates as people write them in posts and in file names; everything that leaves is aware and in UTC.

Read are the spellings of Jekyll (Ruby's Time.parse, as far as it does not guess) and of Hugo (Go's layouts): ISO 8601,
RFC 2822, RFC 850, asctime, `Dec 29, 2021`, `2021年12月29日`, and Unix seconds.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"

# Each leaves the clock and the zone in `rest`; asctime has its year behind them.
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        r"(?P<year>\d{4})\s?[-/.年]\s?(?P<month>\d{1,2})(?:\s?[-/.月]\s?(?P<day>\d{1,2})(?!\d)(?:\s?日)?|月|(?![-/.\d]))(?P<rest>.*)",
        rf"{_WEEKDAY}{_DAY}[\s-]{_MONTH},?[\s-](?P<year>\d{{4}}|\d{{2}})(?!\d)(?P<rest>.*)",
        rf"{_WEEKDAY}{_MONTH}\s{_DAY},?\s(?P<year>\d{{4}})(?!\d)(?P<rest>.*)",
        rf"{_WEEKDAY}{_MONTH}\s{_DAY}(?P<rest>\s\d{{1,2}}:\d{{2}}.*?)\s(?P<year>\d{{4}})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<compact>\d{4}(?:\d{2})?))?(?!\d)(?P<rest>.*)",
        r"(?P<year>\d{4})(?P<rest>)",
    )
)
_REST = re.compile(
    r"(?:[T,\s]\s?(?:at\s)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?)?"
    r"\s?(?P<zone>(?:UTC|GMT)?\s?[+\-−]\d[\d:]*|[A-Z]{1,5})?(?:\s\(?[A-Z]{2,5}\)?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"(?:UTC|GMT)?\s?(?P<sign>[+\-−])(?P<hours>\d{1,2}?)(?::?(?P<minutes>\d{2})(?::?(?P<seconds>\d{2}))?)?",
    re.IGNORECASE,
)
_ENDING_OFFSET = re.compile(rf"(?<=:\d\d)(?:[.,]\d+)?\s?(?:{_OFFSET.pattern})$", re.IGNORECASE)
# As Jekyll and Hugo write it, and so nearly all posts.
_USUAL = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d) ?([+-]\d\d:?[0-5]\d)", re.ASCII)
_UNIX = re.compile(r"\d{10}|\d{13}")
_DATED_NAME = re.compile(r"(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})(?:[-_ ](.*))?", re.DOTALL)
_LEADING_DIGITS = re.compile(r"\D*?((?:19|20)\d{2})(\d{2})(\d{2})")

# Hours east of Greenwich. Names that mean several zones (IST, BST in Asia) are left to the site's own zone.
_NAMED = {
    name: hours
    for hours, names in (
        (0, "Z UT UTC GMT WET"),
        (1, "BST CET WEST"),
        (2, "CEST EET"),
        (3, "EEST MSK"),
        (8, "HKT SGT"),
        (9, "JST KST"),
        (10, "AEST"),
        (11, "AEDT"),
        (12, "NZST"),
        (13, "NZDT"),
        (-4, "EDT"),
        (-5, "EST CDT"),
        (-6, "CST MDT"),
        (-7, "MST PDT"),
        (-8, "PST"),
        (-9, "AKST"),
        (-10, "HST"),
    )
    for name in names.split()
}
# A day inside what datetime can hold, so that no reader's zone can push a date over the edge. Go's zero time, which
# Hugo's tools write for "no date", falls outside and is no date here either.
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)


def parse_date(text: str, zone: tzinfo) -> datetime:
    """Read a post's date in any spelling that Jekyll or Hugo accepts; return it aware, in UTC.

    zone: applied only where the text names none. A local time that the clocks skip or repeat is taken as the first of
    the two (fold=0). Raises ValueError naming the text.
    """
    spelled = " ".join(text.split())
    try:
        return _in_range(_read(spelled, zone))
    except (ValueError, OverflowError) as err:
        raise ValueError(f"not a date: {text!r}") from err


def offset_in(text: str) -> int | None:
    """Return the offset that a date spells in figures, `+0800`, in seconds east of Greenwich; None: it has none."""
    if usual := _USUAL.fullmatch(text):
        return _seconds_east(usual[3])
    match = _ENDING_OFFSET.search(text)
    return _seconds(match) if match else None


@lru_cache(maxsize=64)  # a site has few
def _seconds_east(offset: str) -> int | None:
    match = _OFFSET.fullmatch(offset)
    return _seconds(match) if match else None


def _seconds(offset: re.Match[str]) -> int | None:
    try:
        return int(_offset(offset).utcoffset(None).total_seconds())
    except ValueError:
        return None


def date_in_name(stem: str, zone: tzinfo) -> tuple[datetime | None, str]:
    """Split `2021-12-29-slug` into its day (midnight in zone, as UTC) and its slug; (None, stem) if there is none."""
    match = _DATED_NAME.fullmatch(stem)
    if match is None:
        return None, stem
    year, month, day, slug = match.groups()
    try:
        return _midnight(year, month, day, zone), slug or ""
    except (ValueError, OverflowError):
        return None, stem


@lru_cache(maxsize=1024)  # a day has many posts
def _midnight(year: str, month: str, day: str, zone: tzinfo) -> datetime:
    return _in_range(datetime(_full_year(year), int(month), int(day), tzinfo=zone))


def date_in_digits(text: str, zone: tzinfo) -> datetime | None:
    """Find the day with which the first digits of an id begin: `NW202112292229869269` is of 2021-12-29."""
    match = _LEADING_DIGITS.match(text)
    if match is None:
        return None
    try:
        return _in_range(datetime(*(int(part) for part in match.groups()), tzinfo=zone))  # type: ignore[arg-type, misc]
    except (ValueError, OverflowError):
        return None


def _in_range(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("out of range")
    return moment


def _read(spelled: str, zone: tzinfo) -> datetime:
    if match := _USUAL.fullmatch(spelled):
        with suppress(ValueError):  # 24:00:00, or a leap second
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}")
    if _UNIX.fullmatch(spelled):
        return datetime.fromtimestamp(int(spelled[:10]), UTC)
    for shape in _SHAPES:
        if match := shape.fullmatch(spelled):
            return _assemble(match.groupdict(), zone)
    raise ValueError("no shape fits")


def _assemble(parts: dict[str, str | None], zone: tzinfo) -> datetime:
    name = parts.get("name")
    month = _MONTHS[name[:3].lower()] if name else int(parts.get("month") or 1)
    day = datetime(_full_year(parts["year"] or ""), month, int(parts.get("day") or 1))  # noqa: DTZ001 - zone comes last
    compact = parts.get("compact")
    rest = parts["rest"] or ""
    if compact:
        rest = " " + ":".join(re.findall("..", compact)) + rest
    match = _REST.fullmatch(rest)
    if match is None or (match["hour"] is None and rest[:1] in {"+", "-", "−"}):  # 2021-12-29-05 is no offset
        raise ValueError("no clock")
    local = day + _clock(match)
    return local.replace(tzinfo=_zone_of(match["zone"], local, zone))


def _full_year(digits: str) -> int:
    """Read two digits as POSIX does: 69–99 are 19xx, 00–68 are 20xx."""
    year = int(digits)
    if len(digits) == 2:
        return year + (1900 if year >= 69 else 2000)
    return year


def _clock(match: re.Match[str]) -> timedelta:
    """Return the time of day; 24:00 and a leap second run on into what follows, as ISO 8601 and POSIX have it."""
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    if minute > 59 or second > 60 or (hour, minute, second) > (24, 0, 0):
        raise ValueError("no such time")
    microsecond = int((match["fraction"] or "").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microsecond)


def _zone_of(name: str | None, local: datetime, zone: tzinfo) -> tzinfo:
    if not name:
        return zone
    if match := _OFFSET.fullmatch(name):
        return _offset(match)
    name = name.upper()
    if local.replace(tzinfo=zone).tzname() == name:  # CST is China's in Shanghai and the Midwest's elsewhere
        return zone
    if name not in _NAMED:
        raise ValueError("no such zone")
    return timezone(timedelta(hours=_NAMED[name]))


def _offset(match: re.Match[str]) -> timezone:
    hours, minutes, seconds = (int(match[part] or 0) for part in ("hours", "minutes", "seconds"))
    if minutes > 59 or seconds > 59:
        raise ValueError("no such offset")
    east = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(east if match["sign"] == "+" else -east)
