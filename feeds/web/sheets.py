"""Replies that a rendition gives again and again, prepared once: a poll then costs little more than sending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from feeds.library import CODINGS, Coding, Rendition
from feeds.model import Format
from feeds.settings import CacheSettings
from feeds.web.replies import GUARDS, SHARED, Fields, Reply, http_date

# Browsers style XML only under this name, and show JSON only under that one; under a feed's own they save a file.
_DOCUMENT_TYPES: Mapping[Format, bytes] = {
    "atom": b"application/xml; charset=utf-8",
    "rss": b"application/xml; charset=utf-8",
    "json": b"application/json",
}


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """To whom replies go, and who may keep them."""

    vary: bytes  # the fields that decide on replies (RFC 9110 §12.5.5)
    is_document: bool = False  # for a browser to show
    is_shared: bool = True  # whether caches that serve more than one client may keep them (RFC 9111 §5.2.2.7)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a rendition keeps the replies of one manner and coding. Each is known by itself, which is the fastest."""

    manner: Manner
    coding: Coding


@dataclass(frozen=True, slots=True)
class Sheet:
    """The replies of one rendition in one coding; both without Date, which is the sender's."""

    tags: frozenset[bytes]  # in any of our codings, as a client that keeps one sends it back
    not_modified: Reply
    found: Reply | None  # None while there are no bytes


def sheet_of(rendition: Rendition, place: Place, *, cache: CacheSettings, now: int) -> Sheet:
    """Return the prepared replies; they are remembered with the rendition once they cannot change any more.

    now: seconds since 1970. While Last-Modified is ahead of it, the replies do without one.
    """
    sheet = rendition.kept.get(place)
    if isinstance(sheet, Sheet) and (sheet.found or not rendition.has(place.coding)):
        return sheet
    sheet = _prepared(rendition, place.coding, cache=cache, now=now, manner=place.manner)
    if rendition.last_modified <= now:
        rendition.kept[place] = sheet
    return sheet


def _prepared(rendition: Rendition, coding: Coding, *, cache: CacheSettings, now: int, manner: Manner) -> Sheet:
    shared = validators(rendition, coding, cache=cache, now=now, manner=manner)
    return Sheet(
        tags=frozenset(rendition.etag(each).encode("ascii") for each in CODINGS),
        not_modified=Reply(304, shared, kind=rendition.key.kind, coding=coding),
        found=_found(rendition, coding, shared, manner=manner) if rendition.has(coding) else None,
    )


def _found(rendition: Rendition, coding: Coding, shared: Fields, *, manner: Manner) -> Reply:
    fields = (*described(rendition, coding, rendition.body(coding), manner=manner), *shared, *GUARDS)
    return Reply(200, fields, rendition.body(coding), kind=rendition.key.kind, coding=coding)


def described(rendition: Rendition, coding: Coding, body: bytes, *, manner: Manner) -> Fields:
    """Return the fields that describe a body in this format and coding."""
    media_type = _DOCUMENT_TYPES[rendition.format] if manner.is_document else rendition.media_type.encode("ascii")
    fields: Fields = (
        (b"content-type", media_type),
        (b"content-length", b"%d" % len(body)),
    )
    return fields if coding == "identity" else (*fields, (b"content-encoding", coding.encode("ascii")))


def validators(rendition: Rendition, coding: Coding, *, cache: CacheSettings, now: int, manner: Manner) -> Fields:
    """Return the fields that 200 and 304 share (RFC 9110 §15.4.5).

    No Last-Modified ahead of the clock (§8.8.2.1): after several changes within one second the index is ahead by some.
    """
    fields: Fields = (
        (b"etag", rendition.etag(coding).encode("ascii")),
        (b"link", rendition.links.encode("ascii")),
        (b"cache-control", (b"" if manner.is_shared else b"private, ") + freshness(rendition.lifetime, cache)),
        (b"vary", manner.vary),
        *SHARED,
    )
    if rendition.last_modified > now:
        return fields
    return ((b"last-modified", http_date(rendition.last_modified)), *fields)


@lru_cache(maxsize=1024)
def freshness(lifetime: int, cache: CacheSettings) -> bytes:
    """Return the value of Cache-Control: how long a copy is fresh, and how much longer it may stand in (RFC 5861)."""
    stale = (cache.stale_while_revalidate, cache.stale_if_error)
    return b"max-age=%d, stale-while-revalidate=%d, stale-if-error=%d" % (lifetime, *stale)
