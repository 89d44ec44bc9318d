"""Addresses: absolute for the wire, readable for people, and ids that outlive both."""

from urllib.parse import quote

from feeds.model import SITE, FeedKey
from feeds.urls.entries import ROOT as ENTRIES
from feeds.urls.entries import entry_address, entry_id
from feeds.urls.ids import tag_uri
from feeds.urls.permalinks import permalink
from feeds.urls.references import PATH_SAFE, absolute, below, host_and_query, is_sure, on_site

__all__ = [
    "ENTRIES",
    "PAGES_SCRIPT",
    "PAGES_STYLESHEET",
    "SITE_STYLESHEET",
    "STYLESHEET",
    "absolute",
    "below",
    "drawn_icon",
    "entry_address",
    "entry_id",
    "feed_address",
    "host_and_query",
    "is_sure",
    "on_site",
    "permalink",
    "tag_uri",
    "wire",
]

PAGES_SCRIPT = "/pages.js"
PAGES_STYLESHEET = "/pages.css"
STYLESHEET = "/feed.css"  # where feeds, below the base path of their site, say that their looks are
SITE_STYLESHEET = "/site-feed.css"  # likewise, the site's own feed
RSS_WIDTH, RSS_HEIGHT = 144, 400  # of a channel's image in points, at most (RSS 2.0, "<image>")


def drawn_icon(size: int) -> str:
    """Return the address, below the site's, of the icon that we draw. size: pixels."""
    return f"/icon-{size}.png"


def feed_address(key: FeedKey, slug: str) -> str:
    """Return a feed's readable address without its format: `/feed`, `/category/xinjingbao`."""
    return "/feed" if key == SITE else f"/{key.kind}/{slug}"


def wire(address: str) -> str:
    """Percent-encode a readable path for the wire (RFC 3986 §3.3); `%`, `?` and `#` are characters like others."""
    return quote(address, safe=PATH_SAFE, errors="surrogatepass")
