"""Which part of an entry counts as a change of it (invariant 4)."""

import re
from collections.abc import Sequence

from feeds.fingerprint import fingerprint
from feeds.model import Entry, Source

_CHART = re.compile(r"<img [^>]*webquoteklinepic[^>]*>")  # another address each day
_SCHEME = re.compile(r"https?:(?=//)")


def fingerprint_of(entry: Entry, *, site: str, names: Sequence[str] = (), stated: Source | None = None) -> str:
    """Name what a reader of the entry would notice: no dates, no terms, no link, and nothing that we add to it.

    names: of the source as the post says them, so that what the settings know of it counts as little as our credit
    line does; stated: the source of the front matter.
    site: its address. Own addresses count by what follows them, so that a move to another host, to https or to another
    permalink style moves no entry's `updated`.
    """
    own = _own_addresses(entry.link, site)

    def place(address: str | None) -> str | None:
        return address and _relative(address, own)

    image = entry.image
    return fingerprint(
        entry.title,
        place(_CHART.sub("", entry.content_html) if "webquoteklinepic" in entry.content_html else entry.content_html),
        entry.summary,
        place(stated.url if stated else None),
        place(stated.feed if stated else None),
        place(entry.via),
        place(image.url if image else None),
        entry.lang,
        *(part for name in names for part in ("source", name)),
        *(part for file in entry.enclosures for part in ("file", place(file.url), file.type, str(file.length))),
        *(part for person in entry.authors for part in ("person", person.name, person.email, place(person.uri))),
    )


def _own_addresses(link: str, site: str) -> tuple[str, ...]:
    """Return link, its folder, home and origin: the bases that references of the content were resolved against."""
    home = site.rstrip("/") + "/"
    origin = "/".join(home.split("/", 3)[:3]) + "/"
    return (f"{link}#", link[: link.rfind("/") + 1], home, origin)


def _relative(text: str, own: tuple[str, ...]) -> str:
    for address in own:
        text = text.replace(address, "#" if address.endswith("#") else "")
    return _SCHEME.sub("", text)
