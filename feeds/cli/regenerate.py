from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from feeds.cli.asking import read_token, site_address, token_option
from feeds.cli.helping import examples
from feeds.cli.telling import tell
from feeds.errors import ServerError

_PATIENCE = 10.0  # seconds that a server has to answer, beside those it was asked to wait
_MOST_BYTES = 50_000_000  # of an answer


@click.command(
    epilog=examples(
        "feeds regenerate https://example.com",
        "feeds regenerate https://example.com --path _posts/2026-11-01-first-storm.md --token-file token",
    )
)
@click.argument("url")
@click.option("--path", "paths", multiple=True, metavar="PATH", help="File or folder, relative to the site folder.")
@click.option("--wait", type=click.FloatRange(0, 60), default=30, show_default=True, help="Seconds for the result.")
@token_option
@click.pass_context
def regenerate(ctx: click.Context, url: str, paths: tuple[str, ...], wait: float, token_file: Path | None) -> None:
    """Have a running server look at its posts now, and tell what came of it.

    URL is the address of the site. Without --path everything is looked at. The token is read from the environment or a
    file, never from the command line, where everybody on the machine could see it.

    Exit status: 0 done, 1 there is an error in a post, or no result in time, 2 the server could not be asked.
    """
    told = ask(url, paths, wait=wait, token=read_token(token_file))
    if not told.get("is_done"):
        tell(f"It is still at it; the result will be at {url.rstrip('/')}/-/regenerate/{told.get('id')}")
        ctx.exit(1)
    click.echo("\n".join(lines(told)))
    ctx.exit(1 if told.get("error") or any(one["level"] == "error" for one in told["diagnostics"]) else 0)


def ask(url: str, paths: Sequence[str], *, wait: float, token: str) -> dict[str, Any]:
    """Order a look at these paths from the server of a site; return its answer. Raises ServerError."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    parts = site_address(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=_PATIENCE + wait)
    query = urlencode([("wait", f"{wait:.9f}".rstrip("0").rstrip(".")), *(("path", path) for path in paths)])
    try:
        connection.request(
            "POST",
            f"{parts.path.rstrip('/')}/-/regenerate?{query}",
            headers={"Authorization": f"Bearer {token}", "Content-Length": "0"},
        )
        response = connection.getresponse()
        return _read(url, response.status, response.read(_MOST_BYTES))
    except ConnectionRefusedError as err:
        raise ServerError(f"nobody answers at {url}", "start `feeds serve`, or mend the address") from err
    except (OSError, HTTPException) as err:
        raise ServerError(f"{url} cannot be asked ({err or type(err).__name__})", "is a feeds server there?") from err
    finally:
        connection.close()


def _read(url: str, status: int, body: bytes) -> dict[str, Any]:
    import json

    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or status not in (200, 202):
        detail = told.get("detail") if isinstance(told, dict) else None
        remedy = "is the token one of [admin] tokens there?" if status == 401 else "is a feeds server there?"
        raise ServerError(
            f"{url} answered {status}: {detail or 'nothing that can be read'}",
            "" if detail and status != 401 else remedy,
        )
    return told


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Write a result for people: what was read, which feeds moved, what there is to mend."""
    from feeds.check import printable

    yield f"{told['read']} files read, {told['changed']} entries changed, {told['removed']} removed"
    for feed in told["feeds"]:
        tags = feed["formats"]["atom"]
        yield printable(f"{feed['address']}  {tags['before'] or 'new'} → {tags['after'] or 'gone'}")
    for one in told["diagnostics"]:
        place = one["path"] if one["line"] is None else f"{one['path']}:{one['line']}"
        yield printable(f"{place}: {one['level']} {one['code']} {one['message']} — {one['remedy']}")
    if error := told.get("error"):
        yield printable(f"error: {error}")
