"""What a file's place and name say of its post: its key, slug, section and day."""

import re
import unicodedata
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from feeds.dates import date_in_digits, date_in_name
from feeds.posts.ground import Root
from feeds.posts.habits import is_site_file

_INDEX = re.compile(r"index(?:\.(?P<lang>[a-z]{2,3}(?:-[a-z0-9]+)*))?", re.IGNORECASE)


class Name(NamedTuple):
    """Of `_posts/2021/2021-12-29-slug.md` below the root `_posts`."""

    key: str  # NFC; `slug`, or `2021/slug` where settings want paths
    slug: str  # `slug`
    section: str  # `2021`
    basename: str  # `2021-12-29-slug`; of a leaf bundle, its folder's name
    published: datetime | None  # midnight of the day in the name, in the site's zone
    digits: datetime | None  # midnight of the day with which an id in the name begins
    lang: str | None  # of `index.zh-cn.md` in a leaf bundle
    folders: tuple[str, ...]  # that the file lies in, from the site folder down


def name_of(path: str, root: Root, *, key_by: Literal["slug", "path"], zone: tzinfo) -> Name:
    """Read a path (POSIX, relative to the site folder) below its root."""
    section, basename, lang = _place(unicodedata.normalize("NFC", root.inside(path)))
    published, rest = date_in_name(basename, zone)
    slug = rest.lstrip("-") or basename  # `-2022….md` has lost its date: what follows is its slug (quirk 1)
    return Name(
        key=slug if key_by == "slug" or not section else f"{section}/{slug}",
        slug=slug,
        section=section,
        basename=basename,
        published=published,
        digits=date_in_digits(slug, zone) if published is None else None,
        lang=lang,
        folders=_folders(path.rpartition("/")[0]),
    )


def is_page(path: str) -> bool:
    """Say whether a file without front matter is a page by its name: README, LICENSE, `_partial.html`."""
    name = PurePosixPath(path).name
    return name.startswith(("_", ".")) or is_site_file(name)


def is_section_page(path: str) -> bool:
    """Say whether this is Hugo's `_index.md`: the page of a list, never a post."""
    return path.rpartition("/")[2].lower().startswith("_index.")


@lru_cache(maxsize=1024)  # few folders hold many posts
def _folders(folder: str) -> tuple[str, ...]:
    return PurePosixPath(folder).parts


def _place(inside: str) -> tuple[str, str, str | None]:
    """Return section, base name and language; Hugo's leaf bundle `posts/slug/index.md` goes by its folder."""
    section, _, name = inside.rpartition("/")
    stem = PurePosixPath(name).stem if name.endswith(".") or "." not in name[1:] else name.rpartition(".")[0]
    bundle = _INDEX.fullmatch(stem)
    if bundle is None or not section:
        return section, stem, None
    above, _, folder = section.rpartition("/")
    lang = bundle["lang"]
    return above, f"{folder}.{lang}" if lang else folder, lang
