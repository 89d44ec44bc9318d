"""Pages that a site has for its categories and tags: no posts, but what they are called may be wrong (quirk 24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds.diagnostics import Found
from feeds.model import Scheme
from feeds.posts.fields import Fields
from feeds.posts.frontmatter import read_front_matter
from feeds.posts.reading import decode
from feeds.posts.yaml_block import RefusedError
from feeds.settings import ContentSettings
from feeds.slugs import normal_term
from feeds.text import legal_text

# As Jekyll's generators write them, and Hugo's branch bundles.
_PLACES: Mapping[str, Scheme] = {
    "category/*": "category",
    "categories/*": "category",
    "tag/*": "tag",
    "tags/*": "tag",
    "content/categories/*/_index.*": "category",
    "content/tags/*/_index.*": "tag",
}
_SUFFIXES = frozenset({".html", ".htm", ".md", ".markdown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage:
    path: str  # POSIX, relative to the site folder
    scheme: Scheme
    term: str
    title: str
    line: int | None  # of the title


def term_pages(folder: Path, settings: ContentSettings) -> tuple[TermPage, ...]:
    """Return the pages that say which term they are for and how it is called; what cannot be read says nothing."""
    found = (
        _page(folder, file, scheme, settings)
        for place, scheme in _PLACES.items()
        for file in sorted(folder.glob(place))
        if file.suffix in _SUFFIXES and file.is_file()
    )
    return tuple(page for page in found if page)


def _page(folder: Path, file: Path, scheme: Scheme, settings: ContentSettings) -> TermPage | None:
    path, found = file.relative_to(folder).as_posix(), Found("")
    try:
        if file.stat().st_size > settings.max_front_matter_bytes:
            return None
        text, _ = legal_text(decode(file.read_bytes())[0])
        limits = {"max_bytes": settings.max_front_matter_bytes, "max_depth": settings.max_depth}
        fields = Fields(read_front_matter(text, found, **limits), found)
    except (OSError, RefusedError):
        return None
    title = fields.text("title")
    name = fields.text(scheme) or (file.parent.name if file.stem == "_index" else file.stem)
    line = fields.line("title")
    return TermPage(path=path, scheme=scheme, term=normal_term(name), title=title, line=line) if title else None
