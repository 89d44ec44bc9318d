"""One hub over HTTP: a ping, and what it answers.

Its address comes from the settings alone: redirects are not followed, and proxies of the environment not asked.
"""

import contextlib
import socket
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from feeds import __version__

_SECONDS = 10.0  # for connecting, and for each piece of an answer
_BYTES = 4096  # of an answer that are read, so that its connection can be used again
_FIELDS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": f"Feedwright/{__version__}"}


class Answer(NamedTuple):
    status: int  # 0: there was none
    said: str = ""  # why there was none, or where the hub would send us; for people
    retry_after: float = 0.0  # seconds for which the hub wants to be left alone


class Line:
    """The connection to one hub. One thread talks and closes; any thread may hang up."""

    def __init__(self, hub: str, *, timeout: float = _SECONDS) -> None:
        parts = urlsplit(hub)
        kind = HTTPSConnection if parts.scheme.lower() == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        self._target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

        self._is_over = False

    def tell(self, topic: str) -> Answer:
        """Say that a topic has other contents now, and return the answer; never raises for what a hub does.

        One topic a request: Google's hub takes several `hub.url`, Superfeedr wants `hub.url[]` for that, others read
        the first or the last one and would miss the rest. Some want the address as `hub.topic`, so it is there, too.
        """
        body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        was_open = self._connection.sock is not None
        try:
            try:
                return self._post(body)
            except ConnectionError:  # an idle connection that the hub has closed
                self._connection.close()
                if self._is_over or not was_open:
                    raise
                return self._post(body)
        except HTTPException as err:  # its text may hold whatever the hub has sent
            self._connection.close()
            return Answer(0, type(err).__name__)
        except (OSError, UnicodeError) as err:  # UnicodeError: a host that no DNS could know
            self._connection.close()
            return Answer(0, str(err) or type(err).__name__)

    def _post(self, body: str) -> Answer:
        self._connection.request("POST", self._target, body, _FIELDS)
        response = self._connection.getresponse()
        response.read(_BYTES)
        if not response.isclosed():
            self._connection.close()
        seconds = response.headers.get("Retry-After", "").strip()
        return Answer(
            response.status,
            response.headers.get("Location", "")[:200],
            float(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 9 else 0.0,
        )

    def hang_up(self) -> None:
        """End what is under way, for good; `tell` returns at once, without an answer."""
        self._is_over = True
        if (open_ := self._connection.sock) is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                open_.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()
