"""Who entries come from, how that was found out, and which say nothing of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from feeds.model import Entry, Fact, Source
from feeds.slugs import normal_term

NO_RULE = "none"  # counted beside the names of rules

SourceRole = Literal["origin", "aggregator"]
ROLES: tuple[SourceRole, ...] = ("origin", "aggregator")
# What these rules repeat of a post is a name; a pattern repeats a sentence, the others a category or a host.
_NAMING = frozenset({"front-matter", "marked-line", "marked-class", "parenthesis", "tag-suffix"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One publication in one role, as the entries know it."""

    name: str
    role: SourceRole
    count: int  # entries
    newest: datetime
    rules: Mapping[str, int] = field(default_factory=dict)  # entries that each rule found, most first
    aliases: Mapping[str, int] = field(default_factory=dict)  # entries that call it otherwise, most first


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLine:
    """One post of which nothing says where it comes from."""

    path: str
    line: int  # 1-based: where the nearest rule looked, else the top of the file, where `source` belongs
    title: str
    nearest: Fact | None


def brief(entry: Entry) -> Entry:
    """Drop the texts, which nothing here reads and which are most of an entry's size."""
    return replace(entry, content_html="", summary="")


def fact_of(entry: Entry, role: str) -> Fact | None:
    return next((fact for fact in entry.facts if fact.role == role), None)


def source_in(entry: Entry, role: SourceRole) -> Source | None:
    return entry.source if role == "origin" else entry.aggregator


def name_said(fact: Fact, suffix: str) -> str | None:
    """Return the name that a post uses; None where it was told by something else than a name.

    suffix: the ending of tags that name a source, as `content.source_suffix` has it.
    """
    if fact.rule not in _NAMING:
        return None
    said = fact.said.strip("（） ")
    if fact.rule == "tag-suffix" and suffix:
        said = said.removesuffix(suffix)
    return normal_term(said) or None


def sources_seen(entries: Iterable[Entry], *, suffix: str) -> tuple[SourceLine, ...]:
    """List the publications, those with most entries first. An entry may name two, one in each role."""
    groups: dict[tuple[str, SourceRole], list[Entry]] = {}
    for entry in entries:
        for role in ROLES:
            source = source_in(entry, role)
            if source:
                groups.setdefault((source.name, role), []).append(entry)
    lines = (_line(name, role, group, suffix) for (name, role), group in groups.items())
    return tuple(sorted(lines, key=lambda line: (-line.count, line.name, line.role)))


def _line(name: str, role: SourceRole, entries: list[Entry], suffix: str) -> SourceLine:
    facts = [fact_of(entry, role) for entry in entries]
    said = (name_said(fact, suffix) for fact in facts if fact)
    return SourceLine(
        name=name,
        role=role,
        count=len(entries),
        newest=max(entry.published for entry in entries),
        rules=_most_first(fact.rule if fact else NO_RULE for fact in facts),
        aliases=_most_first(one for one in said if one and one != name),
    )


def without_origin(entries: Iterable[Entry]) -> Iterator[UnknownLine]:
    """Yield the posts without an origin, in the order of the entries."""
    for entry in entries:
        if entry.source is None:
            line = (entry.near and entry.near.line) or 1
            yield UnknownLine(path=entry.path, line=line, title=entry.title, nearest=entry.near)


def rules_counted(entries: Iterable[Entry]) -> Mapping[str, int]:
    """Count the entries whose origin each rule found, most first, and last those without one."""
    counts = _most_first(_rule(entry) for entry in entries)
    without = counts.pop(NO_RULE, 0)
    return counts | ({NO_RULE: without} if without else {})


def _rule(entry: Entry) -> str:
    fact = fact_of(entry, "origin")
    return fact.rule if fact and entry.source else NO_RULE


def _most_first(names: Iterable[str]) -> dict[str, int]:
    counts = Counter(names)
    return {name: counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name))}
