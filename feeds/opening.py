"""From a folder to its settings: what the operator wrote, or else what a Jekyll or Hugo folder says of itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from feeds.errors import FolderError
from feeds.posts.conventions import FoundIcon, find_icon, infer
from feeds.settings import FILE_NAME, Settings, load_settings
from feeds.urls import RSS_HEIGHT, RSS_WIDTH, drawn_icon

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    folder: Path  # absolute
    settings: Settings
    said: tuple[str, ...]  # what was inferred, one line each


def read_folder(
    folder: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, object] = _NOTHING,
    config: Path | None = None,
    state: str | None = None,
) -> Opening:
    """Read the settings of the site in a folder.

    config: file to read in place of `feeds.toml`. state: where the index is kept, unless the settings say.
    Raises FolderError where it cannot be read and SettingsError with every mistake.
    """
    folder = readable(folder)
    icon = find_icon(folder)
    kept: dict[str, object] = {"state": {"path": state}} if state else {}
    kept |= {"site": {"icon": icon.address}} if icon else {}
    if config:
        path = str(readable_file(config))
        settings = load_settings(folder, environ=environ, flags=flags, inferred=kept, file=path)
        return Opening(folder=folder, settings=_with_image(settings, icon), said=())
    if (folder / FILE_NAME).exists():
        settings = load_settings(folder, environ=environ, flags=flags, inferred=kept)
        return Opening(folder=folder, settings=_with_image(settings, icon), said=())
    inferred = infer(folder)
    settings = load_settings(folder, environ=environ, flags=flags, inferred=_laid_over(kept, inferred.values))
    return Opening(folder=folder, settings=_with_image(settings, icon), said=inferred.said)


def _with_image(settings: Settings, icon: FoundIcon | None) -> Settings:
    """Have the icon in the folder scaled where it is the site's, and more than RSS allows."""
    site = settings.site
    if icon is None or icon.address != site.icon or site.image or site.logo or _suits_rss(icon):
        return settings
    return settings.model_copy(update={"site": site.model_copy(update={"image": drawn_icon(RSS_WIDTH)})})


def _suits_rss(icon: FoundIcon) -> bool:
    try:
        return icon.is_within(RSS_WIDTH, RSS_HEIGHT)
    except OSError:  # gone meanwhile
        return True


def _laid_over(kept: Mapping[str, object], inferred: Mapping[str, object]) -> Mapping[str, object]:
    """Let the icon that was found give way to the one that a generator's configuration names."""
    site = {**_table(kept, "site"), **_table(inferred, "site")}
    return {**inferred, **kept, **({"site": site} if site else {})}


def _table(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = values.get(name)
    return table if isinstance(table, Mapping) else {}


def readable(folder: Path) -> Path:
    try:
        folder = folder.resolve(strict=True)
        os.scandir(folder).close()
    except OSError as err:
        remedy = "name the folder of your site" if isinstance(err, FileNotFoundError | NotADirectoryError) else ""
        raise FolderError(
            f"{folder}: {err.strerror}", remedy or "give the feeds process permission to read it"
        ) from err
    return folder


def readable_file(path: Path) -> Path:
    if not path.is_file():
        raise FolderError(f"{path} is not a file", "name the file with the settings of this site")
    return path.resolve()
