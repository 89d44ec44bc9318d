"""What readers asked on a day, as values that are added up, handed on and kept. No client is in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from feeds.model import FeedKey, Format

KEPT_DAYS = 35


class Asked(NamedTuple):
    """How often something was asked for, and what that took."""

    unchanged: int = 0  # answers without a body: the client had it
    answered: int = 0  # answers with one
    sent: int = 0  # bytes of these

    @property
    def times(self) -> int:
        return self.unchanged + self.answered

    @property
    def share(self) -> float:
        """Return the part that was unchanged."""
        return self.unchanged / self.times if self.times else 0.0

    def plus(self, other: "Asked") -> "Asked":
        return Asked(*map(sum, zip(self, other, strict=True)))


class Subscription(NamedTuple):
    """One aggregator at one address of a feed."""

    key: FeedKey
    format: Format
    reader: str  # its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Some time of one day."""

    feeds: Mapping[FeedKey, Asked] = field(default_factory=dict)
    subscribers: Mapping[Subscription, int] = field(default_factory=dict)  # as each said last
    programs: Mapping[str, int] = field(default_factory=dict)  # answers by name

    @property
    def is_nothing(self) -> bool:
        return not self.feeds

    def plus(self, later: "Visits") -> "Visits":
        feeds, programs = dict(self.feeds), dict(self.programs)
        for key, asked in later.feeds.items():
            feeds[key] = feeds.get(key, Asked()).plus(asked)
        for name, times in later.programs.items():
            programs[name] = programs.get(name, 0) + times
        return Visits(feeds=feeds, subscribers={**self.subscribers, **later.subscribers}, programs=programs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All feeds on one day."""

    day: str  # 2026-11-28
    asked: Asked
    subscribers: int
    programs: int  # that have a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """What is kept of the last days."""

    days: tuple[Day, ...] = ()  # the newest first
    feeds: Mapping[FeedKey, Asked] = field(default_factory=dict)
    subscriptions: Mapping[Subscription, int] = field(default_factory=dict)  # of the last three days
    programs: Mapping[str, int] = field(default_factory=dict)
