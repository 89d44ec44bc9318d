"""Speaking to the operator, on stderr, so that stdout holds nothing but what was asked for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from feeds.check import printable
from feeds.cli.terminal import console

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

Progress = Callable[[int, int], None]  # done so far, to do

_EVERY = 1000


def tell(text: str) -> None:
    for line in text.splitlines():
        click.echo(printable(line), err=True)


@contextmanager
def progress(doing: str, noun: str) -> Iterator[Progress]:
    """Show how far something long has come: a bar with rate and rest on a terminal, else a line now and then.

    doing, noun: "Reading", "posts".
    """
    if not sys.stderr.isatty():
        yield lines(doing, noun)
        return
    bar = _Bar(f"{doing} {noun}")
    try:
        yield bar.report
    finally:
        bar.end()


class _Bar:
    """Is there while something long is going on, and leaves no trace: a server tells its changes in the same place."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._bars: Bars | None = None

    def report(self, done: int, total: int) -> None:
        if done >= total:
            self.end()
            return
        if self._bars is None:
            self._bars = self._begun()
        for task in self._bars.task_ids:
            self._bars.update(task, completed=done, total=total)

    def _begun(self) -> "Bars":
        from feeds.cli.bars import bars_on

        bars = bars_on(console(is_for_errors=True))
        bars.add_task(self._doing, total=None)
        bars.start()
        return bars

    def end(self) -> None:
        if self._bars:
            self._bars.stop()
            self._bars = None


def lines(doing: str, noun: str) -> Progress:
    last = 0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done - last >= _EVERY or done == total:
            tell(f"{doing} {noun}: {done:,} of {total:,}")
            last = done

    return report
