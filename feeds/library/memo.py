"""Remembering bytes within a budget."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Memo(Generic[Key]):
    """Byte strings by key; what was used longest ago goes first. Not safe for two threads at once."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held = 0
        self._values: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, key: Key) -> bytes | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, value: bytes) -> None:
        self._held += len(value) - len(self._values.pop(key, b""))
        self._values[key] = value
        while self._held > self._budget and len(self._values) > 1:
            _, oldest = self._values.popitem(last=False)
            self._held -= len(oldest)
