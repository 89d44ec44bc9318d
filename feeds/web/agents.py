"""What readers say of themselves in User-Agent: their name, and for how many people they ask."""

import re
from functools import lru_cache
from typing import NamedTuple

_SUBSCRIBERS = re.compile(r"\b(\d{1,9}) (?:subscriber|reader)s?\b", re.IGNORECASE)
_COMPATIBLE = re.compile(r"\(compatible; *([^;)]+)", re.IGNORECASE)
_BROWSERS = re.compile(r"\b(Firefox|Edg|OPR|Chrome|Safari)/")
_IN_COMMENT = re.compile(r"\(([^;)]+)")
_PRODUCT = re.compile(r"[^/(;,\s]+(?: [A-Za-z][^/(;,:\s]*(?=[/(;,\s]|$))*")  # up to version, comment, or what varies
_UNPLAIN = re.compile(r"[^\w .+!-]")
_LONGEST = 40  # characters of a name
_BROWSER_NAMES = {"Edg": "Edge", "OPR": "Opera"}


class Agent(NamedTuple):
    name: str  # Feedbin; "" where it does not say
    subscribers: int | None  # None: it asks for itself


def subscribers(agent: str) -> int | None:
    """Return for how many people an aggregator says that it asks: `Feedbin feed-id:1234 - 37 subscribers`."""
    found = _SUBSCRIBERS.search(agent)
    return int(found[1]) if found else None


@lru_cache(maxsize=4096)
def agent_of(value: bytes) -> Agent:
    """Read a User-Agent field (RFC 9110 §10.1.5), which may be anything."""
    text = value.decode("utf-8", "replace")
    return Agent(_name(text), subscribers(text))


def _name(text: str) -> str:
    """Name a program without its version, so that it stays itself when it is updated or its numbers change."""
    if text.startswith("Mozilla/"):
        if found := _COMPATIBLE.search(text):
            text = found[1]
        elif found := _BROWSERS.search(text):
            return _BROWSER_NAMES.get(found[1], found[1])
        elif found := _IN_COMMENT.search(text):
            text = found[1]
    found = _PRODUCT.search(text)
    return _UNPLAIN.sub("", found[0])[:_LONGEST].strip() if found else ""
