"""What the index gives out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from feeds.model import Entry, FeedKey, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    path: str
    is_archive: bool
    rank: int
    size: int
    mtime_ns: int
    digest: str
    standing: str  # holder, shadowed, skipped, waiting
    entry_id: str | None
    pin: str | None = None  # the id that it took over, with the bytes, from a post that was renamed
    missing_since: int | None = None  # microseconds since 1970

    @property
    def is_missing(self) -> bool:
        return self.missing_since is not None

    def looks_like(self, size: int, mtime_ns: int) -> bool:
        """Say whether the file was of this size and time when it was read."""
        return (self.size, self.mtime_ns) == (size, mtime_ns)

    @property
    def precedence(self) -> tuple[bool, bool, int, str]:
        """Of all posts that claim one id, the one with the smallest holds it."""
        return self.is_missing, self.is_archive, self.rank, self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An entry that was published once and is no more (RFC 6721)."""

    id: str
    path: str  # of the post that it was
    title: str
    at: int  # seconds since 1970
    why: str  # deleted, withdrawn, renamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An entry in the index, and whether it stands in feeds."""

    entry: Entry
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much the index holds."""

    posts: int  # files, published or not
    entries: int  # that stand in feeds
    feeds: int
    diagnostics: Mapping[str, int]  # by code


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    number: int
    key: FeedKey
    slug: str
    count: int
    label: str
    changed: int  # Last-Modified, seconds since 1970
    state: str  # names what its renditions show; "" until it was first computed


class ListedRow(NamedTuple):
    """One line of a list of feeds, as it is in the index; there are tens of thousands, so nothing is made of it yet."""

    kind: Kind
    term: str
    slug: str
    label: str
    total: int  # of its entries
    age: int | None  # when its newest entry was published, in microseconds since 1970, negated
    state: str  # as in FeedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry that stands in feeds now."""

    entry: Entry
    stamp: str
    changed: int  # seconds since 1970: since when it looks as it does


class Sight(NamedTuple):  # windows are made of them, and there may be thousands of windows
    """An entry in a window, known by its stamp."""

    id: str
    published: int  # microseconds since 1970
    updated: int  # likewise
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry as the index has it, whether that makes sense or not."""

    id: str
    is_live: bool  # stands in feeds now
    entry: Entry | None  # None: what is written there cannot be read
    is_sound: bool  # what the index says of it beside its contents follows from them


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStanding:
    """What the index says of a feed itself."""

    number: int
    key: FeedKey
    slug: str
    state: str
    changed: int  # Last-Modified, seconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A feed that holds other entries than it ought to."""

    feed: FeedKey | None  # None: the memberships belong to a feed that is not there
    missing: int
    surplus: int
    example: str  # id of one of them


class PageRow(NamedTuple):  # there is one for each entry
    """An entry that stands in feeds, as far as pages and sitemaps depend on it."""

    id: str
    published: int  # microseconds since 1970
    changed: int  # seconds since 1970: its page's Last-Modified
    stamp: str
