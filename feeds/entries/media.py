"""Images and enclosures, with addresses that work from anywhere and the media types that feeds ask for."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from feeds.diagnostics import Found
from feeds.entries.markup import first_image
from feeds.model import Enclosure, Image, Post
from feeds.urls import on_site

# A table of our own: the standard library's differs between versions and asks the machine (invariant 9).
_TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "heic": "image/heic",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}


def image_of(post: Post, *, content_html: str, site: str, found: Found) -> Image | None:
    """Return the image of the front matter, else the first one of the content."""
    if post.image and post.image.strip():
        url = on_site(post.image.strip(), site)
        if url:
            return Image(url=url, type=_image_type(url))
        found.add("url-unusable", detail=post.image)
    in_content = first_image(content_html)
    if not in_content:
        return None
    url, alt = in_content
    return Image(url=url, type=_image_type(url), alt=alt)


def enclosures_of(post: Post, *, site: str, found: Found) -> Iterator[Enclosure]:
    """Yield the media files whose address can be used."""
    for file in post.enclosures:
        url = on_site(file.url.strip(), site) if file.url.strip() else None
        if url:
            kind = file.type.strip() or _type(url, "application/octet-stream")
            yield Enclosure(url=url, type=kind, length=max(file.length, 0))
        else:
            found.add("url-unusable", detail=file.url)


def _image_type(url: str) -> str:
    kind = _type(url, "image/jpeg")
    return kind if kind.startswith("image/") else "image/jpeg"


def _type(url: str, default: str) -> str:
    return _TYPES.get(urlsplit(url).path.rpartition(".")[2].lower(), default)
