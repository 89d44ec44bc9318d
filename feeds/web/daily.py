"""What was counted of readers goes into the index, a day's numbers at a time: written by whoever publishes.

Other processes leave theirs in files, which the publisher takes in and removes. So nothing is written more often than
once a minute, nothing at all where nobody asked, and what a process dies with is a minute's numbers.
"""

import asyncio
import json
import logging
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from feeds.errors import FeedsError
from feeds.model import FeedKey
from feeds.site import Site
from feeds.traffic import Asked, Subscription, Visits
from feeds.web import counters
from feeds.web.agents import agent_of

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two writings
_TICK = 0.05  # seconds
_MOST_FILES = 500  # that wait for a publisher


class Daily:
    """The counts of one process on their way into the index."""

    def __init__(self, site: Site, traffic: counters.Traffic) -> None:
        self._site = site
        self._traffic = traffic
        self._spool = site.store.state / "visits"
        self._held: deque[tuple[date, Visits]] = deque()  # counted, and not written yet
        self._writing = Lock()
        self._next = 0.0  # by the monotonic clock
        self._forgot: date | None = None  # when old days were let go last

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Write now and then as long as the context lasts, and the rest at its end."""
        task = asyncio.create_task(self._now_and_then())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._take()
            await asyncio.to_thread(self._write)

    async def _now_and_then(self) -> None:
        while True:
            await asyncio.sleep(max(self._next - time.monotonic(), _TICK) if self._next else EVERY)
            await self.bring_up_to_date()

    async def bring_up_to_date(self) -> None:
        """Write what was counted so far, unless that was done within the last minute."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        self._take()
        await asyncio.to_thread(self._write)

    def _take(self) -> None:
        """Take what was counted. On the event loop."""
        visits = visits_of(self._traffic.take())
        if not visits.is_nothing:
            self._held.append((self._site.now().astimezone(self._site.settings.zone).date(), visits))

    def _write(self) -> None:
        """Write what is held into the index, or hand it to the process that may; what cannot be written is held on."""
        with self._writing:
            waiting: dict[date, Visits] = {}
            try:
                if self._site.publisher is not None:
                    self._take_in()
                    waiting = self._gathered()
                    self._put(waiting)
                else:
                    waiting = self._gathered()
                    self._hand_on(waiting)
            except (FeedsError, OSError) as err:
                log.warning("visits.unwritten: %s; they are held until they can be written", err)
            self._held.extendleft(waiting.items())

    def _gathered(self) -> dict[date, Visits]:
        """Take all that is held, added up by day."""
        gathered: dict[date, Visits] = {}
        while self._held:
            day, visits = self._held.popleft()
            gathered[day] = gathered.get(day, Visits()).plus(visits)
        return gathered

    def _put(self, waiting: dict[date, Visits]) -> None:
        for day in tuple(waiting):
            self._site.store.add_visits(waiting[day], day=day, forgets=self._forgot != day)
            self._forgot = day
            del waiting[day]

    def _take_in(self) -> None:
        """Take over what other processes have left."""
        for path in sorted(self._spool.glob("*.json")):
            left = _read(path)
            path.unlink()
            self._held.extend(left.items())

    def _hand_on(self, waiting: dict[date, Visits]) -> None:
        if not waiting:
            return
        self._spool.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in self._spool.iterdir()) >= _MOST_FILES:  # nobody publishes
            return
        path = self._spool / f"{time.time_ns()}-{os.getpid()}.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({str(day): _plain(one) for day, one in waiting.items()}), encoding="utf-8")
        fresh.replace(path)
        waiting.clear()


def visits_of(taken: Iterable[counters.Asked]) -> Visits:
    """Add up what was counted by feed, aggregator and program. Of one aggregator at one feed the last number counts."""
    feeds: dict[FeedKey, Asked] = {}
    subscribers: dict[Subscription, int] = {}
    programs: dict[str, int] = {}
    for one in taken:
        feeds[one.key] = feeds.get(one.key, Asked()).plus(Asked(one.unchanged, one.answered, one.sent))
        for value, times in one.agents.items():
            agent = agent_of(value)
            programs[agent.name] = programs.get(agent.name, 0) + times
            if agent.subscribers is not None:
                subscribers[Subscription(one.key, one.format, agent.name)] = agent.subscribers
    return Visits(feeds=feeds, subscribers=subscribers, programs=programs)


def _plain(visits: Visits) -> dict[str, object]:
    return {
        "feeds": [[*key, *asked] for key, asked in visits.feeds.items()],
        "subscribers": [[*one.key, one.format, one.reader, count] for one, count in visits.subscribers.items()],
        "programs": dict(visits.programs),
    }


def _read(path: Path) -> dict[date, Visits]:
    """Read what another process has left; nothing where another version has, or it cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return {date.fromisoformat(day): _visits(one) for day, one in said.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("visits.unreadable: %s", path)
        return {}


def _visits(said: Any) -> Visits:  # noqa: ANN401 - JSON
    feeds = {FeedKey(kind, term): Asked(*numbers) for kind, term, *numbers in said["feeds"]}
    subscribers = {Subscription(FeedKey(kind, term), *rest): count for kind, term, *rest, count in said["subscribers"]}
    return Visits(feeds=feeds, subscribers=subscribers, programs=said["programs"])
