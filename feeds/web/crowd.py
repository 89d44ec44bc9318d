"""How many requests may wait for bytes to be made. What is remembered is answered without asking here."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from feeds.web.replies import WAITING, Fields, problem, said

T = TypeVar("T")

_WORDS = "Too many feeds are being made at once; please come again in a few seconds."
_SOON: Fields = ((b"retry-after", b"5"), (b"cache-control", b"no-store"), *WAITING)

BUSY = said(503, _WORDS, *_SOON)
BUSY_TO_PROGRAMS = problem(503, _WORDS, *_SOON)


class Crowd:
    """The requests that wait. They live in one event loop, so counting needs no lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.waiting = 0
        self.turned_away = 0  # since the start

    async def admit(self, making: Coroutine[Any, Any, T], busy: T) -> T:
        """Wait for a reply, or send the client away at once where as many wait already (RFC 9110 §15.6.4)."""
        if self.waiting >= self._most:
            making.close()
            self.turned_away += 1
            return busy
        self.waiting += 1
        try:
            return await making
        finally:
            self.waiting -= 1
