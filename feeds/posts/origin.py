"""Where a post comes from, as its front matter states it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.model import Source, Stated
from feeds.posts.fields import Fields, first_text, lowered

# Keys reach here in lower case with `_`, so `canonicalURL` of Hugo's themes is `canonicalurl`.
_ORIGINAL = (
    "original",
    "original_url",
    "originalurl",
    "original_link",
    "original_source",
    "canonical_url",
    "canonicalurl",
    "canonical",
    "external_url",
    "externalurl",
    "syndicated_from",
)
_HOME = ("source_url", "sourceurl", "source_link", "sourcelink")
_SOURCE = ("source", "source_name", "sourcename", "publication")
_VIA = ("via",)
_LICENSE = ("license", "licence", "license_url", "licenseurl")
_ALL = (*_ORIGINAL, *_HOME, *_SOURCE, *_VIA, *_LICENSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    source: Source | None = None
    via: Source | None = None  # the aggregator
    original: str | None = None  # address of the original
    license: str | None = None  # address or name
    lines: Mapping[Stated, int] = field(default_factory=dict, compare=False)  # of the keys that state it


_NOWHERE = Origin()


def origin_of(fields: Fields) -> Origin:
    """Return what is stated. A source or a `via` that is an address names no publication but leads to the original."""
    if fields.value(*_ALL) is None:  # most posts
        return _NOWHERE
    original = _address(fields, *_ORIGINAL)
    home = fields.text(*_HOME)
    source, of_source = _publication(fields, *_SOURCE)
    via, of_via = _publication(fields, *_VIA)
    if source and not source.url:
        source = Source(name=source.name, url=home, feed=source.feed)
    found: dict[tuple[str, ...], str | None] = {
        _ORIGINAL: original,
        _SOURCE: None if source else of_source,
        _VIA: None if via else of_via,
        _HOME: None if source else home,
    }
    keys = next((names for names, address in found.items() if address), ())
    lines: dict[Stated, int | None] = {
        "source": fields.line_of(*_SOURCE),
        "via": fields.line_of(*_VIA),
        "original": fields.line_of(*keys),
    }
    return Origin(
        source=source,
        via=via,
        original=found.get(keys),
        license=_license(fields),
        lines={name: line for name, line in lines.items() if line is not None},
    )


def _publication(fields: Fields, *names: str) -> tuple[Source | None, str | None]:
    """Return a publication, or else the address that stands in its place."""
    value = fields.value(*names)
    if isinstance(value, dict):
        table = lowered(value)
        name = first_text(table.get(key) for key in ("name", "title"))
        url = first_text(table.get(key) for key in ("url", "home", "link", "uri"))
        if name:
            return Source(name=name, url=url, feed=first_text([table.get("feed")])), url
        fields.ignore(*names)
        return None, url
    text = fields.text(*names)
    if text is None or text.startswith(("http://", "https://")):
        return None, text
    return Source(name=text), None


def _address(fields: Fields, *names: str) -> str | None:
    """Return an address, written as it is or in a table."""
    value = fields.value(*names)
    if isinstance(value, dict):
        table = lowered(value)
        return first_text(table.get(key) for key in ("url", "link", "href"))
    return fields.text(*names)


def _license(fields: Fields) -> str | None:
    value = fields.value(*_LICENSE)
    if isinstance(value, dict):
        table = lowered(value)
        return first_text(table.get(key) for key in ("url", "link", "name", "title", "id"))
    return fields.text(*_LICENSE)
