"""Who asks: the address of a client, as far as the proxies in front can be believed."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from starlette.types import Scope

from feeds.settings import ClientField, ServerSettings
from feeds.web.replies import fields_of

UNIX = "unix"  # stands for whoever is at the other end of a Unix socket, which has no address

_PORT = re.compile(r"\[(?P<host>[^\]]*)\](?::[^:]*)?|(?P<host4>[^:]*):[^:]*")
_PAIR = r'\s*[\w!#$%&\'*+.^`|~-]+=(?:[^\s;"\\]+|"[^"\\]*")\s*'
_ELEMENT = re.compile(rf"{_PAIR}(?:;{_PAIR})*", re.ASCII)
_FOR = re.compile(r'(?:^|;)\s*for="?([^\s;"]*)', re.IGNORECASE)
_FORWARDING = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})  # what proxies add
_PREFIX = 64  # bits of an IPv6 address that one subscriber has as a rule (RFC 6177, BCP 157)


class Client(NamedTuple):
    """The nearest to a reader that we know of."""

    address: str  # `192.0.2.1`, `2001:db8::1`, or UNIX
    is_named: bool  # False where that is a proxy of ours, or a socket, that does not say for whom it asks


class Clients:
    """Finds the client behind trusted hops.

    Each proxy adds at the right of the field who asked it, and what stands further left is anybody's word. So the
    field is read from the right, as long as the hop that wrote an element is trusted. Only one field is read: proxies
    pass the other one on as the client sent it.
    """

    def __init__(self, trusted: Iterable[str] = (), *, field: ClientField = "X-Forwarded-For") -> None:
        """trusted: addresses, networks such as `10.0.0.0/8`, and UNIX."""
        names = frozenset(trusted)
        self._networks = tuple(ip_network(name) for name in names - {UNIX})
        self._trusts_sockets = UNIX in names
        self._field = field.lower().encode("ascii")
        self._nodes = _forwarded if field == "Forwarded" else _forwarded_for
        self.trusts = lru_cache(maxsize=4096)(self._trusts)  # may this hop tell for whom it asks?

    def of(self, scope: Scope) -> Client:
        """Return who sent a request; where an element cannot be read, the last hop that could."""
        nearest = hop_of(scope)
        if not self.trusts(nearest):
            return Client(nearest, nearest != UNIX)
        field = fields_of(scope).get(self._field)
        if field is None:
            return Client(nearest, is_named=False)
        for node in self._nodes(field.decode("latin-1")):
            address = _read(node)
            if address is None:
                break
            nearest = str(address)
            if not self.trusts(nearest):
                break
        return Client(nearest, nearest != UNIX)

    def _trusts(self, address: str) -> bool:
        if address == UNIX:
            return self._trusts_sockets
        known = _read(address) if self._networks else None
        return known is not None and any(known in network for network in self._networks)


class Guests:
    """Who may see what is not for everybody: the clients in some networks."""

    def __init__(self, networks: Iterable[str], clients: Clients) -> None:
        self._networks = tuple(map(ip_network, networks))
        self._clients = clients

    def __bool__(self) -> bool:
        return bool(self._networks)

    def include(self, scope: Scope) -> bool:
        """Say whether the client is one of them.

        What came through a proxy looks as near as the proxy is, whoever asked. So then a trusted hop has to tell who
        did, and that must be nobody whom we trust to ask for others.
        """
        address = self._clients.of(scope).address
        if not _FORWARDING.isdisjoint(fields_of(scope)) and (address == hop_of(scope) or self._clients.trusts(address)):
            return False
        known = _read(address)
        return known is not None and any(known in network for network in self._networks)


def clients_of(settings: ServerSettings) -> Clients:
    return Clients(settings.trusted_proxies, field=settings.client_field)


def hop_of(scope: Scope) -> str:
    """Return who is at the other end of the connection: an address, or UNIX."""
    peer = scope.get("client")
    return _canonical(peer[0]) if peer else UNIX


@lru_cache(maxsize=4096)
def household(address: str) -> str:
    """Return what all addresses of one subscriber have in common: an IPv4 address, or the /64 of an IPv6 one."""
    known = _read(address)
    return str(IPv6Network((known, _PREFIX), strict=False)) if isinstance(known, IPv6Address) else address


def is_private(address: str) -> bool:
    """Say whether an address is one of this machine or of a private network, where only proxies ask for others."""
    known = _read(address)
    return known is None or known.is_private


def _canonical(address: str) -> str:
    known = _read(address)
    return address if known is None else str(known)


@lru_cache(maxsize=4096)
def _read(node: str) -> IPv4Address | IPv6Address | None:
    """Read an address with or without port, brackets and zone; None for `unknown`, `_hidden` and what is none.

    An IPv4 address in IPv6's clothes (RFC 4291 §2.5.5.2) is the IPv4 address.
    """
    match = _PORT.fullmatch(node)
    text = (match["host"] or match["host4"] or "") if match else node
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _forwarded_for(field: str) -> Iterator[str]:
    """Yield the nodes of X-Forwarded-For, the nearest hop's first."""
    return (node.strip(' \t"') for node in reversed(field.split(",")))


def _forwarded(field: str) -> Iterator[str]:
    """Yield the nodes of Forwarded (RFC 7239 §4), the nearest hop's first; "" where an element has none.

    Cut at every comma, although a quoted text may hold one: no node does, and a quotation mark that a client leaves
    open cannot swallow what a proxy added.
    """
    for element in reversed(field.split(",")):
        nodes = _FOR.findall(element) if _ELEMENT.fullmatch(element) else []
        yield nodes[0] if len(nodes) == 1 else ""
