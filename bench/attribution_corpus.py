"""Deterministic posts whose source is known, stated in all the ways in which posts state it (standard library only).

    python attribution_corpus.py OUTDIR [--posts N] [--seed 1]

The same N and seed give the same bytes on every machine. Writes
  OUTDIR/feeds.toml       the register, which knows about half of the sources
  OUTDIR/_posts/*.md      the posts
  OUTDIR/truth.jsonl      one line for each post: what a careful reader would say about it
  OUTDIR/twins.json       spellings of one source that should be found, and look-alikes that should be left alone
"""

import argparse
import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from attribution_names import OUTLETS, TWIN_SHARES, TWINS, Outlet, register, twins
from attribution_shapes import SHAPES, Shape
from attribution_text import Draft, Writer
from attribution_traps import plant


class Shares(NamedTuple):
    """Of all posts."""

    without: float = 0.10  # without any source
    misleading: float = 0.05  # with a line that looks like a source and is none


USUAL = Shares()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    path: str
    shape: str
    rule: str | None  # name of the rule that is meant to find the origin
    is_stated: bool  # whether the post itself names its origin, in front matter or text
    origin: str | None  # by its canonical name, where the register has one
    aggregator: str | None
    original: str | None  # address
    key: str | None  # the origin's own name for it
    misleading: bool


def make(size: int, seed: int, *, shares: Shares = USUAL) -> list[tuple[Truth, str]]:
    """Return each post's truth and text. The order of the random draws is the format: do not change it."""
    draw = random.Random(seed)
    shapes = _dealt(size, draw, without=round(size * shares.without))
    misleading = set(draw.sample(range(size), round(size * shares.misleading)))
    outlets = [_outlet(shape, draw) for shape in shapes]
    names = _with_twins(shapes, outlets, draw)
    writer = Writer(draw, seed)
    made = []
    for number, (shape, outlet, name) in enumerate(zip(shapes, outlets, names, strict=True)):
        draft = writer.draft(number, outlet, name)
        shape.write(draft, writer)
        if number in misleading:
            plant(draft, writer)
        made.append((_truth(draft, shape, is_misleading=number in misleading), draft.text()))
    return made


def _dealt(size: int, draw: random.Random, *, without: int) -> list[Shape]:
    """Deal the shapes: the promised share without a source, the others equally often."""
    stating = itertools.cycle(one for one in SHAPES if one.has_origin)
    nothing = next(one for one in SHAPES if not one.has_origin)
    shapes = [nothing] * without + list(itertools.islice(stating, size - without))
    draw.shuffle(shapes)
    return shapes


def _outlet(shape: Shape, draw: random.Random) -> Outlet | None:
    if not shape.has_origin:
        return None
    able = [one for one in OUTLETS if shape.suits(one)]
    return draw.choices(able, weights=[one.weight * shape.liking(one) for one in able])[0]


def _with_twins(shapes: Sequence[Shape], outlets: Sequence[Outlet | None], draw: random.Random) -> list[str]:
    """Return the name that each post gives its source: its own, a variant or alias of it, or at times its twin."""
    names = [_spelling(outlet, draw) if outlet else "" for outlet in outlets]
    for pair in TWINS:
        of_it = [number for number, name in enumerate(names) if name == pair.name]
        places = [number for number in of_it if shapes[number].takes_any_name]
        wanted = max(1, round(len(of_it) * TWIN_SHARES[pair.kind]))
        for number in draw.sample(places, min(wanted, len(places))):
            names[number] = pair.twin
    return names


def _spelling(outlet: Outlet, draw: random.Random) -> str:
    others = (*outlet.aliases, *outlet.variants)
    return draw.choice(others) if others and draw.random() < 0.15 else outlet.name


def _truth(draft: Draft, shape: Shape, *, is_misleading: bool) -> Truth:
    outlet = draft.outlet
    origin = (outlet.name if outlet.is_known else draft.name) if outlet else None
    return Truth(
        path=draft.path,
        shape=shape.name,
        rule=shape.rule,
        is_stated=shape.is_stated,
        origin=origin,
        aggregator=draft.aggregator,
        original=draft.original,
        key=draft.key,
        misleading=is_misleading,
    )


def write(folder: Path, size: int, *, seed: int = 1, shares: Shares = USUAL) -> str:
    """Write the corpus and return one line that sums it up."""
    made = make(size, seed, shares=shares)
    (folder / "_posts").mkdir(parents=True, exist_ok=True)
    for truth, text in made:
        (folder / truth.path).write_bytes(text.encode())
    lines = "".join(json.dumps(asdict(truth), ensure_ascii=False) + "\n" for truth, _ in made)
    for name, content in (("truth.jsonl", lines), ("feeds.toml", register()), ("twins.json", twins())):
        (folder / name).write_bytes(content.encode())
    count: Callable[[str], int] = lambda name: sum(bool(getattr(truth, name)) for truth, _ in made)  # noqa: E731
    known = sum(one.is_known for one in OUTLETS)
    return (
        f"posts={size} shapes={len({truth.shape for truth, _ in made})} sources={len(OUTLETS)} known={known} "
        f"origin={count('origin')} aggregator={count('aggregator')} original={count('original')} "
        f"misleading={count('misleading')}"
    )


def ask_for_corpus(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which posts to make."""
    parser.add_argument("--posts", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", type=float, default=USUAL.without, help="share of posts without a source")
    parser.add_argument("--misleading", type=float, default=USUAL.misleading, help="share of posts that mislead")


def write_as_asked(folder: Path, options: argparse.Namespace) -> str:
    shares = Shares(without=options.without, misleading=options.misleading)
    return write(folder, options.posts, seed=options.seed, shares=shares)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outdir", type=Path)
    ask_for_corpus(parser)
    options = parser.parse_args()
    print(write_as_asked(options.outdir, options))


if __name__ == "__main__":
    main()
