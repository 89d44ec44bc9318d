"""Lays the layers over one another and tells every mistake in any of them at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from feeds.errors import SettingsError
from feeds.settings.claims import twins
from feeds.settings.environment import environment_layers
from feeds.settings.file import FILE_NAME, SOURCES_NAME, file_layer
from feeds.settings.layers import Layer, flag_layers, merge, nest
from feeds.settings.mistakes import Mistake, mistake, wrong
from feeds.settings.whole import Settings

__all__ = ["FILE_NAME", "SOURCES_NAME", "load_settings", "what_is_wrong"]

_NOTHING: Mapping[str, object] = MappingProxyType({})


def load_settings(
    folder: Path,
    *,
    environ: Mapping[str, str] = MappingProxyType({}),
    flags: Mapping[str, object] = _NOTHING,
    inferred: Mapping[str, object] = _NOTHING,
    file: str = FILE_NAME,
) -> Settings:
    """Read the settings of the site in this folder. file: their path, relative to it or absolute.

    flags: by the setting they stand for, {"server.port": 8080}; None means not given.
    inferred: nested or dotted, as `posts.conventions.infer` returns them.
    A mistake counts even where a higher layer hides it. Raises SettingsError with all mistakes.
    """
    in_file, file_mistakes = file_layer(folder, file)
    in_sources, sources_mistakes = file_layer(folder, SOURCES_NAME)
    in_environment, environment_mistakes = environment_layers(environ)
    inferences = [Layer(where="inferred from the folder", values=nest(inferred))] if inferred else []
    layers = [*inferences, *in_file, *in_sources, *in_environment, *flag_layers(flags)]
    found = (said for layer in layers for said in _mistakes_in(layer, in_file if layer in in_sources else ()))
    mistakes = list(dict.fromkeys([*file_mistakes, *sources_mistakes, *environment_mistakes, *found]))
    if mistakes:
        raise SettingsError(mistakes)
    joined = [_joined(layer, in_file) if layer in in_sources else layer.values for layer in layers]
    return _read(reduce(merge, joined, {}))


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


def _joined(sources: Layer, in_file: Sequence[Layer]) -> Mapping[str, object]:
    """Return all [[source]] of both files; a later layer would replace them."""
    return {"source": [block for layer in (*in_file, sources) for block in _listed(layer)]}


def _listed(layer: Layer) -> Sequence[object]:
    blocks = layer.values.get("source", ())
    return blocks if isinstance(blocks, Sequence) else ()


def _strangers(layer: Layer) -> Iterator[Mistake]:
    """Find what does not belong into `sources.toml`."""
    for name in layer.values if layer.where == SOURCES_NAME else ():
        if name != "source":
            yield Mistake(
                layer.line_of((name,)), layer.where, f"{name} does not belong here", f"move it to {FILE_NAME}"
            )


def _mistakes_in(layer: Layer, below: Sequence[Layer] = ()) -> list[str]:
    """Tell what is wrong in a layer. below: the layers whose [[source]] are joined to its own."""
    found = [*_strangers(layer), *twins(layer, below=below)]
    try:
        _read(layer.values)
    except ValidationError as err:
        found.extend(mistake(layer, error) for error in err.errors())
    return [str(one) for one in sorted(found)]  # by line
