"""Which language a visitor gets, of those that the site offers (RFC 9110 §12.5.4, lookup of RFC 4647 §3.4)."""

from collections.abc import Sequence
from functools import lru_cache

from feeds.web.negotiation import weights_in


def language_for(accept_language: bytes | None, offered: Sequence[str]) -> str | None:
    """Return the language to speak; None, for the site's own, where there is nothing to choose from."""
    if len(offered) < 2:
        return offered[0] if offered else None
    return _choose((accept_language or b"").decode("latin-1")[:256], tuple(offered))


def varied_by(offered: Sequence[str]) -> bytes:
    """Return the fields that decide on a page (RFC 9110 §12.5.5)."""
    return b"Accept-Encoding, Accept-Language" if len(offered) > 1 else b"Accept-Encoding"


@lru_cache(maxsize=512)
def _choose(field: str, offered: tuple[str, ...]) -> str:
    weights = weights_in(field)
    for wanted in sorted((one for one in weights if weights[one] > 0), key=lambda one: -weights[one]):
        for length in range(wanted.count("-") + 1, 0, -1):
            if found := _matching("-".join(wanted.split("-")[:length]), offered):
                return found
    return offered[0]


def _matching(wanted: str, offered: Sequence[str]) -> str | None:
    """Find `zh` or something below it, such as `zh-CN`."""
    return next((one for one in offered if f"{one.lower()}-".startswith(f"{wanted}-")), None)
