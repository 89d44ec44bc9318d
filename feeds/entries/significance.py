"""Which part of an entry counts as a change of it (invariant 4)."""

import re
from collections.abc import Sequence

from feeds.entries.restrictions import Substance
from feeds.fingerprint import fingerprint
from feeds.model import Person, Source

_CHART = re.compile(r"<img [^>]*webquoteklinepic[^>]*>")  # another address each day
_SCHEME = re.compile(r"https?:(?=//)")


def fingerprint_of(  # noqa: PLR0913  one argument for each thing that counts
    title: str,
    whole: Substance,
    *,
    link: str,
    site: str,
    lang: str | None = None,
    via: str | None = None,
    people: Sequence[Person] = (),
    names: Sequence[str] = (),
    stated: Source | None = None,
) -> str:
    """Name what a reader of the entry would notice: no dates, no terms, no link, and nothing that we add to it.

    whole: of which nothing is kept back yet; people: its authors; stated: the source of the front matter.
    names: of the source as the post says them, so that what the settings know of it counts as little as our credit
    line does.
    site: its address. Own addresses count by what follows them, so that a move to another host, to https or to another
    permalink style moves no entry's `updated`.
    """
    own = _own_addresses(link, site)

    def place(address: str | None) -> str | None:
        return address and _relative(address, own)

    content, image = whole.content_html, whole.image
    return fingerprint(
        title,
        place(_CHART.sub("", content) if "webquoteklinepic" in content else content),
        whole.summary,
        place(stated.url if stated else None),
        place(stated.feed if stated else None),
        place(via),
        place(image.url if image else None),
        lang,
        *(part for name in names for part in ("source", name)),
        *(part for file in whole.enclosures for part in ("file", place(file.url), file.type, str(file.length))),
        *(part for person in people for part in ("person", person.name, person.email, place(person.uri))),
    )


def _own_addresses(link: str, site: str) -> tuple[str, ...]:
    """Return link, its folder, home and origin: the bases that references of the content were resolved against."""
    home = site.rstrip("/") + "/"
    origin = "/".join(home.split("/", 3)[:3]) + "/"
    return (f"{link}#", link[: link.rfind("/") + 1], home, origin)


def _relative(text: str, own: tuple[str, ...]) -> str:
    if "//" not in text:  # most contents have no address in them
        return text
    for address in own:
        text = text.replace(address, "#" if address.endswith("#") else "")
    return _SCHEME.sub("", text)
