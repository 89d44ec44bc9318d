"""The rules in their order, and what becomes of what they find: one name for each role, and how it was found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from feeds.diagnostics import Found
from feeds.entries.attribution.clues import Clue, Evidence, Rule
from feeds.entries.attribution.derived import category, host, tag_suffix
from feeds.entries.attribution.parenthesis import known_parenthesis, other_parenthesis, outlet_parenthesis
from feeds.entries.attribution.places import line_of, line_of_clue
from feeds.entries.attribution.stated import front_matter, marked_class, marked_line, pattern
from feeds.model import Fact, Role, Source
from feeds.sources import Sources, fold, fold_suffix

RULES: tuple[Rule, ...] = (
    front_matter,
    marked_line,
    marked_class,
    pattern,
    known_parenthesis,
    outlet_parenthesis,
    tag_suffix,
    category,
    host,
    other_parenthesis,
)
# What a post says of its source whatever the register makes of it; a parenthesis is content and counts as such.
_SAYING = frozenset({"front-matter", "marked-line", "marked-class", "tag-suffix"})


@dataclass(slots=True, kw_only=True)
class Attribution:
    """Who published first, through whom it came, and the clues that say so."""

    origin: Source | None = None
    aggregator: Source | None = None
    original: str | None = None  # absolute address
    facts: dict[Role, Fact] = field(default_factory=dict)
    near: Fact | None = None
    lines: tuple[Clue, ...] = ()  # the clues whose lines name a source
    is_named_in_body: bool = False
    said: tuple[str, ...] = ()  # folded names as the post says them


def attribute(evidence: Evidence, found: Found) -> Attribution:
    """Ask every rule; the higher one wins its role. A second, different origin is told of and not used."""
    clues: list[Clue] = []
    for rule in RULES:
        found_now = list(rule(evidence))
        clues += found_now
        if found_now and not evidence.original:  # the words that name a source may give the address
            evidence.original = next((clue.original for clue in found_now if clue.original), None)
    result = Attribution(
        original=evidence.original,
        lines=tuple(clue for clue in clues if clue.line),
        said=tuple(sorted({fold_suffix(clue.name) for clue in clues if clue.name and clue.rule in _SAYING})),
    )
    if evidence.original:
        result.facts["original"] = _fact_of_original(evidence, clues)
    origins = _fill(result, [clue for clue in clues if clue.name], evidence)
    _tell_of_disagreement(origins, evidence, found)
    if result.origin is None:
        near = next((clue for clue in clues if not clue.name and clue.said), None)
        result.near = _fact(near, "origin", evidence) if near else None
    return result


def _fact_of_original(evidence: Evidence, clues: Iterable[Clue]) -> Fact:
    address = evidence.original or ""
    if address == evidence.standing:
        line = line_of(address, evidence.post)
        return Fact(role="original", rule="stand-alone-link", confidence="stated", said=address, line=line)
    clue = next((clue for clue in clues if clue.original == address), None)
    rule = clue.rule if clue else "front-matter"
    line = line_of_clue(clue, evidence.post) if clue else evidence.post.lines.get("original")
    return Fact(role="original", rule=rule, confidence="stated", said=address, line=line)


def _fill(result: Attribution, clues: Iterable[Clue], evidence: Evidence) -> list[Clue]:
    """Give each role its first clue; return all clues to an origin."""
    later: list[Clue] = []
    origins: list[Clue] = []
    for clue in clues:
        known = evidence.sources.known(clue.name)
        if (known and known.role == "aggregator") or (clue.is_via and clue.where == "front"):
            _set_aggregator(result, clue, evidence)
        elif clue.is_via:
            later.append(clue)
        else:
            origins.append(clue)
    _settle_via(result, later, origins, evidence)
    origins = [clue for clue in origins if not _is(result.aggregator, clue, evidence.sources)]
    if origins:
        result.origin = _source(origins[0], evidence.sources)
        result.facts["origin"] = _fact(origins[0], "origin", evidence)
        first = origins[0].name
        named = [clue for clue in origins if clue.name == first or _is(result.origin, clue, evidence.sources)]
        result.is_named_in_body = any(clue.is_named_in_body for clue in named)
    return origins


def _settle_via(result: Attribution, later: list[Clue], origins: list[Clue], evidence: Evidence) -> None:
    """`via X` in the body names whoever published first, unless something else states another one."""
    for clue in later:
        if any(one.confidence == "stated" and not _is_same(one, clue, evidence.sources) for one in origins):
            _set_aggregator(result, clue, evidence)
        else:
            at = next((i for i, one in enumerate(origins) if one.confidence != "stated"), len(origins))
            origins.insert(at, clue)


def _set_aggregator(result: Attribution, clue: Clue, evidence: Evidence) -> None:
    if result.aggregator is None:
        result.aggregator = _source(clue, evidence.sources)
        result.facts["aggregator"] = _fact(clue, "aggregator", evidence)


def _source(clue: Clue, sources: Sources) -> Source:
    """Return what the register knows, with what the post itself states on top.

    The language stays behind: it shows in the source's own feed and in no entry, whose stamp it must not move.
    """
    known = sources.source(clue.name)
    return Source(
        name=known.name,
        url=clue.url or known.url,
        feed=clue.feed or known.feed,
        logo=known.logo,
        license=known.license,
    )


def _fact(clue: Clue, role: Role, evidence: Evidence) -> Fact:
    line = line_of_clue(clue, evidence.post, original=evidence.original)
    return Fact(role=role, rule=clue.rule, confidence=clue.confidence, said=clue.said, line=line)


def _tell_of_disagreement(origins: list[Clue], evidence: Evidence, found: Found) -> None:
    sure = [clue for clue in origins if clue.confidence != "guessed"]
    other = next((clue for clue in sure if not _is_same(origins[0], clue, evidence.sources)), None)
    if other is None or origins[0].confidence == "guessed":
        return
    said = (origins[0], other)
    lines = [line_of_clue(clue, evidence.post, original=evidence.original) for clue in said]
    places = (f"{clue.rule}, line {line}" if line else clue.rule for clue, line in zip(said, lines, strict=True))
    detail = ", ".join(f"{clue.name} ({place})" for clue, place in zip(said, places, strict=True))
    found.add("source-disagrees", line=next(filter(None, lines), None), detail=detail)


def _is(source: Source | None, clue: Clue, sources: Sources) -> bool:
    return source is not None and fold_suffix(sources.canonical(clue.name)) == fold_suffix(source.name)


def _is_same(one: Clue, other: Clue, sources: Sources) -> bool:
    """Say whether two names mean one publication: 上海证券报·中国证券网 and 上海证券报 do."""
    if one.name == other.name:
        return True
    return not _parts(sources.canonical(one.name)).isdisjoint(_parts(sources.canonical(other.name)))


@lru_cache(maxsize=4096)
def _parts(name: str) -> frozenset[str]:
    """Return what a name may be shortened to, folded."""
    return frozenset((fold_suffix(name), *map(fold, name.replace("・", "·").split("·"))))
