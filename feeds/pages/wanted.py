"""What of the list of feeds somebody wants to see, and the address that says so."""

import re
from typing import Literal, NamedTuple, get_args
from urllib.parse import parse_qsl, urlencode

from feeds.model import KINDS, Kind

Order = Literal["newest", "name", "count"]
ORDERS: tuple[Order, ...] = get_args(Order)
LISTED: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "site")
_LONGEST = 100  # characters of a search; no name is found by more


class Wanted(NamedTuple):
    """The front of the list as it is, unless something else is said."""

    text: str = ""  # to be searched for
    kind: Kind | Literal[""] = ""
    order: Order = "newest"
    page: int = 1

    @property
    def query(self) -> str:
        """Return the one way to write it in an address, with its question mark; "" for the front."""
        said = zip(("q", "kind", "sort", "page"), self, Wanted(), strict=True)
        fields = {name: value for name, value, usual in said if value != usual}
        return f"?{urlencode(fields)}" if fields else ""


def parse_wanted(query: str) -> Wanted:
    """Read `q=tide&kind=tag&sort=name&page=2`; what is unknown or unreadable is as if it were not there."""
    fields = dict(parse_qsl(query, errors="replace"))
    kind, order, page = fields.get("kind", ""), fields.get("sort", ""), fields.get("page", "")
    return Wanted(
        text=" ".join(fields.get("q", "").split())[:_LONGEST],
        kind=kind if kind in LISTED else "",
        order=order if order in ORDERS else "newest",
        page=max(1, int(page)) if re.fullmatch("[0-9]{1,6}", page) else 1,
    )
