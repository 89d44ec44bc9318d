"""Finds the icon that a folder holds already, where sites keep theirs: for their generator, or for any web server."""

import struct
from dataclasses import dataclass
from pathlib import Path

from feeds.posts.conventions.hugo import infer_hugo
from feeds.posts.conventions.jekyll import has_jekylls_config

_NAMES = ("apple-touch-icon.png", "icon.png", "favicon.png", "favicon.svg", "favicon.ico")  # what suits most first
_FOLDERS = ("", "static", "images", "assets", "assets/images", "assets/img", "img")
_PUBLISHED = "static"  # by Hugo, as the root of the site
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST = 1_000_000  # bytes; whatever is larger is no icon


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundIcon:
    address: str  # below that of the site
    file: Path
    is_brought: bool  # the site's own generator publishes it

    def is_within(self, width: int, height: int) -> bool:
        """Say whether a PNG has no more points than that; of anything else that is not known, and it counts as such.

        Raises OSError where it cannot be read. Source: PNG (W3C) §11.2.1.
        """
        with self.file.open("rb") as opened:
            head = opened.read(24)
        if not head.startswith(_PNG) or len(head) < 24:
            return True
        wide, high = struct.unpack(">II", head[16:])
        return bool(wide <= width and high <= height)


def find_icon(folder: Path) -> FoundIcon | None:
    """Return the icon in a site's folder; None where it has none, or none that can be looked at."""
    for place in _FOLDERS:
        for name in _NAMES if (folder / place).is_dir() else ():
            file = folder / place / name
            if _is_icon(file):
                is_hugo = not has_jekylls_config(folder) and infer_hugo(folder) is not None
                within = "" if is_hugo and place == _PUBLISHED else place
                return FoundIcon(
                    address=f"/{within}/{name}" if within else f"/{name}",
                    file=file,
                    is_brought=has_jekylls_config(folder) or (is_hugo and place == _PUBLISHED),
                )
    return None


def _is_icon(file: Path) -> bool:
    try:
        return file.is_file() and 0 < file.stat().st_size <= _MOST
    except OSError:
        return False
