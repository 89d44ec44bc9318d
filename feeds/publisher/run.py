"""What one pass of the publisher did."""

from dataclasses import dataclass, field

from feeds.model import FeedKey


@dataclass(slots=True, kw_only=True)
class Run:
    seen: int = 0  # files that a sweep saw
    skipped: int = 0  # files of other kinds
    read: int = 0  # files that were opened
    changed: int = 0  # entries that came or changed
    removed: int = 0  # entries that went
    problems: int = 0  # diagnostics that reading these files gave
    moved: dict[FeedKey, None] = field(default_factory=dict)  # feeds that have new validators, in order
    waiting: set[str] = field(default_factory=set)  # paths that must rest before they are read

    @property
    def is_nothing(self) -> bool:
        return not (self.changed or self.removed or self.moved)

    def __str__(self) -> str:
        return (
            f"{self.read} files read, {self.changed} entries changed, {self.removed} removed, "
            f"{len(self.moved)} feeds moved"
        )
