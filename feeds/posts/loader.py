"""One file becomes one Post, or the reason why it is none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from feeds.dates import offset_in
from feeds.diagnostics import Found
from feeds.fingerprint import digest_bytes
from feeds.model import Gone, Post, Skipped, Stated, Unchanged, Unsettled
from feeds.posts.fields import Fields, is_blank
from feeds.posts.frontmatter import FrontMatter, read_front_matter
from feeds.posts.ground import Root
from feeds.posts.media import enclosures, image
from feeds.posts.naming import Name, is_page, is_section_page, name_of
from feeds.posts.origin import origin_of
from feeds.posts.people import Authors, people
from feeds.posts.publishing import published
from feeds.posts.reading import Reading, decode, read_settled
from feeds.posts.terms import terms
from feeds.posts.yaml_block import RefusedError
from feeds.settings import ContentSettings, Settings
from feeds.text import legal_text

_CATEGORIES = ("category", "categories")
_TAGS = ("tag", "tags")
_NAMES: Mapping[Stated, tuple[str, ...]] = {
    "authors": ("author", "authors"),
    "categories": _CATEGORIES,
    "tags": _TAGS,
}
_DOCUMENT = ("<!doctype", "<html", "<?xml")


Outcome: TypeAlias = Post | Gone | Unchanged | Unsettled | Skipped


def load(
    folder: Path,
    path: str,
    *,
    root: Root,
    settings: Settings,
    now: datetime | None,
    authors: Authors,
    found: Found,
    known_digest: str = "",
) -> Outcome:
    """Read the post at `path` (POSIX, relative to the site folder).

    authors: the site's own, by key. found: gets what is odd. known_digest: of the bytes that were read last time; the
    same ones cost no more than their digest. now: by which the file must have rested; None: whoever wrote it says that
    it is done.
    Bytes of any kind give a value, never an error.
    """
    content = settings.content
    reading = read_settled(f"{folder}/{path}", path, settings=content, now=now, found=found)
    if not isinstance(reading, Reading):
        return reading
    digest = digest_bytes(reading.content)
    if digest == known_digest:
        return Unchanged(path=path)
    front = _front_matter(path, reading.content, settings=content, found=found)
    if isinstance(front, Unsettled):
        return front
    fields = Fields(front, found)
    name = name_of(path, root, key_by=content.key, zone=settings.zone)
    if why := _why_not(path, front, fields=fields, name=name, settings=content):
        return Skipped(path=path, digest=digest, why=why)
    mtime = datetime.fromtimestamp(reading.mtime_ns // 1_000_000_000, UTC)
    return _post(path, front, fields=fields, name=name, settings=settings, authors=authors, digest=digest, mtime=mtime)


def _front_matter(path: str, content: bytes, *, settings: ContentSettings, found: Found) -> FrontMatter | Unsettled:
    """Take a file apart, or say why it must wait (invariant 7)."""
    text = _text(content, found)
    if not text.strip():
        return _waits(path, "file-empty", found)
    try:
        front = read_front_matter(text, found, max_bytes=settings.max_front_matter_bytes, max_depth=settings.max_depth)
    except RefusedError as err:
        return _waits(path, err.code, found, detail=err.detail)
    return _waits(path, "file-unfinished", found) if front.state == "unfinished" else front


def _text(content: bytes, found: Found) -> str:
    text, problem = decode(content)
    if problem:
        found.add("file-not-utf8", detail=problem)
    text, dropped = legal_text(text)
    if dropped:
        found.add("text-illegal-characters", detail=str(dropped))
    return text


def _waits(path: str, code: str, found: Found, *, detail: str = "") -> Unsettled:
    found.add(code, detail=detail)
    return Unsettled(path=path, why=code)


def _why_not(path: str, front: FrontMatter, *, fields: Fields, name: Name, settings: ContentSettings) -> str | None:
    """Return why a whole file is not to be published: a diagnostic's code or `draft`; None where it is a post."""
    if is_section_page(path):
        return "page-skipped"
    if front.state == "absent" and "_posts" not in name.folders and _is_page(path, front.body):
        fields.found.add("page-skipped", detail=path.rpartition("/")[2])
        return "page-skipped"
    for key in ("layout", "type"):  # Jekyll's word and Hugo's
        if (layout := fields.text(key)) in settings.page_layouts:
            fields.found.add("layout-skipped", line=fields.line(key), detail=layout or "")
            return "layout-skipped"
    is_draft = fields.says("draft") is True or "_drafts" in name.folders
    if fields.says("published") is False or (is_draft and not settings.drafts):
        return "draft"
    return None


def _is_page(path: str, body: str) -> bool:
    return is_page(path) or (path.lower().endswith((".html", ".htm")) and body[:20].lower().startswith(_DOCUMENT))


def _post(
    path: str,
    front: FrontMatter,
    *,
    fields: Fields,
    name: Name,
    settings: Settings,
    authors: Authors,
    digest: str,
    mtime: datetime,
) -> Post:
    content, zone = settings.content, settings.zone
    origin = origin_of(fields)
    fields.value("draft", "published", "layout", "type")  # these have done their work and are no extras
    return Post(
        path=path,
        key=name.key,
        digest=digest,
        title=_title(fields),
        published=published(fields, name, settings=settings, mtime=mtime),
        offset=offset_in(date) if isinstance(date := fields.value("date"), str) else None,
        updated=fields.moment(
            zone, "updated", "lastmod", "last_modified_at", "modified", "last_modified", "updated_at"
        ),
        expires=fields.moment(zone, "expiry", "expirydate", "expiry_date", "expires", "unpublishdate"),
        categories=_with_folders(
            terms(fields, *_CATEGORIES, is_split=content.split_terms, most=content.max_terms),
            name=name,
            settings=content,
        ),
        tags=terms(fields, *_TAGS, is_split=content.split_terms, most=content.max_terms),
        authors=people(fields, authors),
        source=origin.source,
        original=origin.original,
        via=origin.via,
        license=origin.license,
        lines={**origin.lines, **_lines_of_names(fields)},
        term_lines=fields.lines_of_terms(*_CATEGORIES, *_TAGS),
        slug=fields.text("slug") or name.slug,
        permalink=fields.text("permalink", "url"),
        guid=fields.text("guid", "id"),
        collection=own.name if (own := settings.collection_of(path)) else None,
        section=name.section,
        basename=name.basename,
        lang=fields.text("lang", "language", "locale") or name.lang,
        description=_description(fields),
        image=image(fields),
        enclosures=enclosures(fields),
        excerpt_separator=_excerpt_separator(fields),
        is_excerpt_only=_is_excerpt_only(fields),
        body=front.body,
        body_line=front.body_line,
        body_format="html" if path.lower().endswith((".html", ".htm")) else "markdown",
        extra=fields.others(),
    )


def _lines_of_names(fields: Fields) -> dict[Stated, int]:
    lines: dict[Stated, int] = {}
    for name, keys in _NAMES.items():
        if line := fields.line_of(*keys):
            lines[name] = line
    return lines


def _title(fields: Fields) -> str:
    """Return the title as it stands: `No` and `Null` are titles too (quirk 17); "" where there is none."""
    for _, value in fields.written("title"):
        if isinstance(value, str):
            return fields.clean(value)
        if value:
            fields.ignore("title")
    return ""


def _with_folders(named: tuple[str, ...], *, name: Name, settings: ContentSettings) -> tuple[str, ...]:
    """Put in front the folders above a `_posts` that Jekyll's habit found: it takes them for categories."""
    if settings.roots or "_posts" not in name.folders:
        return named
    above = name.folders[: name.folders.index("_posts")]
    return tuple(dict.fromkeys((*above, *named)))


def _description(fields: Fields) -> str | None:
    """Return the author's own summary; "" where an excerpt without words says that there is to be none (Jekyll)."""
    own = fields.prose("description", "summary", "excerpt")
    has_excerpt = any(value == "" for _, value in fields.written("excerpt"))
    return "" if own is None and has_excerpt else own


def _excerpt_separator(fields: Fields) -> str | None:
    """Return the post's own separator. Jekyll's empty one means that the post has no excerpt."""
    for _, value in fields.written("excerpt_separator"):
        return value if isinstance(value, str) and not is_blank(value) else ""
    return None


def _is_excerpt_only(fields: Fields) -> bool:
    """Say whether jekyll-feed's `feed: {excerpt_only: true}` stands there."""
    own = fields.value("feed")
    return isinstance(own, dict) and str(own.get("excerpt_only")).lower() == "true"
