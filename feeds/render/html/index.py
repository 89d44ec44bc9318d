"""The page at the site's root, with every feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.model import Kind
from feeds.render.html.frame import Frame
from feeds.render.html.templates import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed as the page shows it."""

    title: str
    address: str  # readable, without a format's suffix: `/category/新京报`; the browser encodes it
    count: int  # of its entries
    newest: datetime | None  # aware; None where it has no entries


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGroup:
    """The feeds of one kind, in the order in which they are shown."""

    feeds: tuple[FeedLine, ...]
    kind: Kind


def index_page(*, templates: Templates, frame: Frame, groups: Sequence[FeedGroup], site_feed: FeedLine) -> bytes:
    """Write the page; groups without feeds are left out."""
    shown = [group for group in groups if group.feeds]
    return templates.render("index.html", frame, groups=shown, site_feed=site_feed)
