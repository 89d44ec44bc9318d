"""From where files are named, so that what is printed can be opened by whoever reads it."""

from collections.abc import Mapping
from pathlib import Path

WORKSPACE = "GITHUB_WORKSPACE"  # the checkout, in a GitHub workflow


def prefix_here(folder: Path) -> str:
    """Return the way from the current folder to a site folder: "", ending in `/`, or absolute where it leads up."""
    return way_to(folder, Path.cwd())


def way_to(folder: Path, top: Path) -> str:
    if not folder.is_relative_to(top):
        return f"{folder.as_posix()}/"
    way = folder.relative_to(top).as_posix()
    return "" if way == "." else f"{way}/"


def top_of_repository(folder: Path, environ: Mapping[str, str]) -> Path:
    """Return the folder that build servers name files from: the checkout that a site folder is in, or itself."""
    workspace = environ.get(WORKSPACE)
    if workspace and folder.is_relative_to(workspace):
        return Path(workspace)
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)
