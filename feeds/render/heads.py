"""What the heads of both XML formats begin and end with."""

import html

from feeds.model import Feed

GENERATOR = "Feedwright"

_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
_HOUR = 3600  # seconds


def stylesheet(feed: Feed) -> str:
    """Begin a document, and say where its CSS is (W3C "Associating Style Sheets with XML documents")."""
    if not feed.stylesheet:
        return _DECLARATION
    return f'{_DECLARATION}<?xml-stylesheet href="{html.escape(feed.stylesheet)}" type="text/css"?>'


def rhythm(lifetime: int) -> str:
    """Say how often to look (RSS 1.0 module Syndication)."""
    period, count = looks(lifetime)
    return f"<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>{count}</sy:updateFrequency>"


def looks(lifetime: int) -> tuple[str, int]:
    """Return how often a feed is to be looked at: so many times in an hour, or in a day. lifetime: seconds."""
    return ("hourly", _HOUR // lifetime) if _HOUR % lifetime == 0 else ("daily", 24 * _HOUR // lifetime)
