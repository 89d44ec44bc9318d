"""Listening to the events of a server: Server-Sent Events over http.client, come again whenever the connection is lost.

Addresses are asked as they are: no redirect is followed, for the token is meant for one server.
"""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from feeds.cli.asking import site_address
from feeds.errors import FeedsError

_PATH = "/-/events"
_MEDIA_TYPE = "text/event-stream"
_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 60.0  # after which the connection counts as lost; servers let hear of them four times as often
_RETRY_SECONDS = 3.0  # until the server says something else
_LONGEST_RETRY = 300.0  # seconds, whatever the server says
_PASSING = frozenset(  # what a server, or a proxy in front of one that starts anew, may say for a while
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


@dataclass(frozen=True, slots=True)
class Frame:
    kind: str
    data: str


class Decoder:
    """Reads a stream line by line (WHATWG HTML §9.2.6). Lines end with LF or CRLF, as all servers write them."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id  # of the newest whole frame
        self.retry = _RETRY_SECONDS
        self.begin()

    def begin(self) -> None:
        """Forget the frame that a lost connection has left unfinished."""
        self._id = self.last_id
        self._kind = ""
        self._data: list[str] = []

    def read(self, line: str) -> Frame | None:
        """Read a line without its end; return the frame that it ends, if that has data."""
        if not line:
            return self._finish()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = min(int(value) / 1000, _LONGEST_RETRY)
        return None

    def _finish(self) -> Frame | None:
        self.last_id = self._id
        frame = Frame(self._kind or "message", "\n".join(self._data)) if self._data else None
        self.begin()
        return frame


class _LostError(Exception):
    """The connection is lost, or the server asks to come again."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        """wait: seconds, where the server says how long."""
        super().__init__(why)
        self.wait = wait


class Listener:
    def __init__(
        self,
        url: str,
        *,
        token: str,
        kinds: Sequence[str] = (),
        after: int | None = None,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """url: of the site, or of its events. after: number of the last event that is known.

        say: gets a line when the connection is lost, and one when it is there again. Raises FeedsError where the
        address is none.
        """
        self._url = url
        self._is_tls, self._host, self._port, self._target = _split(url, kinds)
        self._token = token
        self._say = say
        self._sleep = sleep
        self._decoder = Decoder("" if after is None else str(after))
        self._has_listened = False

    def frames(self) -> Iterator[Frame]:
        """Yield the frames with data for as long as somebody wants them.

        Raises FeedsError where the server cannot be reached at first, or says that it has no events for us.
        """
        is_lost = False
        while True:
            wait = None
            try:
                with closing(self._connection()) as connection:
                    lines = self._lines(connection)
                    if is_lost:
                        self._say("Connected again.")
                    is_lost = False
                    yield from self._read(lines)
                why = "the server ended it"
            except _LostError as err:
                why, wait = str(err), err.wait
            except (OSError, http.client.HTTPException) as err:
                why = str(err) or type(err).__name__
                if not self._has_listened:
                    raise FeedsError(
                        f"{self._url} cannot be reached: {why}", "check the address, and whether the server runs"
                    ) from err
            if not is_lost:
                self._say(f"There is no connection ({why}); trying again every {self._decoder.retry:g} seconds.")
            is_lost = True
            self._sleep(self._decoder.retry if wait is None else wait)

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_tls:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=_CONNECT_SECONDS, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=_CONNECT_SECONDS)

    def _lines(self, connection: http.client.HTTPConnection) -> Iterable[bytes]:
        """Ask, and return the lines of the answer; they go on while the server does."""
        fields = {"Accept": _MEDIA_TYPE, "Authorization": f"Bearer {self._token}", "Cache-Control": "no-store"}
        if self._decoder.last_id:
            fields["Last-Event-ID"] = self._decoder.last_id
        connection.request("GET", self._target, headers=fields)
        response = connection.getresponse()
        if response.status in _PASSING and (self._has_listened or response.status == HTTPStatus.SERVICE_UNAVAILABLE):
            raise _LostError(_why(response), _wait(response.getheader("Retry-After", "")))
        if response.status != HTTPStatus.OK:
            raise self._refused(response)
        if response.getheader("Content-Type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
            raise FeedsError(f"{self._url} has no events, but something else", "give the address of the site")
        if connection.sock is not None:  # it is None where the server will close the connection: then the answer has it
            connection.sock.settimeout(_SILENCE_SECONDS)
        self._has_listened = True
        return response

    def _refused(self, response: http.client.HTTPResponse) -> FeedsError:
        status, why = response.status, _why(response)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return FeedsError(f"{self._url}: {why}", "give the token in FEEDS_TOKEN or with --token-file")
        if status == HTTPStatus.NOT_FOUND:
            return FeedsError(f"{self._url}: {why}", "check the address of the site, and its settings below [admin]")
        if to := response.getheader("Location"):
            return FeedsError(f"{self._url} leads to {to}", "give that address, if your token may go there")
        return FeedsError(f"{self._url}: {why}", "look into the log of the server")

    def _read(self, lines: Iterable[bytes]) -> Iterator[Frame]:
        self._decoder.begin()
        for line in lines:
            if not line.endswith(b"\n"):
                return  # cut off
            if frame := self._decoder.read(line.decode(errors="replace").rstrip("\r\n")):
                yield frame


def _split(url: str, kinds: Sequence[str]) -> tuple[bool, str, int | None, str]:
    """Return whether TLS is meant, the host, the port, and the path with its query.

    Raises ServerError where the address is none.
    """
    parts = site_address(url)
    path = parts.path.rstrip("/").removesuffix(_PATH) + _PATH
    query = urlencode([("kind", kind) for kind in kinds])
    target = path + (f"?{query}" if query else "")
    return parts.scheme == "https", parts.hostname or "", parts.port, target


def _why(response: http.client.HTTPResponse) -> str:
    """Return what the server says (RFC 9457), or else its status."""
    try:
        said = json.loads(response.read(65_536))["detail"]
    except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
        said = None
    return said if isinstance(said, str) and said else f"{response.status} {response.reason}"


def _wait(retry_after: str) -> float | None:
    return min(float(retry_after), _LONGEST_RETRY) if retry_after.isascii() and retry_after.isdigit() else None
