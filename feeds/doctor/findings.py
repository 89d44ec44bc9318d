"""What the doctor says: one line for each thing that is wrong, with the file, entry or feed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST = 20  # lines about things of one kind; the rest is counted

WORDS = {
    # the whole
    "index-damaged": "{detail}",
    "index-version": "it is of version {detail}; the next start of this program brings it forward",
    "authority-lost": "who mints the ids is not written down; it ought to be {detail}",
    "index-unfinished": "the posts have not all been read yet, so no feed is served",
    "settings-changed": "they, or this program, are not those with which the index was made, so posts are not compared "
    "with it{detail}",
    "settings-differ": "{detail} when the index was made; so posts are not compared with it",
    "site-feed-missing": "the feed of the whole site is not there",
    # posts, by path
    "post-unknown": "is not in the index",
    "post-gone": "is in the index, but the file is gone",
    "post-changed": "has changed since it was read",
    "post-moved": "lies in another content root than the index says",
    "post-digest": "holds other bytes than the index says, though its size and time are the same",
    "post-unreadable": "could be read once, and now cannot: {detail}",
    "post-id": "the index says something else about which entry it is, or whether it is one",
    "post-standing": "claims the same id as another post, and the index lets the wrong one have it ({detail})",
    "post-differs": "the entry in the index is not what the post says",
    "post-entry-missing": "its entry is not in the index",
    # entries, by id
    "entry-unreadable": "what the index holds of it cannot be read, so what feeds hold was not compared",
    "entry-derived": "dates, weight or stamp do not fit what it holds",
    "entry-orphaned": "is published, but no post holds it",
    "entry-buried": "is there, and so is its tombstone",
    "entry-due": "{detail}",
    # feeds, by address
    "feed-unknown": "is not there, though entries belong to it",
    "feed-members": "{detail}",
    "feed-count": "its number of entries is wrong",
    "feed-names": "how its entries call it is counted wrongly",
    "feed-slug": "has another address than it ought to have",
    "feed-state": "its validators were made from something else than it holds",
    # no fault
    "meanwhile": "changed meanwhile; the process that publishes will read it",
}
SAME_SETTINGS = (
    "set the FEEDS_ variables here that the server has; if the settings were changed, restart the server, or run "
    "`feeds list`, either of which takes them on"
)
# Whatever publishes the folder comes to these by itself: they are faults only where nobody does.
BY_ITSELF = {"index-unfinished", "post-unknown", "post-gone", "post-changed", "entry-due"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    code: str
    what: str  # a path, the id of an entry, the address of a feed
    detail: str = ""

    @property
    def is_fault(self) -> bool:
        return self.code != "meanwhile"

    def __str__(self) -> str:
        return f"{self.what}: {WORDS[self.code].format(detail=self.detail)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was looked at, and what was found."""

    findings: tuple[Finding, ...]
    posts: int = 0
    entries: int = 0
    feeds: int = 0

    @property
    def faults(self) -> int:
        return sum(finding.is_fault for finding in self.findings)

    def whats(self, *codes: str) -> tuple[str, ...]:
        """Name what was found to be so."""
        return tuple(dict.fromkeys(one.what for one in self.findings if one.code in codes))

    def said(self, code: str) -> tuple[str, ...]:
        """Return the details of what was found so."""
        return tuple(one.detail for one in self.findings if one.code == code)


def as_text(health: Health) -> str:
    """Write a line for each finding, a few for each kind, and the sum."""
    return "".join(f"{line}\n" for line in (*_lines(health.findings), _sum(health)))


def _lines(findings: Iterable[Finding]) -> Iterator[str]:
    seen = Counter[str]()
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= _MOST:
            yield str(finding)
    for code, count in seen.items():
        if count > _MOST:
            yield f"… and {count - _MOST:,} more of this kind: {WORDS[code].format(detail='as above')}"


def _sum(health: Health) -> str:
    posts, entries = _quantity(health.posts, "post"), _quantity(health.entries, "entry", "entries")
    looked = f"{posts}, {entries}, {_quantity(health.feeds, 'feed')}"
    if not health.faults:
        return f"All is well: {looked}."
    return f"{_quantity(health.faults, 'fault')} in {looked}."


def _quantity(count: int, noun: str, plural: str = "") -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"
