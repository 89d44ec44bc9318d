"""The lines of a manifest, held in order while a process goes on building."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

_MOST = 512  # lines in a block


class Lines:
    """In blocks, each with the bytes that stand for it: a change writes one of them anew."""

    def __init__(self, lines: Iterable[tuple[str, bytes]]) -> None:
        """lines: path and line, in the order of paths."""
        known = list(lines)
        self._blocks = [_Block(dict(known[start : start + _MOST])) for start in range(0, len(known), _MOST)]
        self._first = [block.paths[0] for block in self._blocks]
        self._count = len(known)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        """Yield them in order, some at a time, with what stands between any two of them."""
        return (block.text() for block in self._blocks)

    def put(self, lines: Iterable[tuple[str, bytes]]) -> None:
        for path, line in lines:
            place = max(0, bisect_right(self._first, path) - 1)
            if not self._blocks:
                self._blocks.append(_Block({}))
            block = self._blocks[place]
            self._count += block.put(path, line)
            if len(block.paths) > _MOST:
                self._blocks[place : place + 1] = block.halves()
            self._first = [one.paths[0] for one in self._blocks]

    def drop(self, paths: Iterable[str]) -> None:
        for path in paths:
            place = bisect_right(self._first, path) - 1
            if place >= 0 and self._blocks[place].drop(path):
                self._count -= 1
                self._blocks = [one for one in self._blocks if one.paths]
                self._first = [one.paths[0] for one in self._blocks]


class _Block:
    def __init__(self, lines: dict[str, bytes]) -> None:
        """lines: by path, in order."""
        self.paths = list(lines)
        self._lines = lines
        self._text: bytes | None = None

    def text(self) -> bytes:
        if self._text is None:
            self._text = b",\n".join([self._lines[path] for path in self.paths])
        return self._text

    def put(self, path: str, line: bytes) -> bool:
        """Say whether the path is new."""
        is_new = path not in self._lines
        if is_new:
            self.paths.insert(bisect_left(self.paths, path), path)
        self._lines[path] = line
        self._text = None
        return is_new

    def drop(self, path: str) -> bool:
        """Say whether the path was there."""
        if self._lines.pop(path, None) is None:
            return False
        del self.paths[bisect_left(self.paths, path)]
        self._text = None
        return True

    def halves(self) -> "list[_Block]":
        middle = len(self.paths) // 2
        return [
            _Block({path: self._lines[path] for path in half}) for half in (self.paths[:middle], self.paths[middle:])
        ]
