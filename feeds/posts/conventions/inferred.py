"""What a folder says of itself, as a layer of settings, and how it is told."""

from dataclasses import dataclass, field

from feeds.settings import toml_literal, what_is_wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """values: nested as in `feeds.toml`; said: one line for each value that was taken or had to be left out."""

    values: dict[str, object] = field(default_factory=dict)
    said: tuple[str, ...] = ()


class Gathering:
    """Gathers values one by one; what no setting can hold is left out, and that is said, too."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, object]] = {}
        self._blocks: dict[str, list[dict[str, object]]] = {}
        self._said: list[str] = []

    def say(self, line: str) -> None:
        self._said.append(line)

    def take(self, key: str, value: object, *, source: str) -> bool:
        """Take a value for the setting `table.key`, and tell whether it could be; an empty one is no value."""
        if value in ("", (), [], {}, None):
            return False
        wrong = what_is_wrong(key, value)
        if wrong:
            self.say(f"{key}: {toml_literal(value)} from {source} is left out, for it {wrong}")
            return False
        table, _, name = key.partition(".")
        self._values.setdefault(table, {})[name] = value
        self.say(f"{key} = {toml_literal(value)} ({source})")
        return True

    def add(self, table: str, block: dict[str, object], *, source: str) -> bool:
        """Add one [[table]], and tell whether it could be."""
        wrong = what_is_wrong(table, [block])
        literal = toml_literal(block)
        self.say(
            f"[[{table}]] {literal} from {source} is left out, for it {wrong}"
            if wrong
            else f"[[{table}]] {literal} ({source})"
        )
        if not wrong:
            self._blocks.setdefault(table, []).append(block)
        return not wrong

    def whole(self) -> Inferred:
        return Inferred(values={**self._values, **self._blocks}, said=tuple(self._said))
