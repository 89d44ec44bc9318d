"""What Jekyll, Hugo and editors call their files and folders: which names can be a post's at all."""

import re

_SUFFIXES = (".md", ".markdown", ".mkdown", ".mkdn", ".mkd", ".html", ".htm")  # Jekyll's `markdown_ext` and Hugo's

# Folders of a site that hold no posts, where the site folder itself is the root.
_SITE_FOLDERS = frozenset(
    {
        *("_site", "_layouts", "_includes", "_data", "_sass", "_plugins", "_cache"),  # Jekyll
        *("public", "resources", "themes", "layouts", "archetypes", "i18n", "static", "assets"),  # Hugo
        *("vendor", "venv", "__pycache__"),
    }
)
_SITE_FILES = re.compile(
    r"(?:readme|license|licence|changelog|contributing|code_of_conduct|security|404)(?:\W.*)?", re.IGNORECASE
)
_UNFINISHED = re.compile(r"\.feeds-[0-9a-f]{16}\.tmp")
_JEKYLL_AVOIDS = frozenset({"_site", "vendor", "node_modules"})


def is_post_name(name: str, *, in_site_folder: bool) -> bool:
    """Say whether a file of this name can be a post. Hidden files and those that editors leave behind cannot."""
    if name.startswith((".", "~$")) or not name.lower().endswith(_SUFFIXES):
        return False
    return not (in_site_folder and is_site_file(name))


def unfinished_name(word: str) -> str:
    """Name a file of ours that becomes a post when it is whole. word: random, in hexadecimal."""
    return f".feeds-{word}.tmp"


def is_unfinished_name(name: str) -> bool:
    return _UNFINISHED.fullmatch(name) is not None


def is_site_file(name: str) -> bool:
    """Say whether a file tells of the site or the repository and not of anything new: README, LICENSE, 404."""
    return _SITE_FILES.fullmatch(name) is not None


def is_post_folder(name: str, *, in_site_folder: bool) -> bool:
    """Say whether a folder of this name can hold posts."""
    if name.startswith(".") or name == "node_modules":
        return False
    return not (in_site_folder and name in _SITE_FOLDERS)


def is_jekyll_source(name: str) -> bool:
    """Say whether Jekyll would look for `_posts` in a folder of this name."""
    return not name.startswith(".") and name not in _JEKYLL_AVOIDS
