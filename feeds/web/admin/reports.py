"""What came of orders: waited for without a thread each, found again by id, and told as JSON."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from feeds.diagnostics import Diagnostic
from feeds.publisher import Report, Ticket
from feeds.site import Site
from feeds.web.admin.kept import Kept
from feeds.web.admin.moves import Moves

_MOST = 1000  # tickets that are remembered
_LOOK = 0.02  # seconds between two looks for a report of another process
_SOON = 0.1  # seconds until a report is written down
_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_WAITS: Mapping[str, bool] = {"is_done": False}


class Reports:
    def __init__(self, site: Site, kept: Kept, *, desk: Executor) -> None:
        """desk: does what waits for the disk."""
        self._site = site
        self._kept = kept
        self._desk = desk
        self._moves = Moves(site.settings)
        self._tickets: OrderedDict[str, Ticket] = OrderedDict()
        self._unwritten: list[Ticket] = []
        self._has_neighbours = site.settings.server.workers > 1

    def remember(self, ticket: Ticket) -> Ticket:
        """Let a ticket be found by its id. On the event loop."""
        if ticket.id in self._tickets:
            return ticket
        self._tickets[ticket.id] = ticket
        if len(self._tickets) > _MOST:
            self._tickets.popitem(last=False)
        if self._has_neighbours:
            self._desk.submit(self._kept.write, _WAITS, "report", ticket.id)
        if not ticket.is_polled:
            loop = asyncio.get_running_loop()
            ticket.then(lambda: _call(loop, lambda: self._note(ticket)))
        return ticket

    def _note(self, ticket: Ticket) -> None:
        """See to it that a report outlives this process; soon, as whoever waits for it comes first."""
        self._unwritten.append(ticket)
        if len(self._unwritten) == 1:
            asyncio.get_running_loop().call_later(_SOON, self._write_soon)

    def _write_soon(self) -> None:
        with suppress(RuntimeError):  # the server ends, and has written them
            self._desk.submit(self.write)

    def write(self) -> None:
        """Write down the reports that are there."""
        unwritten, self._unwritten = self._unwritten, []
        for ticket in unwritten:
            if report := ticket.result(0):
                self._kept.write(self.as_object(report), "report", ticket.id)

    async def within(self, ticket: Ticket, seconds: float) -> dict[str, Any] | None:
        """Wait so long for what came of an order; None: it is not known yet."""
        report = await (_polled if ticket.is_polled else _called)(ticket, seconds)
        return self.as_object(report) if report else None

    async def find(self, id_: str, seconds: float) -> dict[str, Any] | None:
        """Return what is known of an order, after so many seconds at most; None where there was none of this id."""
        if ticket := self._tickets.get(id_):
            return await self.within(ticket, seconds) or {"id": id_, **_WAITS}
        if not _ID.fullmatch(id_):
            return None
        until = asyncio.get_running_loop().time() + seconds
        while True:
            found = await asyncio.get_running_loop().run_in_executor(self._desk, self._look_up, id_)
            if found is None or found["is_done"] or asyncio.get_running_loop().time() >= until:
                return found
            await asyncio.sleep(5 * _LOOK)

    def _look_up(self, id_: str) -> dict[str, Any] | None:
        if report := self._site.orders.report_on(id_):
            return self.as_object(report)
        record = self._kept.record("report", id_)
        return {"id": id_, **record} if isinstance(record, dict) else None

    def as_object(self, report: Report) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": report.id,
            "is_done": True,
            "read": report.read,
            "changed": report.changed,
            "removed": report.removed,
            "problems": report.problems,
            "feeds": [self._moves.as_object(move) for move in report.moves],
            "diagnostics": [diagnostic_as_object(one) for one in report.diagnostics],
        }
        return {**told, "error": report.error} if report.error else told


def diagnostic_as_object(one: Diagnostic) -> dict[str, str | int | None]:
    return {
        "code": one.code,
        "level": str(one.level),
        "path": one.path,
        "line": one.line,
        "message": one.message,
        "remedy": one.remedy,
    }


async def _called(ticket: Ticket, seconds: float) -> Report | None:
    """Wait until whoever reports calls."""
    if seconds <= 0 or ticket.result(0):
        return ticket.result(0)
    loop = asyncio.get_running_loop()
    called = asyncio.Event()
    ticket.then(lambda: _call(loop, called.set))
    try:
        async with asyncio.timeout(seconds):
            await called.wait()
    except TimeoutError:
        return None
    return ticket.result(0)


def _call(loop: asyncio.AbstractEventLoop, what: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the server ends
        loop.call_soon_threadsafe(what)


async def _polled(ticket: Ticket, seconds: float) -> Report | None:
    """Look now and then: the publisher is in another process, and cannot call."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (report := ticket.result(0)) is None and loop.time() < until:  # noqa: ASYNC110 - it has no event to wait for
        await asyncio.sleep(_LOOK)
    return report
