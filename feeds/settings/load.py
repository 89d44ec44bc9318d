"""Lays the layers over one another and tells every mistake in any of them at once."""

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from feeds.errors import SettingsError
from feeds.settings.environment import environment_layers
from feeds.settings.file import FILE_NAME, file_layer
from feeds.settings.layers import Layer, flag_layers, merge, nest
from feeds.settings.mistakes import Mistake, mistake, wrong
from feeds.settings.rules import feed_key
from feeds.settings.whole import Settings

__all__ = ["FILE_NAME", "load_settings", "what_is_wrong"]

_NOTHING: Mapping[str, object] = MappingProxyType({})


def load_settings(
    folder: Path,
    *,
    environ: Mapping[str, str] = MappingProxyType({}),
    flags: Mapping[str, object] = _NOTHING,
    inferred: Mapping[str, object] = _NOTHING,
) -> Settings:
    """Read the settings of the site in this folder.

    flags: by the setting they stand for, {"server.port": 8080}; None means not given.
    inferred: nested or dotted, as `posts.conventions.infer` returns them.
    A mistake counts even where a higher layer hides it. Raises SettingsError with all mistakes.
    """
    in_file, file_mistakes = file_layer(folder)
    in_environment, environment_mistakes = environment_layers(environ)
    inferences = [Layer(where="inferred from the folder", values=nest(inferred))] if inferred else []
    layers = [*inferences, *in_file, *in_environment, *flag_layers(flags)]
    found = (said for layer in layers for said in _mistakes_in(layer))
    mistakes = list(dict.fromkeys([*file_mistakes, *environment_mistakes, *found]))
    if mistakes:
        raise SettingsError(mistakes)
    return _read(reduce(merge, (layer.values for layer in layers), {}))


def what_is_wrong(key: str, value: object) -> str | None:
    """Say why a setting, by its dotted key, cannot have this value; None where it can."""
    try:
        _read(nest({key: value}))
    except ValidationError as err:
        return wrong(err.errors()[0])
    return None


def _read(values: Mapping[str, object]) -> Settings:
    # By way of JSON: only there does pydantic's strictness (`true` is no number, nor is "12") take lists for tuples.
    return Settings.model_validate_json(json.dumps(values, default=str), strict=True)


def _mistakes_in(layer: Layer) -> list[str]:
    found = list(_twins(layer))
    try:
        _read(layer.values)
    except ValidationError as err:
        found.extend(mistake(layer, error) for error in err.errors())
    return [str(one) for one in sorted(found)]  # by line


def _twins(layer: Layer) -> Iterator[Mistake]:
    """Find two [[feed]] for one feed, and two that claim one address."""
    blocks = layer.values.get("feed")
    first: dict[tuple[str, str, str], int] = {}
    for number, block in enumerate(blocks if isinstance(blocks, list | tuple) else ()):
        for claim in _claims(block):
            name = claim[0]
            if first.setdefault(claim, number) != number:
                earlier = layer.spell(("feed", first[claim]))
                what = f"{layer.spell(('feed', number))} has the same {name} as {earlier}"
                remedy = "join the two" if name == "address" else "give one of them another slug"
                yield Mistake(layer.line_of(("feed", number, name)), layer.where, what, remedy)


def _claims(block: object) -> Iterator[tuple[str, str, str]]:
    """Yield (key of the block, kind of feed, what no other block of that kind may say)."""
    address = block.get("address") if isinstance(block, Mapping) else None
    if not isinstance(block, Mapping) or not isinstance(address, str):
        return
    try:
        key = feed_key(address)
    except ValueError:
        return
    yield "address", key.kind, key.term
    if isinstance(block.get("slug"), str):
        yield "slug", key.kind, block["slug"]
