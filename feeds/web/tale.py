"""What the publisher does, told to whoever watches the server: a line for each change, as it can be read."""

import logging
from collections.abc import Sequence

from feeds.check import as_sum, printable, quantity, report
from feeds.diagnostics import Diagnostic, Problem, Problems
from feeds.events import Event
from feeds.publisher import Run
from feeds.site import Site

log = logging.getLogger(__name__)

_MOST = 10  # lines for one run; a newswire may rewrite thousands of posts at once
_AT_ONCE = 2_000  # events
_LEVELS = {"warning": logging.WARNING, "error": logging.ERROR}


class Tale:
    """Follows the outbox on the publisher's thread, run by run."""

    def __init__(self, site: Site) -> None:
        self._site = site
        # None: the posts are read for the first time, which is told as a sum
        self._last = site.store.last_event() if site.library.is_ready else None

    def note(self, run: Run) -> None:
        """Tell what a run has changed. One that changed nothing is not worth a line."""
        store = self._site.store
        if self._last is None:
            if self._site.library.is_ready:
                self._last = store.last_event()
                log.info("%s", summary(self._site))
            return
        newest = store.last_event()
        events = store.events_after(min(self._last, newest), limit=_AT_ONCE)  # another index may have taken its place
        self._last = newest
        _tell(events, run)


def summary(site: Site) -> str:
    """Say how much a site holds, and what there is to mend."""
    counts = site.store.counts()
    problems = report(Problems(open=tuple(Problem(diagnostic=one) for one in site.store.diagnostics())))
    posts, feeds = quantity(counts.entries, "post"), quantity(len(site.library.listing()), "feed")
    mend = f"; {as_sum(problems).rstrip('.')}: feeds check {site.folder}" if problems.problems else ""
    return f"{posts} in {feeds}{mend}"


def _tell(events: Sequence[Event], run: Run) -> None:
    """Log a line for each change, and how many feeds it moved: all of them, behind the last post of a run."""
    told = [(event, line) for event in events if (line := line_of(event))]
    moved = f" · {quantity(len(run.moved), 'feed')}" if run.moved else ""
    last = max((at for at, (event, _) in enumerate(told[:_MOST]) if event.kind == "entry"), default=-1)
    for at, (event, line) in enumerate(told[:_MOST]):
        _log(event, line + moved if at == last and len(told) <= _MOST else line)
    if len(told) > _MOST:
        log.info("… and %s more%s", f"{len(told) - _MOST:,}", moved)
    elif moved and last < 0:
        log.info("moved%s", moved)


def _log(event: Event, line: str) -> None:
    look = str(event.what.get("change", ""))
    level = _LEVELS.get(str(event.what.get("level")), logging.INFO) if event.kind == "diagnostic" else logging.INFO
    if event.what.get("is_solved"):
        look, level = "solved", logging.INFO
    log.log(level, "%s", line, extra={"look": look})


def line_of(event: Event) -> str:
    """Say an event in one line; "" where others say it: feeds move because entries change."""
    what = event.what
    if event.kind == "entry":
        return printable(f"{what['change']} {what['title']} ({what['path']})")
    if event.kind == "diagnostic":
        one = Diagnostic(
            code=str(what["code"]), path=str(what["path"]), line=_number(what["line"]), detail=str(what["detail"])
        )
        return printable(
            f"solved {one.place}: {one.code}" if what["is_solved"] else f"{one.place}: {one.code} {one.message}"
        )
    return ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
