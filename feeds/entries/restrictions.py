"""What the register lets any feed carry of a source's items; the stricter of origin and aggregator counts."""

from collections.abc import Iterable
from dataclasses import replace
from html import escape
from typing import Literal

from feeds.model import Entry, Source
from feeds.sources import Sources

Allowance = Literal["full", "summary", "title", "none"]
_ORDER: tuple[Allowance, ...] = ("full", "summary", "title", "none")


def allowance_of(publications: Iterable[Source | None], sources: Sources) -> Allowance:
    """Return how much of an item may be passed on, given who published it and who passed it on."""
    known = [one for publication in publications if publication and (one := sources.known(publication.name))]
    allowed: list[Allowance] = [one.content if one.republish else "none" for one in known]
    return max(allowed, key=_ORDER.index, default="full")


def restricted(entry: Entry, allowance: Allowance) -> Entry:
    """Return the entry with no more in it than is allowed."""
    if allowance == "full":
        return entry
    if allowance == "summary":
        summary = f"<p>{escape(entry.summary, quote=False)}</p>" if entry.summary else ""
        return replace(entry, content_html=summary, enclosures=())
    return replace(entry, content_html="", summary="", image=None, enclosures=())
