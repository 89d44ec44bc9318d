"""Proposes which names may be spellings of one publication. Nothing is merged by it: the settings decide."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from feeds.model import Entry
from feeds.provenance.ledger import ROLES, source_in
from feeds.provenance.likeness import is_near, likeness, names_in_common, nearby
from feeds.settings import toml_literal
from feeds.sources import Sources

_CROWD = 4  # names that are alike in one place: more than that, and the place is what tells them apart
_SHARED = 2  # originals that prove something; one may be a slip of its own

Pair = tuple[str, str]  # in the order of the alphabet


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    name: str
    count: int  # entries
    shared: int  # originals that entries of both names lead to
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Names that may be aliases of one publication."""

    name: str  # the one with most entries, or the one that the settings know
    count: int
    aliases: tuple[Alias, ...]
    known_aliases: tuple[str, ...] | None = None  # as the settings have them; None where they do not know the name


class _Twin(NamedTuple):
    canonical: str
    alias: str
    why: str
    shared: int


def suggest(entries: Iterable[Entry], sources: Sources) -> tuple[Suggestion, ...]:
    """Propose aliases among the names that the entries show, those of most entries first.

    What the settings call two publications stays two. The work grows with the number of names, not with its square.
    """
    counts, shared = _tally(entries)
    pairs = dict.fromkeys([*_neighbours(counts), *(pair for pair, times in shared.items() if times >= _SHARED)])
    twins: dict[str, _Twin] = {}
    for pair in pairs:
        twin = None if all(map(sources.known, pair)) else _twin(pair, counts, shared[pair], sources)
        if twin and (twin.alias not in twins or counts[twin.canonical] > counts[twins[twin.alias].canonical]):
            twins[twin.alias] = twin
    return _grouped(twins, counts, sources)


def as_toml(suggestions: Iterable[Suggestion]) -> str:
    """Write proposals to be pasted into `sources.toml`; what goes into a [[source]] that is there is a comment."""
    blocks = ["\n".join(_block(one)) for one in suggestions]
    return "\n\n".join(blocks or ["# No two names look like one."]) + "\n"


def _block(suggestion: Suggestion) -> Iterator[str]:
    known = suggestion.known_aliases
    mark = "" if known is None else "# "
    if known is None:
        yield "[[source]]"
        yield f"name = {toml_literal(suggestion.name)}  # {_items(suggestion.count)}"
    else:
        yield f"# Into the [[source]] of {toml_literal(suggestion.name)}, which is there already:"
    yield f"{mark}aliases = ["
    yield from (f"{mark}    {toml_literal(alias)}," for alias in known or ())
    for alias in suggestion.aliases:
        yield f"{mark}    {toml_literal(alias.name)},  # {_items(alias.count)}; {alias.why}{_sharing(alias.shared)}"
    yield f"{mark}]"


def _items(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'}"


def _sharing(count: int) -> str:
    return f"; {count:,} original{'' if count == 1 else 's'} in common" if count else ""


def _tally(entries: Iterable[Entry]) -> tuple[Counter[str], Counter[Pair]]:
    """Count the entries of each name, and the originals that two names have in common."""
    counts: Counter[str] = Counter()
    names: dict[str, set[str]] = {}  # by address of the original
    for entry in entries:
        for source in filter(None, (source_in(entry, role) for role in ROLES)):
            counts[source.name] += 1
            if entry.via and source is entry.source:
                names.setdefault(entry.via, set()).add(source.name)
    shared: Counter[Pair] = Counter()
    for those in names.values():
        if len(those) <= _CROWD:
            shared.update(combinations(sorted(those), 2))
    return counts, shared


def _neighbours(names: Iterable[str]) -> Iterator[Pair]:
    """Pair the names that are alike, or one edit apart; an edit that makes many names of one says nothing."""
    equal: dict[str, set[str]] = {}
    near: dict[str, set[str]] = {}
    for name in names:
        for key in names_in_common(name):
            equal.setdefault(key, set()).add(name)
        for key in nearby(name):
            near.setdefault(key, set()).add(name)
    crowds = (*equal.values(), *(bucket for bucket in near.values() if len(bucket) <= _CROWD))
    for bucket in crowds:
        yield from combinations(sorted(bucket), 2)


def _twin(pair: Pair, counts: Mapping[str, int], shared: int, sources: Sources) -> _Twin | None:
    """Decide on two names: by their letters and their numbers, or by their letters and what they share."""
    alias, canonical = sorted(pair, key=lambda name: (sources.known(name) is not None, counts[name], -len(name)))
    rarer, commoner = sorted((counts[alias], counts[canonical]))
    is_proven = shared >= _SHARED and 2 * shared >= rarer
    like = likeness(alias, canonical)
    if like and (is_proven or commoner >= like.rarity * rarer):
        return _Twin(canonical, alias, like.why, shared)
    if is_proven and is_near(alias, canonical):
        return _Twin(canonical, alias, "the names are near", shared)
    return None


def _grouped(twins: Mapping[str, _Twin], counts: Mapping[str, int], sources: Sources) -> tuple[Suggestion, ...]:
    groups: dict[str, list[Alias]] = {}
    for alias, twin in twins.items():
        canonical = twin.canonical
        while canonical in twins:  # ends: each step leads to a name that is known, or commoner, or shorter
            canonical = twins[canonical].canonical
        groups.setdefault(canonical, []).append(
            Alias(name=alias, count=counts[alias], shared=twin.shared, why=twin.why)
        )
    found = (_suggestion(name, aliases, counts[name], sources) for name, aliases in groups.items())
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))


def _suggestion(name: str, aliases: list[Alias], count: int, sources: Sources) -> Suggestion:
    known = sources.known(name)
    return Suggestion(
        name=name,
        count=count,
        aliases=tuple(sorted(aliases, key=lambda alias: (-alias.count, alias.name))),
        known_aliases=known.aliases if known else None,
    )
