"""Speaking to the operator, on stderr, so that stdout holds nothing but what was asked for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from feeds.check import printable

Progress = Callable[[int, int], None]  # done so far, to do

_EVERY = 1000


def tell(text: str) -> None:
    for line in text.splitlines():
        click.echo(printable(line), err=True)


@contextmanager
def progress(doing: str, noun: str) -> Iterator[Progress]:
    """Show how far something long has come: a bar on a terminal, else a line now and then.

    doing, noun: "Reading", "posts".
    """
    if not sys.stderr.isatty():
        yield lines(doing, noun)
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(f"{doing} {noun}", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def lines(doing: str, noun: str) -> Progress:
    last = 0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done - last >= _EVERY or done == total:
            tell(f"{doing} {noun}: {done:,} of {total:,}")
            last = done

    return report
