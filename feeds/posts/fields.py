"""Front matter asked by meaning: whichever of Jekyll's and Hugo's spellings a post uses, one question answers it."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import cached_property, lru_cache

from feeds.dates import parse_date
from feeds.diagnostics import Found
from feeds.posts.frontmatter import FrontMatter
from feeds.slugs import normal_term
from feeds.text import legal_text, one_line

_NOTHING = frozenset({"", "~", "null", "nil", "none"})
_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
_SWITCHES = _TRUE | _FALSE


class Fields:
    """The values of one post's front matter. Hugo's `params` count like keys of the post itself.

    Keys are asked in lower case with `_`: `expiryDate`, `ExpiryDate` and `expirydate` are one, so are `-` and `_`.
    """

    def __init__(self, front: FrontMatter, found: Found) -> None:
        self._front = front
        self.found = found
        params = front.values.get("params")
        self._values = {_name(key): value for key, value in params.items()} if isinstance(params, dict) else {}
        self._values |= {_name(key): value for key, value in front.values.items()}
        self._present = {name: value for name, value in self._values.items() if not is_blank(value)}
        self._asked: set[str] = {"params"}  # of the keys that are there
        self._keys = self._values.keys()

    def value(self, *names: str) -> object:
        """Return the first of these values that is not blank; None where all are."""
        if self._keys.isdisjoint(names):  # most that is asked
            return None
        self._asked.update(names)
        present = self._present
        for name in names:
            if name in present:
                return present[name]
        return None

    def written(self, *names: str) -> list[tuple[str, object]]:
        """Return each of these keys that is there at all, even with a blank value."""
        if self._keys.isdisjoint(names):
            return []
        self._asked.update(names)
        return [(name, self._values[name]) for name in names if name in self._values]

    def text(self, *names: str) -> str | None:
        """Return the first of these as text on one line."""
        value = self.value(*names)
        if isinstance(value, str):
            return self.clean(value) or None
        if value is not None:
            self.ignore(*names)
        return None

    def prose(self, *names: str) -> str | None:
        """Return the first of these as text that may have several lines."""
        value = self.value(*names)
        if isinstance(value, str):
            return legal_text(value)[0].strip() or None
        if value is not None:
            self.ignore(*names)
        return None

    def clean(self, value: str) -> str:
        """Put a value on one line; YAML's and JSON's escapes may have brought in what XML cannot carry."""
        legal, dropped = legal_text(value)
        if dropped:
            self.found.add("text-illegal-characters", detail=str(dropped))
        return one_line(legal)

    def says(self, *names: str) -> bool | None:
        """Return what a switch says; None where it is absent or says neither yes nor no."""
        value = self.value(*names)
        word = value.lower() if isinstance(value, str) else ""
        return True if word in _TRUE else False if word in _FALSE else None

    def moment(self, zone: tzinfo, *names: str) -> datetime | None:
        """Return the first of these that is a date; tell of those that are none."""
        for name, value in self.written(*names):
            if is_blank(value) or (isinstance(value, str) and value.lower() in _SWITCHES):
                continue
            try:
                return parse_date(value if isinstance(value, str) else "", zone)
            except ValueError:
                self.found.add("date-unreadable", line=self.line(name), detail=str(value))
        return None

    def ignore(self, *names: str) -> None:
        name = next((name for name in names if name in self._values), names[0])
        self.found.add("value-ignored", line=self.line(name), detail=name)

    def line(self, name: str) -> int | None:
        return self._lines.get(name)

    @cached_property
    def _lines(self) -> dict[str, int]:
        return {_name(key): line for key, line in reversed([*self._front.lines.items()])}  # the first of several counts

    def line_of(self, *names: str) -> int | None:
        """Return the line of the first of these keys that has a value; of `params` where it stands in there."""
        for name in names:
            if name in self._present:
                return self.line(name) or self.line("params")
        return None

    def lines_of_terms(self, *names: str) -> dict[str, int]:
        """Return the lines on which the terms in these lists stand, by normal term; only where each has a known one."""
        items = self._front.items
        return {normal_term(text): line for (key, text), line in items.items() if _name(key) in names} if items else {}

    def others(self) -> dict[str, object]:
        """Return, under their own spelling, the values that nobody has asked for."""
        return {
            legal_text(key)[0]: _legal(value)
            for key, value in self._front.values.items()
            if _name(key) not in self._asked
        }


def is_blank(value: object) -> bool:
    """Say whether a value is as good as absent."""
    if isinstance(value, str):
        return value.strip().lower() in _NOTHING
    return not value


def first_text(values: Iterable[object]) -> str | None:
    """Return the first text that is not blank."""
    return next((one_line(value) for value in values if isinstance(value, str) and not is_blank(value)), None)


def lowered(table: dict[str, object]) -> dict[str, object]:
    """Spell the keys of a table as Fields does."""
    return {_name(key): value for key, value in table.items()}


def _legal(value: object) -> object:
    """Drop what XML cannot carry from every text in a value; escapes may have brought it in."""
    if isinstance(value, str):
        return legal_text(value)[0]
    if isinstance(value, list):
        return [_legal(part) for part in value]
    if isinstance(value, dict):
        return {legal_text(key)[0]: _legal(part) for key, part in value.items()}
    return value


@lru_cache(maxsize=1024)  # few keys, read with every post
def _name(key: str) -> str:
    return key.lower().replace("-", "_")
