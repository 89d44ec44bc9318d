import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from feeds.check import printable
from feeds.cli.asking import read_token, token_option
from feeds.cli.helping import examples
from feeds.cli.telling import tell

if TYPE_CHECKING:
    from feeds.cli.listener import Frame

_LOOKS = {"entry": "cyan", "feed": "bold green", "diagnostic": "yellow", "run": "bold", "lost": "bold red"}


class Line(NamedTuple):
    when: str
    kind: str
    what: str


@click.command(epilog=examples("feeds watch https://example.com", "feeds watch https://example.com --kind feed --json"))
@click.argument("url")
@token_option
@click.option("--kind", "kinds", multiple=True, help="Only events of this kind; may be given several times.")
@click.option("--after", type=click.IntRange(min=0), help="Go on after the event with this number.")
@click.option("--json", "is_json", is_flag=True, help="Print each event as a line of JSON.")
def watch(url: str, token_file: Path | None, kinds: tuple[str, ...], after: int | None, *, is_json: bool) -> None:
    """Show what a server publishes, while it does.

    URL is the address of the site. Where the connection is lost, it goes on after the last event that came. Ctrl-C ends
    it. In a pipe the columns are separated by tabs.
    """
    from feeds.cli.listener import Listener

    listener = Listener(url, token=read_token(token_file), kinds=kinds, after=after, say=tell)
    show = _show_data if is_json else _show_in_colours() if sys.stdout.isatty() else _show
    try:
        for frame in listener.frames():
            show(frame)
    except KeyboardInterrupt:
        return


def _show_data(frame: "Frame") -> None:
    click.echo(frame.data)


def _show(frame: "Frame") -> None:
    click.echo("\t".join(map(printable, line_of(frame))))


def _show_in_colours() -> "Callable[[Frame], None]":
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)

    def show(frame: "Frame") -> None:
        when, kind, what = map(printable, line_of(frame))
        parts = (when, "dim"), "  ", (f"{kind:<10}", _LOOKS.get(kind, "")), "  ", what
        console.print(Text.assemble(*parts), soft_wrap=True)

    return show


def line_of(frame: "Frame") -> Line:
    """Say an event in one line; what a newer server tells in other ways is shown as it came."""
    try:
        told = json.loads(frame.data)
        when = f"{datetime.fromisoformat(told['at']).astimezone():%Y-%m-%d %H:%M:%S}" if "at" in told else "-"
        return Line(when, frame.kind, _WORDS[frame.kind](told))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Line("-", frame.kind, frame.data)


def _post(told: Mapping[str, Any]) -> str:
    return f"{told['path']} ({told['standing']})"


def _entry(told: Mapping[str, Any]) -> str:
    return f"{told['change']}: {told['title']} ({told['path']})"


def _feed(told: Mapping[str, Any]) -> str:
    tags = told["formats"]["atom"]
    return f"{told['address']}: {tags['before'] or 'new'} → {tags['after']}"


def _diagnostic(told: Mapping[str, Any]) -> str:
    place = told["path"] if told["line"] is None else f"{told['path']}:{told['line']}"
    detail = f" ({told['detail']})" if told["detail"] else ""
    return f"{'solved' if told['is_solved'] else told['level']}: {place}: {told['code']}{detail}"


def _run(told: Mapping[str, Any]) -> str:
    return (
        f"{told['read']} read, {told['changed']} changed, {told['removed']} removed, {told['feeds']} feeds moved, "
        f"{told['problems']} problems"
    )


def _lost(told: Mapping[str, Any]) -> str:
    count = told["count"]
    return "events before this one" if count is None else f"{count} event{'' if count == 1 else 's'}"


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "post": _post,
    "entry": _entry,
    "feed": _feed,
    "diagnostic": _diagnostic,
    "run": _run,
    "lost": _lost,
}
