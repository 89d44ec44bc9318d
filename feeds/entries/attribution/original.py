"""The origin's own name for what it published."""

from urllib.parse import parse_qsl

from feeds.urls import host_and_query

_KEYS = ("infocode", "newsid", "articleid", "news_id", "article_id")
_LONGEST = 100  # characters


def original_key(address: str | None) -> str | None:
    """Return the natural key that the query of an address carries, as in `?infoCode=NW2021122922` (quirk 33)."""
    if not address or "?" not in address:
        return None
    try:
        pairs = parse_qsl(host_and_query(address)[1])
    except ValueError:
        return None
    values = {name.lower(): value.strip() for name, value in pairs}
    found = next((values[name] for name in _KEYS if values.get(name)), None)
    return found if found and len(found) <= _LONGEST and found.isascii() and found.isprintable() else None
