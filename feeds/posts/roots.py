"""Where posts lie: as settings say, or by the habits of Jekyll and Hugo."""

import os
from collections.abc import Iterator
from pathlib import Path

from feeds.errors import FolderError
from feeds.posts.ground import Root, Sighting
from feeds.posts.habits import is_jekyll_source
from feeds.posts.sweeping import Sweep, clear_away, sight, sight_all, sweep
from feeds.settings import Settings

__all__ = ["Root", "Sighting", "Sweep", "clear_away", "find_roots", "sight", "sight_all", "sweep"]

_JEKYLL_SETTINGS = ("_config.yml", "_config.yaml", "_config.toml", "_posts")


def find_roots(folder: Path, settings: Settings) -> tuple[Root, ...]:
    """Return the content roots in the order of their rank, each a readable folder and none of them twice.

    Without `content.roots`: Jekyll's `_posts` wherever they are, else Hugo's `content`, else the folder itself.
    Raises FolderError.
    """
    _demand(folder, "the site folder", "name a folder with posts")
    stated = settings.content.roots or tuple(_habitual(folder, has_drafts=settings.content.drafts))
    paths = [_relative(folder, path) for path in stated]
    paths += [path for path in _of_collections(folder, settings) if not any(_holds(one, path) for one in paths)]
    archives = [_relative(folder, path) for path in settings.content.archives]
    real: dict[str, tuple[str, bool]] = {}
    for path in (*paths, *archives):
        key = "content.archives" if path in archives else "content.roots"
        _demand(folder / path, f"the content root {path}", f"make it, or take it out of `{key}`")
        real.setdefault(os.path.realpath(folder / path), (path, path in archives))
    ranked = sorted(real.values(), key=lambda one: one[1])
    return tuple(Root(path=path, rank=rank, is_archive=old) for rank, (path, old) in enumerate(ranked))


def _of_collections(folder: Path, settings: Settings) -> list[str]:
    return [_relative(folder, one.folder) for one in settings.collection]


def _holds(root: str, path: str) -> bool:
    return root in (".", path) or path.startswith(root + "/")


def _demand(folder: Path, what: str, remedy: str) -> None:
    try:
        with os.scandir(folder):
            return
    except OSError as err:
        raise FolderError(f"{what} cannot be read: {err.strerror} ({folder})", remedy) from err


def _relative(folder: Path, path: str) -> str:
    """Spell a root as settings name it, absolute or not, relative to the site folder."""
    absolute = folder.absolute()
    return Path(os.path.relpath(os.path.normpath(absolute / path), absolute)).as_posix()


def _habitual(folder: Path, *, has_drafts: bool) -> Iterator[str]:
    is_jekyll = any((folder / name).exists() for name in _JEKYLL_SETTINGS)
    if is_jekyll or not (folder / "content").is_dir():
        wanted = {"_posts", "_drafts"} if has_drafts else {"_posts"}
        found = sorted(_named(folder, wanted), key=lambda path: (path.endswith("_drafts"), path.count("/"), path))
        if any(path.endswith("_posts") for path in found):
            yield from found
            return
    yield "content" if (folder / "content").is_dir() else "."


def _named(folder: Path, wanted: set[str]) -> Iterator[str]:
    """Yield the folders of these names, relative. They are not searched themselves, nor is what a link leads to."""
    for place, names, _ in os.walk(folder):
        for name in wanted.intersection(names):
            yield (Path(place) / name).relative_to(folder).as_posix()
        names[:] = [name for name in names if name not in wanted and is_jekyll_source(name)]
