"""Finds what two blocks claim and only one can have: a feed's address, a publication's name, category or host."""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from feeds.settings.layers import Layer
from feeds.settings.mistakes import Mistake
from feeds.settings.rules import feed_key, host_name
from feeds.slugs import normal_term

Key = tuple[str, ...]


class Claim(NamedTuple):
    key: str  # of the block
    text: str  # as messages repeat it
    takes: frozenset[Key]
    minds: frozenset[Key]  # taken by another block, these are a mistake


class _Block(NamedTuple):
    layer: Layer
    number: int  # from 0
    values: Mapping[str, object]


def twins(layer: Layer, *, below: Sequence[Layer] = ()) -> Iterator[Mistake]:
    """Find what blocks of this layer claim that another one has, in it or in those that are joined to it."""
    yield from _twin_feeds(layer)
    yield from _twin_sources(layer, below)


def _twin_feeds(layer: Layer) -> Iterator[Mistake]:
    first: dict[Key, int] = {}
    for _, number, values in _blocks(layer, "feed"):
        for claim in _feed_claims(values):
            name = claim[0]
            if first.setdefault(claim, number) != number:
                earlier = layer.spell(("feed", first[claim]))
                what = f"{layer.spell(('feed', number))} has the same {name} as {earlier}"
                remedy = "join the two" if name == "address" else "give one of them another slug"
                yield Mistake(layer.line_of(("feed", number, name)), layer.where, what, remedy)


def _feed_claims(block: Mapping[str, object]) -> Iterator[Key]:
    """Yield (key of the block, kind of feed, what no other block of that kind may say)."""
    address = block.get("address")
    if not isinstance(address, str):
        return
    try:
        key = feed_key(address)
    except ValueError:
        return
    yield "address", key.kind, key.term
    if isinstance(block.get("slug"), str):
        yield "slug", key.kind, str(block["slug"])


def _twin_sources(layer: Layer, below: Sequence[Layer]) -> Iterator[Mistake]:
    taken: dict[Key, tuple[_Block, str]] = {}
    for block in (block for one in (*below, layer) for block in _blocks(one, "source")):
        claims = list(_source_claims(block.values))
        for claim in claims:
            owner = next((taken[key] for key in claim.minds if key in taken), None)
            if owner and block.layer is layer:
                yield _twin(block, claim, owner)
        for claim in claims:
            for key in claim.takes:
                taken.setdefault(key, (block, claim.key))


def _twin(block: _Block, claim: Claim, owner: tuple[_Block, str]) -> Mistake:
    other, key = owner
    line = other.layer.line_of(("source", other.number, key))
    where = f"{other.layer.where} line {line}" if line else other.layer.where
    subject = f"{block.layer.spell(('source', block.number, claim.key))} {claim.text}"
    what = f"{subject} belongs to {other.layer.spell(('source', other.number))} already ({where})"
    remedy = "join the two" if claim.key == key == "name" else "leave it to one of them"
    return Mistake(block.layer.line_of(("source", block.number, claim.key)), block.layer.where, what, remedy)


def _source_claims(block: Mapping[str, object]) -> Iterator[Claim]:
    for name in _texts(block.get("name")):
        # Two names may differ in nothing but case, TechWeb and Techweb; an alias that is like another's name decides
        # nothing, because aliases are matched so.
        exact, like = ("name", normal_term(name)), _like(name)
        yield _claim("name", name, takes={exact, ("name like", like)}, minds={exact, ("alias like", like)})
    own = {_like(name) for name in _texts(block.get("name"))}
    for alias in _texts(block.get("aliases")):
        like = _like(alias)
        if like in own:
            continue
        minds: set[Key] = {("name like", like), ("alias like", like)}
        yield _claim("aliases", alias, takes={("alias like", like)}, minds=minds)
    for term in _texts(block.get("categories")):
        yield _sole_claim("categories", term, normal_term(term))
    for host in _texts(block.get("hosts")):
        yield _sole_claim("hosts", host, _host(host))


def _sole_claim(key: str, text: str, normal: str) -> Claim:
    return _claim(key, text, takes={(key, normal)}, minds={(key, normal)})


def _claim(key: str, text: str, *, takes: set[Key], minds: set[Key]) -> Claim:
    return Claim(key, json.dumps(text, ensure_ascii=False), frozenset(takes), frozenset(minds))


def _like(name: str) -> str:
    return normal_term(unicodedata.normalize("NFKC", name)).casefold()


def _host(text: str) -> str:
    try:
        return host_name(text)
    except ValueError:
        return text  # told elsewhere


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a value, whatever somebody wrote there."""
    listed = value if isinstance(value, list | tuple) else (value,)
    yield from dict.fromkeys(text for text in listed if isinstance(text, str))


def _blocks(layer: Layer, name: str) -> Iterator[_Block]:
    blocks = layer.values.get(name)
    for number, block in enumerate(blocks if isinstance(blocks, list | tuple) else ()):
        if isinstance(block, Mapping):
            yield _Block(layer, number, block)
