"""The words: what flows through the house, as frozen values.

Every datetime is aware and in UTC. `None` means absent, never failed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Literal, NamedTuple, get_args

Format = Literal["atom", "rss", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

Scheme = Literal["category", "tag"]
Kind = Literal["site", "category", "tag", "source", "author", "collection"]
KINDS: tuple[Kind, ...] = get_args(Kind)

ContentMode = Literal["full", "summary", "title"]

Role = Literal["origin", "aggregator", "original"]
Confidence = Literal["stated", "derived", "guessed"]
Stated = Literal["source", "via", "original", "authors", "categories", "tags"]  # in the front matter


class FeedKey(NamedTuple):
    """Names one feed. The site's own feed has the empty term."""

    kind: Kind
    term: str  # as people write it, NFC, white space collapsed; never a slug


SITE = FeedKey("site", "")


class Move(NamedTuple):
    """A feed went from one state to another: its bytes differ, and so do its validators."""

    key: FeedKey
    before: str  # "": the feed is new
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    email: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A classification; category and tag differ only by scheme."""

    term: str
    scheme: Scheme
    label: (
        str  # what people call it: 新京报 for the category `xinjingbao`; the term itself where nothing better is known
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication: the one that published first (atom:source, RSS source, JSON `_source`), or one it came through."""

    name: str
    url: str | None = None  # its home page
    feed: str | None = None  # its own feed
    logo: str | None = None  # address of an image
    language: str | None = None
    license: str | None = None  # address or name of the terms under which its items are passed on


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """How something about an entry's origin was found out."""

    role: Role  # what was found: the origin, the aggregator, the address of the original
    rule: str  # name of the rule that found it
    confidence: Confidence
    said: str = ""  # what the post says, as it says it
    line: int | None = None  # of the file, 1-based, where known


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A media file that belongs to an entry (RSS enclosure, Atom rel=enclosure, JSON attachments)."""

    url: str
    type: str  # media type, e.g. audio/mpeg
    length: int = 0  # bytes; 0 where nobody said


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    url: str
    type: str  # media type
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One parsed content file: what the author wrote, unrendered."""

    path: str  # POSIX, relative to the site folder: `_posts/2021-12-29-NW2021.md`
    key: str  # stable natural key; becomes the last part of the entry's id
    digest: str  # of the file's bytes
    title: str  # "" where the author gave none
    published: datetime
    offset: int | None = None  # seconds east of Greenwich, where the post's own date says so; its dates are shown so
    updated: datetime | None = None  # only where the front matter states it (lastmod and its spellings)
    expires: datetime | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    source: Source | None = None  # as the front matter states it
    original: str | None = None  # address of the original, as the front matter states it
    via: Source | None = None  # the aggregator, as the front matter states it
    license: str | None = None  # address or name of the licence, as the front matter states it
    lines: Mapping[Stated, int] = field(default_factory=dict)  # of the file, where the front matter has these
    term_lines: Mapping[str, int] = field(default_factory=dict)  # likewise, of categories and tags that have their own
    slug: str = ""  # for permalinks; never for ids
    permalink: str | None = None  # the post's own `permalink` or `url`
    guid: str | None = None  # the post's own `guid` or `id`
    collection: str | None = None  # that its folder belongs to
    section: str = ""  # folder inside its root, POSIX, "" at the top
    basename: str = ""  # file name without extension
    lang: str | None = None
    description: str | None = None  # "": the author wants none
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    excerpt_separator: str | None = None  # the post's own; "": it has no excerpt
    is_excerpt_only: bool = False  # feeds may carry no more of it than its summary
    body: str = ""
    body_format: Literal["markdown", "html"] = "markdown"
    body_line: int = 1  # line of the file on which the body begins
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The file is not there any more."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Rewritten, or touched, with the bytes that it had."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Half-written, still growing or unreadable: the last good version stays, and the file is read again."""

    path: str
    why: str  # a diagnostic code


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A whole file that is not to be published: a draft, a page, `published: false`."""

    path: str
    digest: str
    why: str  # a diagnostic code, or "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One published thing: an RSS item, an Atom entry, a JSON Feed item."""

    id: str  # tag: URI (RFC 4151)
    path: str  # of the post it was composed from
    title: str
    link: str  # absolute permalink
    published: datetime
    updated: datetime  # last significant change
    offset: int | None = None  # seconds east of Greenwich in which its dates are shown; None: the site's zone
    is_updated_stated: bool = False  # the author gave `updated`, so the fingerprint does not move it
    expires: datetime | None = None
    content_html: str = ""  # sanitised, every URL absolute
    summary: str = ""  # plain text; "" where it would only repeat the title
    categories: tuple[Category, ...] = ()
    authors: tuple[Person, ...] = ()
    source: Source | None = None  # the origin: who published first
    aggregator: Source | None = None  # through whom it came to this site
    via: str | None = None  # absolute address of the original article
    original_key: str | None = None  # the origin's own name for it, as `NW202112292229869269`
    license: str | None = None  # address or name of the terms under which it is passed on
    facts: tuple[Fact, ...] = ()  # how source, aggregator and via were found; at most one for each role
    near: Fact | None = None  # where no source was found: the rule that came nearest
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    lang: str | None = None
    collection: str | None = None
    is_apart: bool = False  # its collection keeps out of the site's feed, and of those of categories and tags
    fingerprint: str = ""  # of the significant content (invariant 4)

    def is_live(self, now: datetime) -> bool:
        return self.published <= now and (self.expires is None or now < self.expires)


def feed_keys(entry: Entry) -> Iterator[tuple[FeedKey, str]]:
    """Yield each feed that this entry belongs to, with the label the entry gives that feed."""
    if not entry.is_apart:
        yield SITE, ""
        labels: dict[FeedKey, str] = {}
        for category in entry.categories:
            labels.setdefault(FeedKey(category.scheme, category.term), category.label)
        yield from labels.items()
    if entry.collection:
        yield from _collection_keys(entry.collection, entry.categories)
    if entry.source:
        yield FeedKey("source", entry.source.name), entry.source.name
    for name in dict.fromkeys(person.name for person in entry.authors):
        yield FeedKey("author", name), name


def _collection_keys(name: str, categories: Iterable[Category]) -> Iterator[tuple[FeedKey, str]]:
    """Yield the feed of a collection, and of each category in it: `changes`, `changes/news`."""
    yield FeedKey("collection", name), name[:1].upper() + name[1:]
    for term in dict.fromkeys(one.term for one in categories if one.scheme == "category"):
        yield FeedKey("collection", f"{name}/{term}"), f"{name[:1].upper()}{name[1:]} | {term}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which of a feed's entries its document holds.

    The newest `newest`, united with those published within `hours` before the newest of all (so that no clock enters),
    cut off at `max_bytes` but never below one entry.
    """

    newest: int = 50
    hours: int = 0
    max_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Selection, metadata and window contents: everything that the bytes of its renditions depend on."""

    key: FeedKey
    id: str  # tag: URI, the same in every format
    address: str  # `/category/xinjingbao`, readable; `.atom`, `.rss`, `.json` follow it
    title: str
    description: str
    home: str  # absolute address of the site
    self_urls: Mapping[Format, str]  # absolute, percent-encoded
    zone: tzinfo  # dates are written in it
    updated: datetime  # newest change among its entries
    lifetime: int  # seconds for which a copy is fresh: one of settings.LIFETIMES
    language: str
    author: str
    author_email: str | None = None
    author_url: str | None = None
    rights: str | None = None
    icon: str | None = None  # square, and small
    large_icon: str | None = None  # the same for where there is room; none: `icon` is used
    image: str | None = None  # for RSS, 144 pixels wide at most; none: logo or icon
    logo: str | None = None
    content: ContentMode = "full"
    hubs: tuple[str, ...] = ()  # addresses on the wire, where one may subscribe to it (WebSub §4)
    stylesheet: str | None = None  # path for browsers, percent-encoded; the same for every reader
    entries: tuple[Entry, ...] = ()  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the settings cut a feed, and the name of everything else in them that its bytes depend on."""

    slug: str
    window: Window
    content: ContentMode
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to write for one id. `leave` and `join` are the memberships that end and begin, with their labels."""

    id: str
    old: Entry | None = None
    new: Entry | None = None  # None: the entry is withdrawn
    was_live: bool = False  # whether `old` stood in feeds
    is_live: bool = False  # whether `new` stands in feeds now
    leave: Mapping[FeedKey, str] = field(default_factory=dict)
    join: Mapping[FeedKey, str] = field(default_factory=dict)
    touched: frozenset[FeedKey] = frozenset()

    @property
    def is_nothing(self) -> bool:
        return self.old == self.new and not self.touched
