"""Paths that come from outside, and where they may lead: into the content roots, and nowhere else."""

import os
import time
from pathlib import Path

from feeds.posts.roots import Root, find_roots
from feeds.site import Site

_LONGEST = 1024  # bytes of a path
_LONGEST_NAME = 255  # bytes of one of its names
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # stands for what was no UTF-8
_FRESH = 60.0  # seconds for which the roots stay as they were found


class Roots:
    """The content roots, as the publisher found them last."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._found: tuple[Root, ...] = ()
        self._until = 0.0

    def now(self) -> tuple[Root, ...]:
        """Raises FolderError."""
        publisher = self._site.publisher
        if publisher and publisher.roots:
            return publisher.roots
        if time.monotonic() >= self._until:
            self._found = find_roots(self._site.folder, self._site.settings)
            self._until = time.monotonic() + _FRESH
        return self._found


def what_is_odd(path: str) -> str:
    """Say why a path can name nothing below a folder; "" where it can."""
    parts = path.split("/")
    if not path or path.startswith("/"):
        return "it is empty or absolute"
    if any(not character.isprintable() or character == _UNREADABLE for character in path):
        return "it holds characters that no path of a post has"
    if ".." in parts:
        return "it leads upwards"
    if len(path.encode()) > _LONGEST or any(len(part.encode()) > _LONGEST_NAME for part in parts):
        return "it is too long"
    return ""


def why_not(folder: Path, roots: tuple[Root, ...], path: str) -> str:
    """Say why the publisher cannot be asked to look at a path, relative to the site folder; "" where it can.

    It may name a file, there or not, a folder, or one that holds roots.
    """
    if odd := what_is_odd(path):
        return odd
    plain = os.path.normpath(path)
    if not any(_is_within(plain, root.path) or _is_within(root.path, plain) for root in roots):
        return "it is in none of the content roots"
    real = os.path.realpath(folder / plain)
    places = [os.path.realpath(folder / root.path) for root in roots]
    if not any(_is_within(real, place) or _is_within(place, real) for place in places):
        return "it leads out of the content roots"
    return ""


def _is_within(path: str, folder: str) -> bool:
    return folder in (".", path) or path.startswith(folder.rstrip("/") + "/")
