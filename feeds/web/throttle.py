"""Too-eager pollers: who takes the same whole feed again and again is asked to wait (RFC 6585 §4)."""

import logging
from collections import OrderedDict
from functools import lru_cache

from starlette.types import Scope

from feeds.settings import ServerSettings
from feeds.web.clients import Client, Clients, clients_of, household, is_private
from feeds.web.replies import WAITING, Reply, fields_of, said

log = logging.getLogger(__name__)

MOST = 50_000  # answers that are remembered, about 10 MB; of more, the oldest are forgotten and nobody waits for them
_SAYS_FOR_WHOM = frozenset({b"x-forwarded-for", b"forwarded"})


class Throttle:
    """Holds back unconditional repeats: one client, one feed, and no validator sent although it got one.

    A client is a household and what its User-Agent says, because many readers may share one address. Asking
    conditionally is never held back, whatever the answer; nor is HEAD, nor a person who opens or reloads a feed in a
    browser. Waiting counts from the last whole answer, so asking meanwhile makes it no longer.

    Not for threads: the event loop alone asks. Each worker process counts for itself.
    """

    def __init__(self, seconds: int, clients: Clients, *, most: int = MOST) -> None:
        """seconds: between two whole answers. most: answers that are remembered."""
        self._seconds = seconds
        self._clients = clients
        self._most = most
        self._answered: OrderedDict[int, int] = OrderedDict()  # salted hash of client and feed → seconds since 1970
        self._has_warned = False

    def __len__(self) -> int:
        return len(self._answered)

    def held_back(self, scope: Scope, address: str, *, now: int) -> Reply | None:
        """Return 429 in place of a whole feed, or None and remember that it was given.

        address: of the rendition. now: seconds since 1970; where the clock has gone back, nobody waits.
        """
        asked = fields_of(scope)
        if scope["method"] != "GET" or asked.get(b"if-none-match") or asked.get(b"if-modified-since"):
            return None
        client = self._clients.of(scope)
        if not client.is_named or asked.get(b"sec-fetch-dest") == b"document":
            return None
        name = hash((household(client.address), asked.get(b"user-agent"), address))
        waited = now - self._answered.get(name, now - self._seconds)
        if 0 <= waited < self._seconds:
            self._warn_of_a_proxy(client, asked.keys() & _SAYS_FOR_WHOM)
            return too_many(self._seconds - waited)
        self._remember(name, now)
        return None

    def _remember(self, name: int, now: int) -> None:
        self._answered[name] = now
        self._answered.move_to_end(name)
        oldest = next(iter(self._answered.values()))
        if len(self._answered) > self._most or not 0 <= now - oldest < self._seconds:
            self._answered.popitem(last=False)

    def _warn_of_a_proxy(self, client: Client, fields: frozenset[bytes] | set[bytes]) -> None:
        """Say once that all readers behind a proxy are held back as if they were one."""
        if fields and not self._has_warned and is_private(client.address) and not self._clients.trusts(client.address):
            self._has_warned = True
            log.warning(
                "%s asks for others; name it in server.trusted_proxies, or its readers are held back as one client",
                client.address,
            )


def throttle_of(settings: ServerSettings) -> Throttle | None:
    """Return what holds eager pollers back, if anybody is to wait."""
    if not settings.polite_seconds:
        return None
    return Throttle(settings.polite_seconds, clients_of(settings))


@lru_cache(maxsize=1024)
def too_many(seconds: int) -> Reply:
    """Ask a client to come again in so many seconds. Kept by no cache, which would give it to others."""
    return said(
        429,
        f"You have this feed already; ask with If-None-Match, or again in {seconds} seconds.",
        (b"retry-after", b"%d" % seconds),
        (b"cache-control", b"no-store"),
        *WAITING,
    )
