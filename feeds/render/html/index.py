"""The page at the site's root: what it publishes, its newest entries, and its feeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Entry, Kind
from feeds.render.html.feed import item_of
from feeds.render.html.frame import Frame
from feeds.render.html.templates import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed as the page shows it."""

    kind: Kind
    title: str
    address: str  # readable, without a format's suffix: `/category/新京报`; the browser encodes it
    count: int  # of its entries
    newest: datetime | None  # aware; None where it has no entries
    rhythm: timedelta | None = None  # typical time between two entries, where it has enough to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    kind: Kind
    count: int  # of its feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where one is in a list that is shown page by page."""

    page: int  # 1-based
    pages: int
    turn: Callable[[int], str]  # page → its address below the site's, on the wire

    @property
    def before(self) -> str | None:
        return self.turn(self.page - 1) if self.page > 1 else None

    @property
    def after(self) -> str | None:
        return self.turn(self.page + 1) if self.page < self.pages else None

    @property
    def near(self) -> Sequence[int]:
        """Name the pages that are offered: the first, the last, and those around this one; 0 stands for a gap."""
        shown = sorted({1, self.pages, *range(max(1, self.page - 1), min(self.pages, self.page + 1) + 1)})
        row = []
        for earlier, page in zip([0, *shown], shown, strict=False):
            row += [page] if page - earlier == 1 else [0, page]
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """A part of the list, and what it was asked for."""

    lines: Sequence[FeedLine]
    count: int  # of all that were found
    pager: Pager
    text: str = ""
    kind: str = ""
    order: str = "newest"
    is_served: bool = True  # a server will answer searches
    has_pages: bool = True  # feeds have pages of their own to lead to


def index_page(
    *,
    templates: Templates,
    frame: Frame,
    feeds: FeedList,
    kinds: Sequence[KindLine] = (),
    newest: Sequence[Entry] = (),
    site_feed: FeedLine | None = None,
    language: str | None = None,
) -> bytes:
    """Write the page.

    newest: entries of the whole site. language: in which it speaks; the site's where it is None.
    """
    return templates.render(
        "index.html",
        frame,
        language=language,
        feeds=feeds,
        kinds=kinds,
        newest=[item_of(entry, frame.zone) for entry in newest],
        site_feed=site_feed or FeedLine(kind="site", title=frame.title, address="/feed", count=0, newest=None),
    )
