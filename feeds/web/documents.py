"""Whether a request comes from a browser that will show the answer, and not from a program that will read it."""

from collections.abc import Mapping
from functools import lru_cache

from feeds.web.negotiation import weight

_PAGES = ("text/html", "application/xhtml+xml")
_FEEDS = (
    "application/atom+xml",
    "application/rss+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
)


@lru_cache(maxsize=256)
def is_document(sec_fetch_dest: bytes | None, accept: bytes | None) -> bool:
    """Tell whether a feed goes out as a document to look at.

    Sec-Fetch-Dest (Fetch Metadata §2.1) decides where it is sent; readers that live in a browser send `empty`. Browsers
    leave it out on plain HTTP, and old ones altogether; then Accept decides (RFC 9110 §12.5.1): pages have to weigh 1,
    any kind of feed less. SimplePie and FreshRSS give text/html 0.7, Miniflux gives it what it gives to feeds.
    """
    if sec_fetch_dest is not None:
        return sec_fetch_dest == b"document"
    weights = _weights((accept or b"").decode("latin-1"))
    if weights is None:
        return False
    page = max(weights.get(one, 0.0) for one in _PAGES)
    return page == 1 and all(_weight_of(one, weights) < page for one in (*_FEEDS, "*/*"))


def _weights(accept: str) -> Mapping[str, float] | None:
    """Return each media range's weight; None where one is malformed, like the `*; q=.2` that Java sends, no browser."""
    weights: dict[str, float] = {}
    for element in accept.split(","):
        name, _, parameters = element.partition(";")
        media_range = name.strip().lower()
        if not media_range:
            continue  # empty elements of lists are to be ignored (§5.6.1.2)
        if "/" not in media_range:
            return None
        weights[media_range] = max(weight(parameters), weights.get(media_range, 0.0))
    return weights


def _weight_of(media_type: str, weights: Mapping[str, float]) -> float:
    """Return the weight that the most specific range gives to a type."""
    ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((weights[one] for one in ranges if one in weights), 0.0)
