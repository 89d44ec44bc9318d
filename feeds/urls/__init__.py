"""Addresses: absolute for the wire, readable for people, and ids that outlive both."""

from urllib.parse import quote

from feeds.model import SITE, FeedKey
from feeds.urls.absolute import PATH_SAFE, absolute
from feeds.urls.permalinks import permalink

__all__ = ["absolute", "feed_address", "permalink", "tag_uri", "wire"]


def tag_uri(authority: str, key: str) -> str:
    """Mint the id of a post or feed: a tag: URI (RFC 4151 §2.1); distinct keys give distinct ids.

    authority: "example.com,2021". key: any text; what a URI cannot carry is percent-encoded, `%` included.
    """
    return f"tag:{authority}:{quote(key, safe=PATH_SAFE + '?', errors='surrogatepass')}"


def feed_address(key: FeedKey, slug: str) -> str:
    """Return a feed's readable address without its format: `/feed`, `/category/xinjingbao`."""
    return "/feed" if key == SITE else f"/{key.kind}/{slug}"


def wire(address: str) -> str:
    """Percent-encode a readable path for the wire (RFC 3986 §3.3); `%`, `?` and `#` are characters like others."""
    return quote(address, safe=PATH_SAFE, errors="surrogatepass")
