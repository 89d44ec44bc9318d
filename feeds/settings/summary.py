"""What the settings say that shows in feeds, short enough to be kept beside them and compared later."""

import json
from collections.abc import Iterator, Mapping

from feeds.fingerprint import digest_texts
from feeds.settings.whole import Settings

_TABLES = ("site", "content", "feeds", "cache", "attribution")
_OF_THE_PUBLISHER = {"settle", "sweep", "grace", "tombstones", "min_interval", "jobs"}  # on which no feed depends
_LISTS = ("feed", "collection", "source")
_SHOWN = 200  # characters of a value; of a longer one a digest


def summary_of(settings: Settings) -> dict[str, str]:
    """Return each setting by its dotted name, as JSON; of long ones a digest. Nothing in it is secret."""
    told = settings.model_dump(mode="json", include={*_TABLES, *_LISTS}, exclude={"content": _OF_THE_PUBLISHER})
    found = {f"{table}.{name}": value for table in _TABLES for name, value in told[table].items()}
    found |= {f"[[{name}]]": told[name] for name in _LISTS}
    return {name: _short(json.dumps(value, ensure_ascii=False)) for name, value in found.items()}


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Say of each setting that differs what it is now and what it was."""
    for name, value in now.items():
        was = before.get(name)
        if was is not None and was != value:
            is_short = not (value.startswith("digest ") or was.startswith("digest "))
            yield f"{name} is {value} here, and was {was}" if is_short else f"{name} is another here"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"digest {digest_texts(text)}"
