import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from feeds import __version__
from feeds.check import printable
from feeds.cli.helping import examples
from feeds.cli.session import folder_argument, get_crew_ready, tell_inferred
from feeds.cli.telling import progress, tell
from feeds.errors import FeedsError

if TYPE_CHECKING:
    from feeds.cli.running import Reread
    from feeds.opening import Opening
    from feeds.publisher import Orders
    from feeds.settings import ServerSettings
    from feeds.site import Site

Greet = Callable[["Site"], None]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command(
    epilog=examples(
        "feeds serve",
        "feeds serve blog --port 9000",
        "feeds serve blog --host 0.0.0.0 --workers 2",
        "feeds --debug serve",
    )
)
@folder_argument
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer.  [default: 1]")
@click.pass_context
def serve(ctx: click.Context, /, folder: Path, **given: str | int | None) -> None:
    """Serve the feeds, and follow every change of the posts."""
    for number in _SIGNALS:
        signal.signal(number, _leave)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # everything is about to be looked at
    from feeds.cli.listening import address_of, listening, passed
    from feeds.opening import read_folder
    from feeds.web.environment import FLAGS, FOLDER, NUMBERS

    flags = {f"server.{name}": value for name, value in given.items() if value is not None}
    opening = read_folder(folder, environ=os.environ, flags=flags)
    server = opening.settings.server
    tell_inferred(opening)
    os.environ |= {FOLDER: str(opening.folder), FLAGS: json.dumps(flags)}  # for worker processes
    with passed(os.environ) or listening(server.host, server.port) as listener, _room_for_numbers() as numbers:
        os.environ[NUMBERS] = str(numbers or "")
        serve_from = partial(_serve_alone, numbers=numbers) if server.workers == 1 else _serve_with_workers
        greet = partial(_greet, opening, address_of(listener))
        ctx.exit(serve_from(opening, listener, greet, lambda: _reread(opening, flags)))


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """End while nothing is being served yet."""
    raise SystemExit(0)


def greeting(opening: "Opening", address: str, *, holds: str) -> Iterator[str]:
    """Say what is served and where to look. address: `http://127.0.0.1:8000`; holds: how much there is."""
    site = opening.settings.site
    yield f"{site.title} · Feedwright {__version__}"
    yield f"  {opening.folder}"
    yield f"  {holds}"
    yield ""
    yield f"  {address}/           all feeds"
    yield from (f"  {address}/feed.{form}" for form in ("atom", "rss", "json"))
    yield ""
    if "url" not in site.model_fields_set and site.url != address:
        yield f"Links in the feeds begin with {site.url}; set `site.url` in feeds.toml to the address that readers use."
    yield "Changes are told below. Ctrl-C stops the server."


def _greet(opening: "Opening", address: str, site: "Site") -> None:
    from rich.text import Text

    from feeds.cli.terminal import console, print_line
    from feeds.web.tale import summary

    holds = summary(site) if site.library.is_ready else "The posts are read for the first time."
    screen = console()
    for number, line in enumerate(greeting(opening, address, holds=holds)):
        shown = Text(printable(line), "" if number else "bold")
        shown.highlight_regex(r"https?://[^\s;]+", "cyan")
        print_line(screen, shown)
    sys.stdout.flush()


def _reread(opening: "Opening", flags: Mapping[str, object]) -> "ServerSettings | None":
    """Read the settings again; None where they cannot be used, which is told."""
    from feeds.opening import read_folder

    try:
        server = read_folder(opening.folder, environ=os.environ, flags=flags).settings.server
    except FeedsError as err:
        tell("\n".join(f"feeds: {line}" for line in str(err).splitlines()))
        tell("The settings stay as they were.")
        return None
    before = opening.settings.server
    if (server.host, server.port) != (before.host, before.port):
        tell(f"It goes on listening on {before.host}:{before.port}; to change that, stop the server and start it anew.")
    return server


def _serve_alone(
    opening: "Opening", listener: socket.socket, greet: "Greet", reread: "Reread", *, numbers: Path | None
) -> int:
    """Serve from this process until a signal comes; return the exit status."""
    get_crew_ready(opening)
    from feeds.cli.running import run_alone
    from feeds.site import open_site
    from feeds.web.app import create_app

    with open_site(opening.folder, opening.settings, say=tell) as site:
        greet(site)
        _tell_who_publishes(site)
        with progress("Reading", "posts") as report:
            app = create_app(site, progress=report, shared=numbers)
            go_on = run_alone(
                app,
                listener,
                opening.settings.server,
                reread=reread,
                look=site.orders.give,
                look_later=_orders(opening).give,
            )
    return go_on()


def _serve_with_workers(opening: "Opening", listener: socket.socket, greet: "Greet", reread: "Reread") -> int:
    """Serve from several processes, of which one publishes; return the exit status."""
    from feeds.cli.running import run_workers
    from feeds.site import open_site
    from feeds.web.accesslog import open_access_log

    # Once here, so that what is bad is one line, and not one a worker.
    with open_site(opening.folder, opening.settings, say=tell) as site:
        if log := open_access_log(site):
            log.close()
        greet(site)
        _tell_who_publishes(site)
    return run_workers(listener, opening.settings.server, reread=reread, look=_orders(opening).give)


def _tell_who_publishes(site: "Site") -> None:
    """Say so where it is another process."""
    if site.publisher is None:
        owner = site.store.lock.owner()
        who = f"Another process ({owner})" if owner else "Another process"
        tell(f"{who} publishes this folder; this one only serves, and takes over when that one ends.")


@contextmanager
def _room_for_numbers() -> Iterator[Path | None]:
    """Give the processes of this server a folder in which they share their numbers; None where there is no room."""
    from tempfile import TemporaryDirectory

    try:
        room = TemporaryDirectory(prefix="feeds-numbers-")
    except OSError as err:
        tell(f"The numbers at /metrics will be those of one process each: {err.strerror}.")
        yield None
    else:
        with room as path:
            yield Path(path)


def _orders(opening: "Opening") -> "Orders":
    """Return the way to the publisher from outside its process."""
    from feeds.publisher import Orders

    return Orders(opening.folder / opening.settings.state.path / "orders")
