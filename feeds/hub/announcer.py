"""Telling one hub of every feed that moves: at least once, never before it can be read, and no more often than needed.

How far the hub has been told stands in the index, and moves on only when the hub has taken it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from feeds.events import Event
from feeds.hub.due import Due, Topic
from feeds.hub.line import Answer
from feeds.hub.pace import Pace, pause_after
from feeds.library import Library
from feeds.model import FORMATS, FeedKey, Kind
from feeds.store import Store

log = logging.getLogger(__name__)

LOOK = 0.25  # seconds between two looks at the index, which cost microseconds while it stands still
_APART = 5.0  # seconds between two pings for one topic
_NOTED = 1.0  # seconds between two notes in the index of how far the hub has been told, while more is due
_PATIENCE = 12  # failures of one topic, the hub having taken others before each, after which it is dropped
_AT_ONCE = 1000  # events
_PASSING = frozenset({0, 408, 425, 429})  # and 5xx: the same ping may be taken later


@dataclass(slots=True)
class _Trouble:
    """A topic that the hub has failed to take."""

    taken: int  # pings that the hub had taken by the last try
    tries: int = 0
    blames: int = 0  # tries that failed although the hub had taken others since the one before


class Announcer:
    """One hub's. One thread; nothing here sleeps, and the index is not held while the hub is asked."""

    def __init__(
        self,
        hub: str,
        *,
        store: Store,
        library: Library,
        tell: Callable[[str], Answer],
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        """tell: brings an address to the hub. clock: seconds, never backwards. chance: from 0 to 1, at random."""
        self._hub = hub
        self._store = store
        self._library = library
        self._tell = tell
        self._clock = clock
        self._chance = chance
        self._due: Due | None = None  # None: it has not begun
        self._noted = -1
        self._noted_at = 0.0
        self._version: int | None = None  # of the index, when events were looked at last
        self._pace = Pace()
        self._failing: set[Topic] = set()  # those that the hub was asked to take in vain since it took one
        self._resume_at = float("-inf")
        self._held: dict[Topic, float] = {}  # until when each is left alone
        self._troubles: dict[Topic, _Trouble] = {}
        self._taken = 0  # pings
        self._refusals: set[int] = set()  # statuses that were told

    def step(self) -> float:
        """Send one ping, if one is due; return for how many seconds there is nothing to do.

        Raises FeedsError where the index cannot be used.
        """
        due = self._begin() if self._due is None else self._due
        if due is None:
            return LOOK
        due = self._look(due)
        now = self._clock()
        wait = max(self._resume_at, self._pace.free_at()) - now
        topic = due.choose(lambda one: self._held.get(one, now) > now) if wait <= 0 else None
        if topic is None:
            self.note()
            return min(wait, LOOK) if wait > 0 else LOOK
        self._announce(due, topic)
        if not due.count or self._clock() >= self._noted_at + _NOTED:
            self.note()
        return 0.0

    def note(self) -> None:
        """Write down how far the hub has been told."""
        if self._due is not None and self._due.told != self._noted:
            told = self._due.told
            with self._store.writing() as commit:
                if self._is_of_another_index(commit.fact(self._fact)):
                    self._version = None
                    return
                commit.put_fact(self._fact, str(told))
            self._noted = told
        self._noted_at = self._clock()

    # --- reading

    @property
    def _fact(self) -> str:
        return f"hub:{self._hub}"

    def _begin(self) -> Due | None:
        """Go on where the hub was told last, or from the present on; None where the feeds are not yet what they are.

        Naming a new hub moves all feeds. Nobody has subscribed there, so it is not told of that.
        """
        known = self._store.fact(self._fact)
        if known is None and not self._library.is_current():
            return None
        last = self._store.last_event()
        self._due = Due(last if known is None else min(int(known), last))
        self._noted = -1 if known is None else int(known)
        return self._due

    def _look(self, due: Due) -> Due:
        """Note the topics that have moved."""
        version = self._store.data_version()
        if version == self._version:
            return due
        known = self._store.fact(self._fact)
        if self._is_of_another_index(known):
            due = self._begin_again(known)
        last = self._store.last_event()
        while events := self._store.events_after(due.read, limit=_AT_ONCE):
            if events[0].number > due.read + 1:
                self._note_every_feed(due)
            for event in events:
                if event.kind == "feed":
                    due.note(_topics([_key_of(event)]), number=event.number)
            due.read = events[-1].number
        if due.read < last and self._library.is_current():  # the events of an earlier index have gone with it
            self._note_every_feed(due)
            due.read = last
        self._version = version
        return due

    def _note_every_feed(self, due: Due) -> None:
        log.warning("hub.behind: %s has missed events that are not kept; it is told of every feed", self._hub)
        due.note(_topics(one.key for one in self._library.listing()), number=due.read + 1)

    def _is_of_another_index(self, known: str | None) -> bool:
        """Say whether an index that says so of the hub has taken the place of the one that we wrote into."""
        return self._noted >= 0 and known != str(self._noted)

    def _begin_again(self, known: str | None) -> Due:
        """Begin where an index says that has taken the place of a damaged one, and could not save what that knew.

        One that knows nothing tells of every feed when its ingest is over.
        """
        log.warning("hub.behind: the index is made anew; %s is told of every feed", self._hub)
        self._due, self._noted = Due(int(known or 0)), -1 if known is None else int(known)
        return self._due

    # --- telling

    def _announce(self, due: Due, topic: Topic) -> None:
        address = self._library.self_url(*topic)
        if address is None:  # retired meanwhile, or the feed of a source that has another name
            due.settle(topic)
            return
        self._pace.spend(self._clock())
        answer = self._tell(address)
        if 200 <= answer.status < 300:
            self._taken += 1
            self._settle(due, topic)
        elif answer.status in _PASSING or answer.status >= 500:
            self._fail(due, topic, address, answer)
        else:
            self._refuse(answer, address)
            self._settle(due, topic)

    def _settle(self, due: Due, topic: Topic) -> None:
        now = self._clock()
        if self._failing:
            log.info("hub.back: %s answers again; %d pings are due", self._hub, due.count - 1)
        self._failing.clear()
        self._troubles.pop(topic, None)
        due.settle(topic)
        if len(self._held) > _AT_ONCE:
            self._held = {one: until for one, until in self._held.items() if until > now}
        self._held[topic] = now + _APART

    def _fail(self, due: Due, topic: Topic, address: str, answer: Answer) -> None:
        """Leave the topic alone, for longer each time, and the hub for longer the more topics it has failed on.

        So one topic that makes the hub fail does not hold up the news, and a hub that is down is seldom asked.
        """
        if not self._failing:
            why = f"answers {answer.status}" if answer.status else f"does not answer ({answer.said})"
            log.warning("hub.fails: %s %s; what is due is kept, and it is tried again", self._hub, why)
        self._failing.add(topic)
        trouble = self._troubles.setdefault(topic, _Trouble(self._taken))
        trouble.tries += 1
        trouble.blames += self._taken > trouble.taken
        trouble.taken = self._taken
        if trouble.blames >= _PATIENCE:
            log.warning("hub.dropped: %s takes others, but never %s", self._hub, address)
            self._settle(due, topic)
            return
        pause = pause_after(len(self._failing), chance=self._chance(), asked=answer.retry_after)
        self._resume_at = self._clock() + pause
        self._held[topic] = self._clock() + max(pause, pause_after(trouble.tries, chance=self._chance()))

    def _refuse(self, answer: Answer, address: str) -> None:
        if answer.status in self._refusals:
            return
        self._refusals.add(answer.status)
        remedy = (
            f"it wants to be asked at {answer.said!r}: put its new address into feeds.hubs"
            if answer.said
            else "see whether it takes pings for this site, or take it out of feeds.hubs"
        )
        log.warning("hub.refused: %s answers %d to %s; %s", self._hub, answer.status, address, remedy)


def _topics(keys: Iterable[FeedKey]) -> Iterator[Topic]:
    return (Topic(key, format_) for key in keys for format_ in FORMATS)


def _key_of(event: Event) -> FeedKey:
    return FeedKey(cast("Kind", event.what["kind"]), str(event.what["term"]))
