"""A layer is one place where values stand: the file, one environment variable, one flag."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from feeds.settings.names import Place, header, lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    where: str  # "feeds.toml", "environment FEEDS_SITE__TITLE", "flag --port"
    values: Mapping[str, object] = field(default_factory=dict)  # nested as in the file
    style: Literal["file", "environment", "flag"] = "file"  # how a key is spelled there
    lines: Mapping[Place, int] = field(default_factory=dict)  # 1-based, of the keys and tables in the file
    is_secret: bool = False  # its values are not repeated in messages

    def line_of(self, place: Place) -> int:
        """Return the line of a value, or of its table; 0 where neither is known."""
        known = (self.lines[place[:size]] for size in range(len(place), 0, -1) if place[:size] in self.lines)
        return next(known, 0)

    def suggest(self, place: Place) -> str:
        """Spell a key the way it ought to be written in this layer."""
        if self.style == "environment":
            return "FEEDS_" + "__".join(part for part in place if isinstance(part, str)).upper()
        return self.spell(place)

    def spell(self, place: Place) -> str:
        """Spell a key the way messages name it."""
        names = [part for part in place if isinstance(part, str)]
        if names and names[0] in lists() and len(place) > 1 and isinstance(place[1], int):
            return " ".join([f"{header(names[0])} {place[1] + 1}", *names[1:2]])
        return ".".join(names)


def merge(lower: Mapping[str, object], upper: Mapping[str, object]) -> dict[str, object]:
    """Lay one table over another; tables join, everything else is replaced."""
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        is_table = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(below, value) if is_table else value  # type: ignore[arg-type]  # both are tables here
    return merged


def nest(values: Mapping[str, object]) -> dict[str, object]:
    """Turn dotted keys into tables: {"site.title": "x"} → {"site": {"title": "x"}}. None means not given."""
    nested: dict[str, object] = {}
    for key, value in values.items():
        if value is not None:
            nested = merge(nested, nest_one(tuple(key.split(".")), value))
    return nested


def nest_one(names: tuple[str, ...], value: object) -> dict[str, object]:
    nested = value
    for name in reversed(names):
        nested = {name: nested}
    return nested  # type: ignore[return-value]  # there is at least one name


_FLAGS = {"site.url": "--base-url"}  # that do not have the name of their setting


def flag_layers(flags: Mapping[str, object]) -> Iterator[Layer]:
    """Read flags by the setting they stand for: {"server.port": 8080}; None means the flag was not given."""
    for key, value in flags.items():
        if value is not None:
            flag = _FLAGS.get(key) or "--" + key.rpartition(".")[2].replace("_", "-")
            yield Layer(where=f"flag {flag}", values=nest({key: value}), style="flag")
