"""The list of feeds as it was read at one version of the index, and how it goes on from there."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feeds.library.rendition import STATE_DIGITS, TAG_SUFFIXES, Base
from feeds.model import SITE, FeedKey, Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed as lists show it."""

    key: FeedKey
    title: str
    address: str  # readable, without a format's suffix: `/category/新京报`
    count: int  # of all its entries, in the window or not
    newest: datetime | None
    state: str = ""  # that of its renditions; "" where the index is not as the settings want it
    said: str = field(init=False, repr=False, compare=False)  # all of it but its state, in one text

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", f"{self.address}\n{self.title}\n{self.count}\n{self.newest}")

    def etag(self, format_: Format) -> str:
        """Return the strong entity tag of its plain bytes, quoted."""
        return Base(self.state[:STATE_DIGITS], format_, TAG_SUFFIXES["identity"]).etag


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    version: int  # of the index
    is_current: bool  # whether every feed in the index is as the settings want it
    listed: tuple[Listed, ...]  # the site's first, then by kind and term
    places: Mapping[FeedKey, int]
    rhythms: list[timedelta | None] = field(default_factory=list)  # of each that is listed; none until somebody asks

    @classmethod
    def of(cls, listed: tuple[Listed, ...], *, version: int, is_current: bool) -> "Roll":
        places = {one.key: place for place, one in enumerate(listed)}
        return cls(version=version, is_current=is_current, listed=listed, places=places)

    def after(
        self, changed: Mapping[FeedKey, Listed | None], rhythms: Mapping[FeedKey, timedelta], *, version: int
    ) -> "Roll":
        """Return the roll in which these have changed. None: that feed has no address, and had none.

        rhythms: of all that have changed and have one. What has not changed stays the object that it was.
        """
        listed, gaps = list(self.listed), list(self.rhythms)
        fresh = []
        for key, one in changed.items():
            place = self.places.get(key)
            if one is not None and place is not None:
                listed[place] = one
                gaps[place : place + 1] = [rhythms.get(key)] if self.rhythms else []
            elif one is not None:
                fresh.append(one)
        for one in fresh:
            place = bisect_right(listed, _order(one), key=_order)
            listed.insert(place, one)
            gaps[place:place] = [rhythms.get(one.key)] if self.rhythms else []
        roll = replace(self, version=version, listed=tuple(listed), rhythms=gaps)
        return replace(roll, places=Roll.of(roll.listed, version=0, is_current=True).places) if fresh else roll


def _order(one: Listed) -> tuple[bool, bytes, bytes]:
    return one.key.kind != SITE.kind, one.key.kind.encode(), one.key.term.encode("utf-8", "surrogatepass")
