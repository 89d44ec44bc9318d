"""A post's image and its enclosures, as front matter names them."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feeds.model import Enclosure
from feeds.posts.fields import Fields, first_text, is_blank, lowered

# Our own table: the machine's differs from the next machine's, and bytes must not (invariant 9).
_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "ogv": "video/ogg",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "torrent": "application/x-bittorrent",
}
_IMAGE_KEYS = ("image", "images", "featured_image", "featuredimage", "cover", "thumbnail", "og_image", "header")
_PLACES = ("path", "url", "src", "image", "og_image", "feature", "teaser", "thumbnail", "relative")


def image(fields: Fields) -> str | None:
    """Return the address of the post's image: a string, jekyll-feed's `image.path`, or the first of Hugo's `images`."""
    for _, value in fields.written(*_IMAGE_KEYS):
        if place := _place(value):
            return place
    return None


def enclosures(fields: Fields) -> tuple[Enclosure, ...]:
    """Return the media files of a post. WordPress's `url`, length and type on three lines of one string count too."""
    found: dict[Enclosure, None] = {}
    for name, value in fields.written("enclosure", "enclosures"):
        for part in value if isinstance(value, list) else [value]:
            enclosure = _enclosure(part)
            if enclosure:
                found[enclosure] = None
            elif not is_blank(part):
                fields.ignore(name)
    return tuple(found)


def media_type(url: str) -> str:
    """Guess the media type of a file from its extension."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = url
    return _TYPES.get(PurePosixPath(path).suffix.lower().lstrip("."), "application/octet-stream")


def _place(value: object) -> str | None:
    if isinstance(value, str):
        return first_text([value])
    if isinstance(value, list):
        return next((place for part in value if (place := _place(part))), None)
    if isinstance(value, dict):
        table = lowered(value)
        return first_text(table.get(key) for key in _PLACES)
    return None


def _enclosure(value: object) -> Enclosure | None:
    if isinstance(value, str):
        return _of_lines(value.split())
    if not isinstance(value, dict):
        return None
    table = lowered(value)
    url = first_text(table.get(key) for key in ("url", "href", "src", "path", "file"))
    if url is None:
        return None
    stated = first_text(table.get(key) for key in ("type", "mime", "mime_type", "media_type"))
    length = first_text(table.get(key) for key in ("length", "size", "bytes"))
    return Enclosure(url=url, type=stated or media_type(url), length=_bytes(length))


def _of_lines(words: list[str]) -> Enclosure | None:
    if not words or is_blank(words[0]):
        return None
    url, *rest = words
    stated = next((word for word in _without_numbers(rest) if "/" in word), None)
    length = next((word for word in rest if word.isdecimal()), None)
    return Enclosure(url=url, type=stated or media_type(url), length=_bytes(length))


def _without_numbers(words: list[str]) -> Iterator[str]:
    return (word for word in words if not word.isdecimal())


def _bytes(text: str | None) -> int:
    """Read a number of bytes; what is no number, or none that a feed can hold, is 0: nobody said."""
    digits = (text or "").replace("_", "").replace(",", "")
    return int(digits) if digits.isdecimal() and len(digits) < 16 else 0
