"""One feed in one format at one version: validators at once, bytes when somebody asks."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from feeds.library.addresses import WHOLE, Narrowing
from feeds.model import FORMATS, FeedKey, Format
from feeds.render import Coding

CODINGS: tuple[Coding, ...] = get_args(Coding)
TAG_SUFFIXES: Mapping[Coding, str] = {"identity": "", "br": "-br", "gzip": "-gz", "zstd": "-zst"}
STATE_DIGITS = 24  # of a state, in a tag
_TAG = re.compile(
    rf"([0-9a-f]{{{STATE_DIGITS}}})-({'|'.join(FORMATS)})((?:{'|'.join(filter(None, TAG_SUFFIXES.values()))})?)"
)


class Base(NamedTuple):
    """What a client says it holds: a feed in one state, format and coding, past or present."""

    state: str  # as many digits of it as tags have
    format: str
    suffix: str  # of its coding, as in TAG_SUFFIXES

    @property
    def etag(self) -> str:
        return f'"{self.state}-{self.format}{self.suffix}"'


def read_tag(opaque: str) -> Base | None:
    """Read what stands between the quotation marks of an entity tag; None where no tag of ours looks like it."""
    match = _TAG.fullmatch(opaque)
    return Base(*match.groups()) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    address: str  # readable, with suffix and query: `/category/新京报.rss?limit=10`
    key: FeedKey
    format: Format
    state: str  # names everything that the bytes depend on
    media_type: str
    last_modified: int  # seconds since 1970; ahead of the clock by the seconds of a burst, and then not to be sent
    updated: int  # seconds since 1970: the newest change among its entries, which follows from them alone
    lifetime: int  # seconds for which a copy is fresh; `<ttl>` and `sy:` say the same
    links: str  # value of the Link field (RFC 8288): self and the other formats
    narrowing: Narrowing = WHOLE
    bodies: dict[Coding, bytes] = field(default_factory=dict)  # what has been made so far
    deltas: dict[tuple[str, Coding], bytes] = field(default_factory=dict)  # by state held; empty: the whole is needed
    kept: dict[Hashable, object] = field(default_factory=dict)  # what its servers prepared from it; it goes with it

    def etag(self, coding: Coding = "identity") -> str:
        """Return the strong entity tag, quoted; each coding has its own (RFC 9110 §8.8.3.3)."""
        return Base(self.short_state, self.format, TAG_SUFFIXES[coding]).etag

    @property
    def short_state(self) -> str:
        """Return as much of the state as tags have."""
        return self.state[:STATE_DIGITS]

    def has(self, coding: Coding = "identity") -> bool:
        return coding in self.bodies

    def body(self, coding: Coding = "identity") -> bytes:
        """Return the bytes that `Library.fill` made. Raises KeyError where it was not asked to."""
        return self.bodies[coding]

    @property
    def held_bytes(self) -> int:
        return sum(map(len, self.bodies.values())) + sum(map(len, self.deltas.values()))
