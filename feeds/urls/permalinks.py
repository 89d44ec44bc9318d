"""Where a post stands on its site: Jekyll's and Hugo's permalink templates. They decide links, never ids."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

STYLES = {  # Jekyll docs, "Permalinks › Built-in formats"
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}

# English by hand: strftime asks the locale, and the locale belongs to the whole process.
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905

_TOKEN = re.compile(r":([a-z_]+)")
_PRETTY = frozenset("._~!$&'()+,;=@")  # kept by Jekyll's slugify in the mode "pretty"


class _Place(NamedTuple):
    """What the tokens of a template are filled from."""

    at: datetime  # in the site's zone
    slug: str
    categories: Sequence[str]
    section: str
    basename: str
    path: str
    collection: str


def permalink(  # noqa: PLR0913  one argument for each thing a template can name
    template: str,
    *,
    published: datetime,
    zone: tzinfo,
    slug: str,
    title: str,
    categories: Sequence[str],
    section: str,
    basename: str,
    path: str,
    collection: str = "posts",
) -> str:
    """Fill a template, or the built-in style of that name; return a readable path (see `wire`).

    As in Jekyll, `:title` is the slug and not the title, which serves only a post that has neither slug nor file name;
    `:categories` are lower-cased but keep their spaces. Empty parts collapse, `.` and `..` go, unknown tokens stay.
    section: folder inside its root; basename: file name without extension; path: both, without extension.
    """
    named = slug or basename or title
    place = _Place(
        at=published.astimezone(zone),
        slug=named,
        categories=categories,
        section=section,
        basename=basename,
        path=path,
        collection=collection,
    )
    return _collapse("".join([part if isinstance(part, str) else part(place) for part in _parts(template)]))


@lru_cache(maxsize=64)  # a site has few, and a post may have its own
def _parts(template: str) -> list[str | Callable[[_Place], str]]:
    """Return the texts of a template, and what fills the gaps between them."""
    parts: list[str | Callable[[_Place], str]] = []
    for number, part in enumerate(_TOKEN.split(STYLES.get(template, template))):  # text, token, text, …
        if number % 2 == 0:
            parts.append(part)
        elif part in _TOKENS:
            parts.append(_TOKENS[part])
        elif part.endswith("_") and part[:-1] in _TOKENS:  # `:year_:month`: the underscore is not part of the token
            parts += (_TOKENS[part[:-1]], "_")
        else:
            parts.append(f":{part}")
    return parts


def _collapse(path: str) -> str:
    parts = [part for part in path.split("/") if part not in {"", ".", ".."}]
    end = "/" if path.endswith("/") and parts else ""
    return "/" + "/".join(parts) + end


def _slugify(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Put hyphens for everything but letters, marks, digits and `kept` (Jekyll's Utils.slugify)."""
    if text.isascii() and text.isalnum():  # many names
        return text
    spelled = "".join(c if c in kept or _is_word(c) else " " for c in text)
    return "-".join(spelled.split()).strip("-")


def _is_word(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind == "Nd"


def _distinct(terms: Iterable[str]) -> str:
    return "/".join(dict.fromkeys(terms))


_TOKENS: dict[str, Callable[[_Place], str]] = {
    # Jekyll and Hugo
    "year": lambda p: f"{p.at.year:04}",
    "month": lambda p: f"{p.at.month:02}",
    "day": lambda p: f"{p.at.day:02}",
    "title": lambda p: _slugify(p.slug, _PRETTY) or p.slug,
    "slug": lambda p: _slugify(p.slug).lower() or p.slug,
    # Jekyll
    "collection": lambda p: p.collection,
    "short_year": lambda p: f"{p.at.year % 100:02}",
    "i_month": lambda p: str(p.at.month),
    "i_day": lambda p: str(p.at.day),
    "short_month": lambda p: _MONTHS[p.at.month - 1][:3],
    "long_month": lambda p: _MONTHS[p.at.month - 1],
    "hour": lambda p: f"{p.at.hour:02}",
    "minute": lambda p: f"{p.at.minute:02}",
    "second": lambda p: f"{p.at.second:02}",
    "y_day": lambda p: f"{p.at.timetuple().tm_yday:03}",
    "w_year": lambda p: f"{p.at.isocalendar().year:04}",
    "week": lambda p: f"{p.at.isocalendar().week:02}",
    "w_day": lambda p: str(p.at.isoweekday()),
    "short_day": lambda p: _DAYS[p.at.weekday()][:3],
    "long_day": lambda p: _DAYS[p.at.weekday()],
    "categories": lambda p: _distinct(term.lower() for term in p.categories),
    "slugified_categories": lambda p: _distinct(_slugify(term).lower() for term in p.categories),
    "path": lambda p: p.path,
    "name": lambda p: _slugify(p.basename).lower() or p.basename,
    "basename": lambda p: p.basename,
    "output_ext": lambda _: ".html",
    # Hugo
    "monthname": lambda p: _MONTHS[p.at.month - 1],
    "weekday": lambda p: str(p.at.isoweekday() % 7),
    "weekdayname": lambda p: _DAYS[p.at.weekday()],
    "yearday": lambda p: str(p.at.timetuple().tm_yday),
    "section": lambda p: p.section.partition("/")[0],
    "sections": lambda p: p.section,
    "filename": lambda p: p.basename,
    "contentbasename": lambda p: p.basename,
    "slugorfilename": lambda p: p.slug,
    "slugorcontentbasename": lambda p: p.slug,
}
