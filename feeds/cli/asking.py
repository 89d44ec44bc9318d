"""With what a command may ask a running server: the address of a site, and a token that goes to nobody else."""

import os
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

import click

from feeds.errors import ServerError

TOKEN = "FEEDS_TOKEN"  # noqa: S105 - the name of a variable
_HOSTS = ("127.0.0.1", "::1", "localhost")  # to which a token may go as it is

token_option = click.option(
    "--token-file", type=click.Path(dir_okay=False, path_type=Path), help=f"File with the token.  [default: ${TOKEN}]"
)


def read_token(file: Path | None) -> str:
    """Return the token that a file holds, or the environment. Raises ServerError where there is none."""
    if file is None:
        token = os.environ.get(TOKEN, "")
    else:
        try:
            token = file.read_text("utf-8")
        except (OSError, ValueError) as err:
            raise ServerError(f"{file} cannot be read", "name a readable file that holds the token") from err
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ServerError("there is no token", f"put it into the environment as {TOKEN}, or name a --token-file")
    return token


def site_address(url: str) -> SplitResult:
    """Read the address of a site, with its path as it goes over the wire. Raises ServerError.

    A token goes in clear only to this machine.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as err:
        raise ServerError(f"{url} is no address of a site", "write it like https://example.com") from err
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or not host.isascii() or not url.isprintable():
        raise ServerError(f"{url} is no address of a site", "write it like https://example.com")
    if parts.scheme == "http" and host not in _HOSTS:
        raise ServerError(f"{url} would get the token in clear text", "use https, or ask on the server's own machine")
    return parts._replace(path=quote(parts.path, safe="/%:@!$&'()*+,;=~"))
