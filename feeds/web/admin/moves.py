"""A feed that moved, as it is told: its addresses, and what they had and have for entity tags."""

from typing import Any

from feeds.library.rendition import STATE_DIGITS, Base
from feeds.model import FORMATS, Move
from feeds.settings import Settings
from feeds.shapes import Shapes
from feeds.urls import feed_address, wire


class Moves:
    """Any number of threads may ask at once."""

    def __init__(self, settings: Settings) -> None:
        self._site = settings.site.url
        self._shapes = Shapes(settings)

    def as_object(self, move: Move) -> dict[str, Any]:
        """Tell of a feed's move: the tags are those of the plain bytes; null where there was or is no feed."""
        address = feed_address(move.key, self._shapes.of(move.key).slug)
        formats = {
            form: {
                "url": f"{self._site}{wire(address)}.{form}",
                "before": _tag(move.before, form),
                "after": _tag(move.after, form),
            }
            for form in FORMATS
        }
        return {"kind": move.key.kind, "term": move.key.term, "address": address, "formats": formats}


def _tag(state: str, form: str) -> str | None:
    return Base(state[:STATE_DIGITS], form, "").etag if state else None
