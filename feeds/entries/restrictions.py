"""What the register lets any feed carry of a source's items; the stricter of origin and aggregator counts."""

from collections.abc import Iterable
from html import escape
from typing import Literal, NamedTuple

from feeds.model import Enclosure, Image, Source
from feeds.sources import Sources

Allowance = Literal["full", "summary", "title", "none"]
_ORDER: tuple[Allowance, ...] = ("full", "summary", "title", "none")


class Substance(NamedTuple):
    """What of an item may be kept back. Fields are those of an Entry."""

    content_html: str
    summary: str
    image: Image | None
    enclosures: tuple[Enclosure, ...]


def allowance_of(publications: Iterable[Source | None], sources: Sources) -> Allowance:
    """Return how much of an item may be passed on, given who published it and who passed it on."""
    known = [one for publication in publications if publication and (one := sources.known(publication.name))]
    allowed: list[Allowance] = [one.content if one.republish else "none" for one in known]
    return max(allowed, key=_ORDER.index, default="full")


def restricted(substance: Substance, allowance: Allowance) -> Substance:
    """Return no more of an item than is allowed."""
    if allowance == "full":
        return substance
    if allowance == "summary":
        summary = f"<p>{escape(substance.summary, quote=False)}</p>" if substance.summary else ""
        return substance._replace(content_html=summary, enclosures=())
    return Substance(content_html="", summary="", image=None, enclosures=())
