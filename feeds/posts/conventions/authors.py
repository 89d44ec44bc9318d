"""Reads who the authors are: Jekyll's `_data/authors.yml`, Hugo's `data/authors.toml` or `data/authors/*.toml`."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from feeds.posts.conventions.reading import EXTENSIONS, read_table, text_of

_PLACES = ("_data/authors", "data/authors")  # a file with all authors, or a folder with a file for each


def load_authors(folder: Path) -> Mapping[str, Mapping[str, object]]:
    """Return key → what is known of an author, `name` above all. A broken file counts as empty."""
    found: dict[str, Mapping[str, object]] = {}
    for path in _files(folder):
        table = _read(path)
        if path.stem == "authors" and path.parent.name in ("_data", "data"):
            found |= {key: author for key, value in table.items() if (author := _author(value))}
        elif author := _author(table):
            found[path.stem] = author
    return found


def _files(folder: Path) -> list[Path]:
    single = [folder / (place + extension) for place in _PLACES for extension in EXTENSIONS]
    several = [path for place in _PLACES for path in sorted((folder / place).glob("*")) if path.suffix in EXTENSIONS]
    return [path for path in single if path.is_file()] + several


def _read(path: Path) -> Mapping[str, object]:
    try:
        return read_table(path)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}


def _author(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return {str(key): part for key, part in value.items()}
    return {"name": name} if (name := text_of(value)) else {}
