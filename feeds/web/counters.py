"""Who asks for which feed: counted by User-Agent while requests are answered, taken away now and then.

No address of a client comes here. On the event loop alone, so there are no locks.
"""

from typing import NamedTuple

from feeds.model import FeedKey, Format

_MOST = 20_000  # pairs of feed and User-Agent between two takings, about 5 MB; further ones count as nobody's
_LONGEST = 300  # bytes of a User-Agent
NOBODY = b""  # who does not say, or is one too many


class FeedTraffic:
    """One feed in one format since it was taken last."""

    __slots__ = ("agents", "answered", "format", "key", "sent", "unchanged")

    def __init__(self, key: FeedKey, format_: Format) -> None:
        self.key = key
        self.format = format_
        self.clear()

    def clear(self) -> None:
        self.unchanged = 0  # answers without a body: the client has it
        self.answered = 0  # answers with the feed, or with what is new in it
        self.sent = 0  # bytes of these
        self.agents: dict[bytes, int] = {}  # answers by User-Agent, the one that came last at the end


class Asked(NamedTuple):
    """What one feed was asked in one format, over some time."""

    key: FeedKey
    format: Format
    unchanged: int
    answered: int
    sent: int
    agents: dict[bytes, int]


class Traffic:
    """All feeds of a site."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[FeedKey, Format], FeedTraffic] = {}
        self._touched: list[FeedTraffic] = []
        self._pairs = 0

    def of(self, key: FeedKey, format_: Format) -> FeedTraffic:
        """Return where a feed is counted. Any thread may ask."""
        return self._feeds.setdefault((key, format_), FeedTraffic(key, format_))

    def meet(self, feed: FeedTraffic, agent: bytes) -> None:
        """Count an answer to a User-Agent that this feed has not seen since it was taken."""
        if not feed.agents:
            self._touched.append(feed)
        agent = agent[:_LONGEST]
        if agent not in feed.agents:
            self._pairs += 1
            agent = agent if self._pairs <= _MOST else NOBODY
        feed.agents[agent] = feed.agents.get(agent, 0) + 1

    def take(self) -> tuple[Asked, ...]:
        """Return what was counted since this was asked last, and begin anew."""
        taken = tuple(
            Asked(one.key, one.format, one.unchanged, one.answered, one.sent, one.agents) for one in self._touched
        )
        for one in self._touched:
            one.clear()
        self._touched, self._pairs = [], 0
        return taken
