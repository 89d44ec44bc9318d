"""What a hub has still to be told, and in which order. Pure: no clock, no index."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from feeds.model import FeedKey, Format


class Topic(NamedTuple):
    """One feed in one format: what may be subscribed to by its own address (WebSub §2)."""

    key: FeedKey
    format: Format


class Due:
    """Topics that moved; each once, however often it did."""

    def __init__(self, read: int) -> None:
        self.read = read  # number of the last event that was looked at
        self._since: dict[Topic, int] = {}  # first event of each that the hub does not know of; the oldest first
        self._fresh: dict[Topic, None] = {}  # the one that moved last, last
        self._is_turn_of_oldest = False

    @property
    def count(self) -> int:
        return len(self._since)

    @property
    def told(self) -> int:
        """Return the number of the last event up to which the hub knows everything."""
        return next(iter(self._since.values())) - 1 if self._since else self.read

    def note(self, topics: Iterable[Topic], *, number: int) -> None:
        """Note that an event moved these; numbers may not fall."""
        for topic in topics:
            self._since.setdefault(topic, number)
            self._fresh.pop(topic, None)
            self._fresh[topic] = None

    def choose(self, is_held: Callable[[Topic], bool]) -> Topic | None:
        """Return the topic to tell of next, turn about the one that moved last and the one that waits for longest.

        So a change of the settings, which moves every feed, does not keep back the news that come while it is told.
        """
        self._is_turn_of_oldest = not self._is_turn_of_oldest
        queue: Iterable[Topic] = self._since if self._is_turn_of_oldest else reversed(self._fresh)
        return next((topic for topic in queue if not is_held(topic)), None)

    def settle(self, topic: Topic) -> None:
        """Forget a topic of which the hub knows by now, or need not know."""
        del self._since[topic], self._fresh[topic]
