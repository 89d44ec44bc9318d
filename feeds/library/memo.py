"""Remembering bytes within a budget."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Memo(Generic[Key]):
    """Tuples of byte strings by key; what was used longest ago goes first. Not safe for two threads at once."""

    def __init__(self, budget: int) -> None:
        """budget: bytes."""
        self._budget = budget
        self._held = 0
        self._values: OrderedDict[Key, tuple[bytes, ...]] = OrderedDict()

    def get(self, key: Key) -> tuple[bytes, ...] | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, *value: bytes) -> None:
        self._held += _size(value) - _size(self._values.pop(key, ()))
        self._values[key] = value
        while self._held > self._budget and len(self._values) > 1:
            _, oldest = self._values.popitem(last=False)
            self._held -= _size(oldest)


def _size(value: tuple[bytes, ...]) -> int:
    return sum(map(len, value))
