"""The renditions that are remembered, by address, within a budget of bytes; those of feeds that moved leave at once."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from feeds.library.rendition import Rendition
from feeds.model import FeedKey

_BYTES = 64_000_000
_RENDITIONS = 50_000  # those without bytes weigh about a kilobyte


class Shelf:
    """Any number of threads may ask at once; nothing is made while the lock is held."""

    def __init__(self) -> None:
        self._renditions: OrderedDict[str, Rendition] = OrderedDict()
        self._addresses: dict[FeedKey, set[str]] = {}  # so that a move costs what it moves
        self._sizes: dict[str, int] = {}  # bytes of their bodies, as counted in `held`
        self._lock = Lock()
        self._version = -1
        self.held = 0  # bytes
        self.hits = 0
        self.misses = 0  # feeds that had to be looked up in the index

    @property
    def version(self) -> int:
        """The data version of the index up to which moved feeds have been taken off."""
        return self._version

    def __len__(self) -> int:
        return len(self._renditions)

    def get(self, address: str) -> Rendition | None:
        """Return what is remembered. It waits for nobody: each of its steps is one for all threads."""
        rendition = self._renditions.get(address)
        if rendition is None:
            return None
        self.hits += 1
        try:
            self._renditions.move_to_end(address)
        except KeyError:  # another thread has just taken it off
            return None
        return rendition

    def put(self, rendition: Rendition, *, seen: int) -> None:
        """Remember what was made from the index as it was at data version `seen`, unless that is known to be past."""
        with self._lock:
            if seen != self._version:
                return
            self._put(rendition)

    def weigh(self, rendition: Rendition) -> None:
        """Note that a rendition has more bytes than before, if it is still remembered: its feed may have moved."""
        with self._lock:
            if self._renditions.get(rendition.address) is rendition:
                self._put(rendition)

    def _put(self, rendition: Rendition) -> None:
        self._drop(rendition.address)
        self._renditions[rendition.address] = rendition
        self._addresses.setdefault(rendition.key, set()).add(rendition.address)
        self._sizes[rendition.address] = rendition.held_bytes
        self.held += rendition.held_bytes
        while len(self._renditions) > 1 and (self.held > _BYTES or len(self._renditions) > _RENDITIONS):
            self._drop(next(iter(self._renditions)))

    def forget(self, moved: Iterable[FeedKey], *, version: int) -> None:
        with self._lock:
            for address in [address for key in moved for address in self._addresses.get(key, ())]:
                self._drop(address)
            self._version = version

    def _drop(self, address: str) -> None:
        rendition = self._renditions.pop(address, None)
        if rendition is None:
            return
        self.held -= self._sizes.pop(address)
        addresses = self._addresses[rendition.key]
        addresses.discard(address)
        if not addresses:
            del self._addresses[rendition.key]
