"""Following what happens, once for all who listen in this process.

What happened stands in the index, so every worker can tell it, and no sooner than it can be read. The event loop looks
now and then whether anything was committed; what is new is read once, in another thread, and put into each listener's
queue. Nobody waits for a listener: whoever is too slow loses the oldest, and is told how many. While nobody listens
nothing is done.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from feeds.events import Event
from feeds.web.admin.frames import LOST, lost

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds between two looks
MOST = 100  # listeners of one process
ROOM = 1000  # events that wait for one listener
_PAGE = 200  # events that are read, or told, at once


class Outbox(Protocol):
    """The side of the store that tells what happened. Numbers go up by one; the lowest are forgotten first."""

    def data_version(self) -> int: ...
    def last_event(self) -> int: ...
    def events_after(self, number: int, *, limit: int) -> tuple[Event, ...]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one event, or of several that were lost."""

    number: int  # of the last of them
    kind: str
    frame: bytes
    count: int = 1


Reading = Callable[[int], tuple[Told, ...]]  # what came after a number, as much as is told at once


class Listener:
    """One who listens: first to what happened before it came, then to what happens. For one event loop."""

    def __init__(self, read: Reading, *, after: int, until: int, kinds: Collection[str], room: int) -> None:
        """after: number of the last event it knows. until: of the last that it has to read by itself. kinds: or all."""
        self._read = read
        self._until = until
        self._kinds = kinds
        self._room = room
        self._waiting: deque[Told] = deque()
        self._lost = 0  # and the last of them:
        self._lost_until = 0
        self._woken = asyncio.Event()
        self.at = after  # number of the last event that it has been told, or need not be
        self.is_ended = False

    def offer(self, told: Told) -> None:
        if told.number > self.at and self._wants(told):
            self.put(told)

    def miss(self, since: int, until: int) -> None:
        """Note that the events after one and up to another have been forgotten."""
        if (count := until - max(since, self.at)) > 0:
            self.put(Told(until, LOST, lost(count, number=until), count))

    def put(self, told: Told) -> None:
        """Queue what is to be told; the oldest goes where there is no room."""
        if len(self._waiting) >= self._room:
            oldest = self._waiting.popleft()
            self._lost += oldest.count
            self._lost_until = oldest.number
        self._waiting.append(told)
        self._woken.set()

    def end(self) -> None:
        self.is_ended = True
        self._woken.set()

    async def take(self) -> bytes:
        """Wait for something to tell and return its frames; nothing where the stream ends."""
        while not self.is_ended:
            if self.at < self._until:
                if past := await self._past():
                    return past
            elif self._waiting:
                return self._portion()
            else:
                self._woken.clear()
                await self._woken.wait()
        return b""

    async def _past(self) -> bytes:
        """Read a page of what happened before, as far as it is kept."""
        read = await asyncio.to_thread(self._read, self.at)
        page = [told for told in read if told.number <= self._until]
        before = page[0].number - 1 if page else self._until
        gap = lost(before - self.at, number=before) if before > self.at else b""
        self.at = page[-1].number if page else self._until
        return gap + b"".join(told.frame for told in page if self._wants(told))

    def _portion(self) -> bytes:
        gap = lost(self._lost, number=self._lost_until) if self._lost else b""
        self._lost = 0
        portion = [self._waiting.popleft() for _ in range(min(_PAGE, len(self._waiting)))]
        self.at = portion[-1].number
        return gap + b"".join(told.frame for told in portion)

    def _wants(self, told: Told) -> bool:
        return not self._kinds or told.kind in self._kinds


class Follower:
    """For one event loop. It works while somebody listens."""

    def __init__(
        self,
        outbox: Outbox,
        frame: Callable[[Event], bytes],
        *,
        pause: float = PAUSE,
        most: int = MOST,
        room: int = ROOM,
    ) -> None:
        """pause: seconds between two looks. most: listeners. room: events that wait for each of them."""
        self._outbox = outbox
        self._frame = frame
        self._pause = pause
        self._most = most
        self._room = room
        self._number = 0  # of the last event that every listener was offered, or reads by itself
        self._listeners: set[Listener] = set()
        self._following: asyncio.Task[None] | None = None
        self._is_over = False

    def __len__(self) -> int:
        return len(self._listeners)

    @property
    def is_full(self) -> bool:
        return len(self._listeners) >= self._most

    async def join(self, after: int | None = None, kinds: Collection[str] = ()) -> Listener | None:
        """Add a listener, who must leave in the end; None where there are too many.

        after: number of the last event it knows; None: it listens from now on. A number that nothing has yet is of an
        index that was lost, and what the listener missed cannot be counted.
        """
        last = max(await asyncio.to_thread(self._outbox.last_event), self._number)
        if self.is_full:
            return None
        if not self._listeners:
            self._number = last
        start = after if after is not None and after <= last else last
        listener = Listener(self._read, after=start, until=self._number, kinds=kinds, room=self._room)
        if after is not None and after > last:
            listener.put(Told(last, LOST, lost(None, number=last)))
        if self._is_over:
            listener.end()
        self._listeners.add(listener)
        if self._following is None:
            self._following = asyncio.create_task(self._follow())
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners and self._following:
            self._following.cancel()
            self._following = None

    def end(self) -> None:
        """End every stream, those to come as well: the server ends."""
        self._is_over = True
        self._end_all()

    def _end_all(self) -> None:
        for listener in self._listeners:
            listener.end()

    async def _follow(self) -> None:
        version = None
        try:
            while True:
                seen = self._outbox.data_version()  # before reading: what comes meanwhile is read in the next turn
                if seen != version:
                    version = seen
                    await self._read_on()
                await asyncio.sleep(self._pause)
        except Exception:
            log.exception("events.failed; whoever listens has to come again")
            self._following = None
            self._end_all()

    async def _read_on(self) -> None:
        """Offer every listener what is new."""
        while page := await asyncio.to_thread(self._read, self._number):
            before = page[0].number - 1
            for listener in self._listeners:
                listener.miss(self._number, before)
                for told in page:
                    listener.offer(told)
            self._number = page[-1].number

    def _read(self, number: int) -> tuple[Told, ...]:
        events = self._outbox.events_after(number, limit=_PAGE)
        return tuple(Told(event.number, event.kind, self._frame(event)) for event in events)
