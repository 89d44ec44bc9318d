"""The source and the original address of a post, as its front matter states them."""

from feeds.model import Source
from feeds.posts.fields import Fields, first_text, lowered


def origin_of(fields: Fields) -> tuple[Source | None, str | None]:
    """Return the source and the original's address as stated. A source that is an address names no publication."""
    original = fields.text("original", "canonical_url", "original_url", "canonical")
    home = fields.text("source_url")
    value = fields.value("source")
    if isinstance(value, dict):
        table = lowered(value)
        name = first_text(table.get(key) for key in ("name", "title"))
        url = first_text(table.get(key) for key in ("url", "home", "link", "uri"))
        if name:
            return Source(name=name, url=url or home, feed=first_text([table.get("feed")])), original
        fields.ignore("source")
        return None, original or url or home
    name = fields.text("source")
    if name is None or name.startswith(("http://", "https://")):
        return None, original or name or home
    return Source(name=name, url=home), original
