"""The sources of a site and their feeds, for programs (JSON) and for readers to import (OPML 2.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from feeds.model import Format, Source
from feeds.render.moments import rfc3339
from feeds.render.pieces import json_array, json_object, outline
from feeds.render.readings import plain, web_address


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source as the lists show it."""

    source: Source
    urls: Mapping[Format, str]  # of its feed on this site, absolute and percent-encoded
    count: int  # of all its entries
    newest: datetime | None  # aware; None where it has no entries
    aliases: tuple[str, ...] = ()


def source_json(line: SourceLine, *, zone: tzinfo) -> bytes:
    """Write what is known of a source; what is not is left out."""
    source = line.source
    members = {
        "name": plain(source.name),
        "feeds": dict(line.urls),
        "url": web_address(source.url),
        "feed": web_address(source.feed),
        "logo": web_address(source.logo),
        "language": source.language,
        "license": plain(source.license or ""),
        "items": line.count,
        "newest": line.newest and rfc3339(line.newest, zone),
        "aliases": [plain(alias) for alias in line.aliases],
    }
    return json_object({name: value for name, value in members.items() if value or value == 0}, depth=1)


def sources_json(objects: Sequence[bytes]) -> bytes:
    """Write the list of these sources. objects: as `source_json` writes them."""
    return json_array(objects)


def source_outline(line: SourceLine, *, home: str) -> bytes:
    """Write a source's line in a subscription list (OPML 2.0).

    home: address of the site, for a source without a home page of its own.
    """
    name, page = plain(line.source.name), web_address(line.source.url) or home
    return outline({"type": "rss", "text": name, "title": name, "xmlUrl": line.urls["rss"], "htmlUrl": page})
