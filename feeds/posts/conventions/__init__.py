"""What a folder says of itself when nobody wrote a `feeds.toml`: the habits and configuration of Jekyll and Hugo."""

from pathlib import Path

from feeds.posts.conventions.authors import load_authors
from feeds.posts.conventions.hugo import infer_hugo
from feeds.posts.conventions.icons import FoundIcon, find_icon
from feeds.posts.conventions.inferred import Inferred
from feeds.posts.conventions.jekyll import has_jekylls_config, infer_jekyll

__all__ = ["FoundIcon", "Inferred", "find_icon", "infer", "load_authors"]


def infer(folder: Path) -> Inferred:
    """Read the settings that a Jekyll or Hugo folder implies; nothing from any other folder.

    A broken file costs its own values only, and that is said. Whether a `feeds.toml` makes this needless is for the
    caller to decide.
    """
    first, second = (infer_jekyll, infer_hugo) if has_jekylls_config(folder) else (infer_hugo, infer_jekyll)
    return first(folder) or second(folder) or Inferred()
