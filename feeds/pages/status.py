"""How a site is doing, put together from the index and from what its processes count."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from feeds.diagnostics import Diagnostic
from feeds.library import Listed
from feeds.metrics import Readings
from feeds.render.html import Publishing, Ran, Seen, Status, Trouble, Visited
from feeds.site import Site
from feeds.traffic import Asked, Attendance

if TYPE_CHECKING:
    from feeds.model import FeedKey

_RUNS = 20
_PLACES = 5


def status_of(site: Site, readings: Readings, *, today: date, days: int) -> Status:
    """readings: of all processes of this server. days: of which visits are told, today included."""
    counts = site.store.counts()
    attendance = site.store.attendance(day=today, days=days)
    visited = _visited(attendance, site.library.listing())
    return Status(
        publishing=_publishing(site, readings),
        counts={"posts": counts.posts, "entries": counts.entries, "feeds": counts.feeds},
        runs=tuple(Ran(at=_moment(one.at), what=one.what) for one in site.store.last_events("run", limit=_RUNS)),
        troubles=_troubles([one.diagnostic for one in site.store.problems(now=site.now()).open]),
        days=attendance.days,
        visited=visited,
        seen=_seen(attendance),
        span=days,
        total=_total(attendance),
        saved=sum(one.saved for one in visited),
        subscribers=sum(attendance.subscriptions.values()),
    )


def _publishing(site: Site, readings: Readings) -> Publishing:
    said = {name: value[0] for (name, *labels), value in readings.items() if not labels}
    is_ours = site.publisher is not None or said.get("feeds_publishers", 0) > 0
    owner = None if is_ours else site.store.lock.owner()
    if is_ours:
        state = "ready" if site.library.is_ready else "reading"
    else:
        state = "elsewhere" if owner is not None or site.store.lock.is_held() else "nobody"
    return Publishing(
        state=state,
        owner=owner,
        queue=int(said.get("feeds_publisher_queue", 0)),
        last_look=_known(said, "feeds_last_look_timestamp_seconds"),
        last_change=_known(said, "feeds_last_change_timestamp_seconds"),
    )


def _known(said: Mapping[str, float], name: str) -> datetime | None:
    return _moment(int(said[name])) if said.get(name) else None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _troubles(found: Sequence[Diagnostic]) -> tuple[Trouble, ...]:
    """Gather problems by code, the worst first and then the most frequent."""
    groups: dict[str, list[Diagnostic]] = {}
    for one in found:
        groups.setdefault(one.code, []).append(one)
    ordered = sorted(groups.items(), key=lambda group: (-group[1][0].level, -len(group[1]), group[0]))
    return tuple(
        Trouble(
            code=code,
            level=str(several[0].level),
            message=several[0].message,
            remedy=several[0].remedy,
            count=len(several),
            places=tuple(islice(dict.fromkeys(one.place for one in several), _PLACES)),
        )
        for code, several in ordered
    )


def _visited(attendance: Attendance, listing: Sequence[Listed]) -> tuple[Visited, ...]:
    subscribers: Counter[FeedKey] = Counter()
    for one, count in attendance.subscriptions.items():
        subscribers[one.key] += count
    usual = _size(_total(attendance), 0)
    found = [
        Visited(
            kind=feed.key.kind,
            term=feed.key.term,
            title=feed.title,
            address=feed.address,
            asked=asked,
            subscribers=subscribers[feed.key],
            saved=round(asked.unchanged * _size(asked, usual)),
        )
        for feed in listing
        if (asked := attendance.feeds.get(feed.key, Asked())).times or subscribers[feed.key]
    ]
    return tuple(sorted(found, key=lambda one: (-one.asked.times, -one.subscribers, one.address)))


def _size(asked: Asked, otherwise: float) -> float:
    """Return the bytes of a usual whole answer, as a 304 would have been."""
    return asked.sent / asked.answered if asked.answered else otherwise


def _total(attendance: Attendance) -> Asked:
    total = Asked()
    for asked in attendance.feeds.values():
        total = total.plus(asked)
    return total


def _seen(attendance: Attendance) -> tuple[Seen, ...]:
    people: Counter[str] = Counter()
    feeds: dict[str, set[FeedKey]] = {}
    for one, count in attendance.subscriptions.items():
        people[one.reader] += count
        feeds.setdefault(one.reader, set()).add(one.key)
    names = dict.fromkeys([*attendance.programs, *people])
    found = [
        Seen(
            name=name,
            times=attendance.programs.get(name, 0),
            subscribers=people[name],
            feeds=len(feeds.get(name, ())),
        )
        for name in names
    ]
    return tuple(sorted(found, key=lambda one: (-one.subscribers, -one.times, one.name)))


def as_object(status: Status, site: Site) -> dict[str, Any]:
    """Return the same for programs; times as RFC 3339 has them, in the zone of the site."""

    def at(moment: datetime | None) -> str | None:
        return moment.astimezone(site.settings.zone).isoformat() if moment else None

    publishing, url = status.publishing, site.settings.site.url
    return {
        "site": {"title": site.settings.site.title, "url": f"{url}/"},
        "publisher": {
            "state": publishing.state,
            "owner": publishing.owner,
            "queue": publishing.queue,
            "last_look": at(publishing.last_look),
            "last_change": at(publishing.last_change),
        },
        "index": dict(status.counts),
        "runs": [{"at": at(one.at), **one.what} for one in status.runs],
        "problems": [_trouble(one) for one in status.troubles],
        "visits": {
            "days": status.span,
            **_asked(status.total),
            "saved_bytes": status.saved,
            "subscribers": status.subscribers,
            "by_day": [
                {"day": one.day, **_asked(one.asked), "subscribers": one.subscribers, "programs": one.programs}
                for one in status.days
            ],
            "by_feed": list(_feeds(status)),
            "by_program": [
                {"name": one.name, "answers": one.times, "subscribers": one.subscribers, "feeds": one.feeds}
                for one in status.seen
            ],
        },
    }


def _trouble(one: Trouble) -> dict[str, Any]:
    names = ("code", "level", "message", "remedy", "count")
    return {**{name: getattr(one, name) for name in names}, "places": list(one.places)}


def _feeds(status: Status) -> Iterator[dict[str, Any]]:
    for one in status.visited:
        key = {"kind": one.kind, "term": one.term, "title": one.title, "address": one.address}
        yield {**key, **_asked(one.asked), "saved_bytes": one.saved, "subscribers": one.subscribers}


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "answers": asked.times,
        "unchanged": asked.unchanged,
        "unchanged_share": round(asked.share, 4),
        "sent_bytes": asked.sent,
    }
