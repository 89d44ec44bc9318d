"""The addresses in a fragment: every one absolute, or gone."""

import re
from dataclasses import dataclass

from feeds.diagnostics import Found
from feeds.urls import absolute

_MAIL_OR_PHONE = re.compile(r"(?:mailto|tel):[^\s<>\"'\\]+", re.IGNORECASE)
# A candidate's address ends at white space, or at commas with white space behind them; then comes its size.
_CANDIDATE = re.compile(r"[\s,]*(\S+?)(?:,+(?=\s|\Z)|\s+([^,]*)(?:,|\Z)|\Z)")
_SIZE = re.compile(r"(?:[\d.]+[wxh](?:\s+[\d.]+h)?)?")
_LONGEST_SRCSET = 10_000  # characters
# Pixels that count readers: named as such, or known by their host.
_PIXEL = re.compile(
    r"/(?:pixel|beacon|spacer|blank|transparent|clear|1x1|tracking)(?:[-_.]?\w{0,8})?\.(?:gif|png)(?:[?#]|\Z)"
    r"|//(?:pixel|stats)\.(?:wp|wordpress|quantserve)\.com/"
    r"|//(?:\w+\.)?(?:scorecardresearch|google-analytics|doubleclick|feedsportal|statcounter)\.(?:com|net)/"
    r"|//feeds\.feedburner\.com/~|//www\.facebook\.com/tr\?",
    re.IGNORECASE,
)


def is_tracker(src: str) -> bool:
    """Say whether an image counts readers instead of showing them something."""
    return _PIXEL.search(src) is not None


def is_chart(src: str) -> bool:
    """Say whether an image is a live price chart: another picture each day, so it neither stands for nor counts."""
    return "webquoteklinepic" in src


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Resolves the references of one entry's content; says which could not be."""

    base: str  # absolute address of the entry
    found: Found

    def resource(self, reference: str) -> str | None:
        """Resolve to http or https; None where unusable, with a note."""
        if not reference.strip():
            return None
        is_template = "{{" in reference or "{%" in reference
        address = None if is_template else absolute(reference, self.base)
        if address is None:
            self.found.add("url-unusable", detail=reference.strip())
        return address

    def target(self, reference: str) -> str | None:
        """Resolve where a link leads; mailto: and tel: stay as they are."""
        cleaned = reference.strip()
        return cleaned if _MAIL_OR_PHONE.fullmatch(cleaned) else self.resource(reference)

    def candidates(self, srcset: str) -> str | None:
        """Resolve each candidate of a `srcset` (HTML §4.8.4.3.8); None where none is left."""
        if len(srcset) > _LONGEST_SRCSET:
            return None
        settled = []
        for url, size in _CANDIDATE.findall(srcset):
            address = self.resource(url) if _SIZE.fullmatch(size.strip()) else None
            if address:
                settled.append(f"{address} {size.strip()}".rstrip())
        return ", ".join(settled) or None
