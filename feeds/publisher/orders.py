"""What the publisher is asked to look at: hints of the watcher, and orders of whoever waits for the result.

Orders come from any process. In the publisher's own they go straight to it; elsewhere each is a file in a spool
folder, which the publisher watches, and beside which it puts its report. Whatever is lost on the way, nothing of the
posts is: the publisher looks at all of them when it starts, and now and then.
"""

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from feeds.diagnostics import Diagnostic
from feeds.model import FeedKey, Move
from feeds.publisher.run import Run

_NOTICE = 0.25  # seconds until a stop is noticed, which rings no bell of ours
_LOOK_ANYWAY = 1.0  # seconds after which the publisher looks into the spool, whether it heard of it or not
_LOOK = 0.02  # seconds between two looks for a report in the spool
_STALE = 3600  # seconds after which a report that nobody has fetched goes
_NEW, _TAKEN, _DONE = ".json", ".taken", ".done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of an order."""

    id: str
    read: int = 0  # files that were opened
    changed: int = 0  # entries that came or changed
    removed: int = 0  # entries that went
    problems: int = 0
    moves: tuple[Move, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()  # the first of the problems
    error: str = ""  # why the folder could not be looked at

    @classmethod
    def of(cls, id_: str, run: Run, *, error: str = "") -> "Report":
        return cls(
            id=id_,
            read=run.read,
            changed=run.changed,
            removed=run.removed,
            problems=run.problems,
            moves=tuple(run.moved.values()),
            diagnostics=tuple(run.said),
            error=error,
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """Raises ValueError, TypeError or KeyError where the text is none of ours."""
        value: dict[str, Any] = json.loads(text)
        value["moves"] = tuple(Move(FeedKey(*key), before, after) for key, before, after in value["moves"])
        value["diagnostics"] = tuple(Diagnostic(**one) for one in value["diagnostics"])
        return cls(**value)


class Ticket:
    """An order that was given. `paths` is empty where everything is to be looked at."""

    is_polled = False  # whether the report comes without a call

    def __init__(self, id_: str, paths: frozenset[str]) -> None:
        self.id = id_
        self.paths = paths
        self._report: Future[Report] = Future()

    def result(self, timeout: float) -> Report | None:
        """Wait for the report, so many seconds at most; None: it is not there yet."""
        with suppress(TimeoutError):
            return self._report.result(timeout)
        return None

    def then(self, call: Callable[[], None]) -> None:
        """Call once the report is there, from whatever thread brings it, or at once. Never if the ticket is polled."""
        self._report.add_done_callback(lambda _report: call())

    def fulfil(self, report: Report) -> None:
        if not self._report.done():
            self._report.set_result(replace(report, id=self.id))


class _Spooled(Ticket):
    """An order of another process, as the publisher sees it: the report goes beside it."""

    def __init__(self, id_: str, paths: frozenset[str], place: Path) -> None:
        super().__init__(id_, paths)
        self._place = place

    def fulfil(self, report: Report) -> None:
        super().fulfil(report)
        with suppress(OSError):  # a full disk: whoever waits learns nothing, and the posts are out all the same
            _write(self._place.with_suffix(_DONE), replace(report, id=self.id).to_json())
            self._place.unlink(missing_ok=True)


class _Sent(Ticket):
    """An order for the publisher in another process, as the one sees it who gave it."""

    is_polled = True

    def __init__(self, id_: str, paths: frozenset[str], place: Path) -> None:
        super().__init__(id_, paths)
        self._place = place

    @property
    def is_waiting(self) -> bool:
        return self._place.with_suffix(_NEW).exists()

    def result(self, timeout: float) -> Report | None:
        until = time.monotonic() + timeout
        while not self._report.done():
            with suppress(OSError, ValueError, TypeError, KeyError):
                self.fulfil(Report.from_json(self._place.with_suffix(_DONE).read_text("utf-8")))
                break
            if (left := until - time.monotonic()) <= 0:
                return None
            time.sleep(min(_LOOK, left))
        return super().result(0)

    def then(self, call: Callable[[], None]) -> None:
        """Never calls: nobody rings here."""


class Orders:
    """Safe in threads. `is_here` says whether the publisher lives in this process."""

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self._within = f"{spool}{os.sep}"
        self._is_spooled = False  # whether something has happened in the spool
        self.is_here = False
        self._wake = threading.Condition()
        self._heard: set[str] = set()
        self._is_rung = False
        self._look_at = 0.0  # by the monotonic clock; when to look into the spool though nobody says so
        self._waiting: dict[frozenset[str], Ticket] = {}

    # --- who asks

    def give(self, paths: Iterable[str] = ()) -> Ticket:
        """Ask the publisher to look at these paths, relative to the site folder, or at everything; return at once.

        A folder among them means everything. What is named counts as done: whole, or deleted on purpose. An order that
        waits already is not given twice.
        """
        wanted = frozenset(paths)
        with self._wake:
            known = self._waiting.get(wanted)
            if known and (not isinstance(known, _Sent) or known.is_waiting):
                return known
            ticket = self._new(wanted)
            self._waiting[wanted] = ticket
            self._wake.notify_all()
        return ticket

    def _new(self, paths: frozenset[str]) -> Ticket:
        id_ = secrets.token_hex(8)
        if self.is_here:
            return Ticket(id_, paths)
        self._waiting = {key: one for key, one in self._waiting.items() if isinstance(one, _Sent) and one.is_waiting}
        self.spool.mkdir(parents=True, exist_ok=True)
        _write(self.spool / f"{id_}{_NEW}", json.dumps(sorted(paths), ensure_ascii=False))
        return _Sent(id_, paths, self.spool / id_)

    def report_on(self, id_: str) -> Report | None:
        """Return what came of an order of a process that is not the publisher's; None where nothing is known (yet)."""
        return _Sent(id_, frozenset(), self.spool / id_).result(0)

    def hint(self, paths: Iterable[str]) -> None:
        """Say that something has happened at these absolute paths."""
        heard = set(paths)
        spooled = {path for path in heard if path.startswith(self._within)}
        with self._wake:
            self._heard |= heard - spooled
            self._is_spooled |= bool(spooled)
            self._wake.notify_all()

    def ring(self) -> None:
        """Wake the publisher: there is something for it to see that is neither a hint nor an order."""
        with self._wake:
            self._is_rung = True
            self._wake.notify_all()

    # --- the publisher

    def take_hints(self) -> frozenset[str]:
        """Return what was heard of; the orders wait on, so that equal ones become one."""
        with self._wake:
            heard, self._heard = frozenset(self._heard), set()
        return heard

    def take(self) -> tuple[frozenset[str], list[Ticket]]:
        """Return what was heard of, and the orders that wait, those from other processes last."""
        with self._wake:
            heard, self._heard = frozenset(self._heard), set()
            tickets = [one for one in self._waiting.values() if not isinstance(one, _Sent)]
            self._waiting = {}
            is_spooled = self._is_spooled or time.monotonic() >= self._look_at
            self._is_spooled = False
        return heard, [*tickets, *(self._spooled() if is_spooled else ())]

    def put_back(self, tickets: Iterable[Ticket]) -> None:
        """Let orders wait again that could not be carried out."""
        with self._wake:
            for one in tickets:
                if isinstance(one, _Spooled):
                    self._is_spooled = True
                    with suppress(OSError):
                        (self.spool / f"{one.id}{_TAKEN}").rename(self.spool / f"{one.id}{_NEW}")
                else:
                    self._waiting.setdefault(one.paths, one)

    def wait(self, timeout: float, *, stop: threading.Event, only_hints: bool = False) -> bool:
        """Return when something was heard or ordered, after `timeout` seconds, or once stopped; say whether it was.

        only_hints: do not return for orders.
        """
        until = time.monotonic() + timeout
        with self._wake:
            while (
                not (self._is_awaited(only_hints=only_hints) or stop.is_set())
                and (rest := until - time.monotonic()) > 0
            ):
                self._wake.wait(min(rest, _NOTICE))
            is_awaited = self._is_awaited(only_hints=only_hints)
            self._is_rung = self._is_rung and only_hints
        return is_awaited

    def _is_awaited(self, *, only_hints: bool) -> bool:
        return bool(self._heard or (not only_hints and (self._waiting or self._is_spooled or self._is_rung)))

    def _spooled(self) -> list[Ticket]:
        """Take the orders in the spool, and those that a publisher before us took and left."""
        self._look_at = time.monotonic() + _LOOK_ANYWAY
        try:
            files = sorted(self.spool.iterdir()) if self.spool.is_dir() else []
        except OSError:
            return []
        return [one for file in files if (one := self._read(file)) is not None]

    def _read(self, file: Path) -> Ticket | None:
        taken = file.with_suffix(_TAKEN)
        try:
            if file.suffix in {_NEW, _TAKEN}:
                os.replace(file, taken)  # noqa: PTH105 - and on Windows, too
                paths = json.loads(taken.read_text("utf-8"))
                return _Spooled(file.stem, frozenset(map(str, paths)), taken)
            if time.time() - file.stat().st_mtime > _STALE:
                file.unlink(missing_ok=True)
        except (OSError, ValueError, TypeError):
            with suppress(OSError):
                taken.unlink(missing_ok=True)
        return None


def _write(file: Path, text: str) -> None:
    """Write a file so that nobody sees half of it."""
    fresh = file.with_suffix(f".{secrets.token_hex(4)}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
