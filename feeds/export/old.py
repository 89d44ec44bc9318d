"""Old addresses as files: what other programs called our feeds, and what stands there for subscribers of before.

The table is that of the server (`feeds.pages.aliases`); here it is read the other way round, from a feed to its names.
A name that two feeds could have had leads nowhere, here as there.
"""

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from feeds.library import Listed
from feeds.library.names import spellings
from feeds.pages.aliases import TABLE, Row, own_row
from feeds.settings import AliasesSettings, AliasStyle, HostKind, Settings
from feeds.urls import wire

# Place in `spellings`; jekyll-feed takes names as they stand.
_SPELLING: Mapping[AliasStyle, int] = {"hugo": 0, "wordpress": 2, "pelican": 2}
_LEADS_ON: frozenset[HostKind] = frozenset({"netlify", "cloudflare", "nginx", "caddy"})  # hosts that can be told to


def leads_on(settings: Settings) -> bool:
    """Say whether the host itself redirects from old addresses, so that no file need lie there."""
    return settings.build.host in _LEADS_ON and settings.aliases.answer == "redirect"


class OldAddress(NamedTuple):
    path: str  # readable, `/feed.xml`; ends with a slash where it is a folder's
    address: str  # of the rendition that is there now, `/feed.atom`
    title: str


def old_addresses(aliases: AliasesSettings, listing: Iterable[Listed]) -> tuple[OldAddress, ...]:
    """Return every old address that means one feed, in the order of paths."""
    listed = tuple(listing)
    taken = {f"{one.address}.{suffix}" for one in listed for suffix in ("atom", "rss", "json")}
    rows: list[tuple[Row, int | None]] = [(own_row(old, feed), None) for old, feed in aliases.addresses.items()]
    rows += [(row, _SPELLING.get(style)) for style in aliases.styles for row in TABLE[style]]
    found = [old for row, place in rows for old in _of_row(row, place, listed)]
    first = {old.path: old for old in reversed(found) if old.path not in taken}  # whichever is named first wins
    return tuple(first[path] for path in sorted(first))


def _of_row(row: Row, place: int | None, listed: Iterable[Listed]) -> Iterator[OldAddress]:
    address = row.address.replace("{parents}", "")
    if "{name}" not in address:
        yield from (OldAddress(address, f"{one.address}.{row.format}", one.title) for one in listed if _is(one, row))
        return
    claims: set[str] = set()
    for kind in row.kinds:  # of several, the first that knows the name
        named = [(_spelled(one, row, place), one) for one in listed if one.key.kind == kind]
        counts = Counter(name for name, _ in named)
        for name, one in named:
            if counts[name] == 1 and name not in claims and _is_file_name(name):
                yield OldAddress(address.replace("{name}", name), f"{one.address}.{row.format}", one.title)
        claims |= counts.keys()


def _spelled(one: Listed, row: Row, place: int | None) -> str:
    """Return what stands for {name} in the old address of a feed; "" where the row does not mean it."""
    before, _, after = row.term.partition("{name}")
    term = one.key.term
    if not (term.startswith(before) and term.endswith(after)):
        return ""
    name = term[len(before) : len(term) - len(after)]
    return name if place is None else spellings(name)[place]


def _is(one: Listed, row: Row) -> bool:
    return one.key.kind in row.kinds and row.term in ("{name}", one.key.term)


def _is_file_name(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not set(name) & set('/\\\0?#%"*{}') and len(name.encode()) <= 200


def copies(settings: Settings, old: Iterable[OldAddress]) -> dict[str, tuple[str, ...]]:
    """Return by address the paths of files that hold the same feed; an old address that is a folder's can hold none."""
    found: dict[str, tuple[str, ...]] = {}
    for one in () if leads_on(settings) else old:
        if not one.path.endswith("/"):
            found[one.address] = (*found.get(one.address, ()), one.path.removeprefix("/"))
    return found


def stub(old: OldAddress, *, base: str, url: str) -> bytes:
    """Write the page that leads on from an old address at which no host would serve a feed.

    Browsers find the feed by it, and so do readers that look for feeds in pages. base: readable path of the site; url:
    its address.
    """
    there, title = html.escape(wire(base + old.address)), html.escape(old.title)
    whole = html.escape(url + wire(old.address))
    kind = "atom" if old.address.endswith(".atom") else "rss"
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={there}">
<meta name="robots" content="noindex">
<link rel="canonical" href="{whole}">
<link rel="alternate" type="application/{kind}+xml" title="{title}" href="{there}">
</head>
<body><p><a href="{there}">{title}</a></p></body>
</html>
""".encode()
