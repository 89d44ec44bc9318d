"""Feeds by the names that other programs gave them in addresses: `Local News` is `local-news` to all of them."""

import unicodedata
from collections.abc import Iterable
from threading import Lock

from feeds.model import FeedKey, Kind
from feeds.slugs import normal_term
from feeds.store import FeedRow, Reader


class Names:
    """Every spelling of every term, read once: terms never change, and the index never loses a feed."""

    def __init__(self) -> None:
        self._last = 0  # number of the newest feed that was read
        self._terms: dict[tuple[Kind, int, str], list[str]] = {}  # kind, place in `spellings`, spelling
        self._reading = Lock()

    def find(self, reader: Reader, kind: Kind, name: str) -> FeedRow | None:
        """Return the feed that a name means: a term, our slug, or another program's where only one term has it."""
        row = reader.feed(FeedKey(kind, normal_term(name))) or reader.feed_with_slug(kind, name)
        if row is not None:
            return row
        self._catch_up(reader.terms_after(self._last))
        term = self._term_spelled(kind, name)
        return None if term is None else reader.feed(FeedKey(kind, term))

    def _catch_up(self, added: Iterable[tuple[int, FeedKey]]) -> None:
        with self._reading:
            for number, key in added:
                if number > self._last:  # another thread may have been here
                    self._learn(key)
                    self._last = number

    def _learn(self, key: FeedKey) -> None:
        for place, spelling in enumerate(spellings(key.term)):
            self._terms.setdefault((key.kind, place, spelling), []).append(key.term)

    def _term_spelled(self, kind: Kind, name: str) -> str | None:
        """Return the one term of this spelling, by the closest way of spelling that knows any."""
        wanted = normal_term(name).lower()
        for place in range(len(spellings(""))):
            terms = self._terms.get((kind, place, wanted))
            if terms:
                return terms[0] if len(terms) == 1 else None
        return None


def spellings(term: str) -> tuple[str, str, str]:
    """Spell a term as others do, the closest first: all with hyphens for spaces, in lower case.

    Marks are kept (Hugo), become hyphens (Jekyll's Utils.slugify), or are dropped (WordPress, Pelican).
    """
    lower = term.lower()
    return (
        "-".join(lower.split()),
        "-".join("".join(c if _is_word(c) else " " for c in lower).split()),
        "-".join("".join(c for c in lower if _is_word(c) or c in " -").split()),
    )


def _is_word(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind == "Nd"
