"""The lines of a manifest, held in order while a process goes on building."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator


class Lines:
    def __init__(self, lines: Iterable[tuple[str, bytes]]) -> None:
        """lines: path and line, in the order of paths."""
        self._paths: list[str] = []
        self._lines: list[bytes] = []
        for path, line in lines:
            self._paths.append(path)
            self._lines.append(line)

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._lines)

    def put(self, lines: Iterable[tuple[str, bytes]]) -> None:
        for path, line in lines:
            place = bisect_left(self._paths, path)
            if not self._has(path, place):
                self._paths.insert(place, path)
                self._lines.insert(place, line)
            self._lines[place] = line

    def drop(self, paths: Iterable[str]) -> None:
        for path in paths:
            place = bisect_left(self._paths, path)
            if self._has(path, place):
                del self._paths[place], self._lines[place]

    def _has(self, path: str, place: int) -> bool:
        return place < len(self._paths) and self._paths[place] == path
