"""An entry as the index keeps it: one JSON document, the same bytes for equal entries."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import orjson

from feeds.fingerprint import digest_bytes
from feeds.model import Category, Enclosure, Entry, Fact, Image, Person, Source

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOMENTS = ("published", "updated", "expires")
# No feed's bytes depend on these; of the facts, feeds show what `_rules` says.
_UNSHOWN = ("path", "expires", "is_updated_stated", "fingerprint", "facts", "near", "collection", "is_apart")
_SHOWN = tuple(name for name in Entry.__slots__ if name not in _UNSHOWN)
_TEXTS = ("title", "summary", "content_html")
_OVERHEAD = 300  # bytes: what surrounds an entry in the widest format, element names and dates
_REPEATED = 2  # times that a detail stands in it, beside the names that only the index writes
_CATEGORY = 90  # bytes around a term


def microseconds(moment: datetime) -> int:
    """Count from 1970, exactly; floats would round."""
    return (moment - EPOCH) // _MICROSECOND


def moment_at(microseconds_: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds_)


class Written(NamedTuple):
    """An entry as the index keeps it, beside its id and its times."""

    payload: bytes
    stamp: str
    weight: int  # bytes in a feed with its full content
    brief_weight: int  # and without


def write_down(entry: Entry) -> Written:
    """Write an entry down, and name what of it shows in feeds: entries with equal stamps look alike.

    What it weighs in a feed is rather too much than too little.
    """
    shown = _plain(entry, _SHOWN)
    kept = _plain(entry, _UNSHOWN)
    text = _json(shown)
    stamp = digest_bytes(text + _json({"rules": [(one.role, one.rule, one.confidence) for one in entry.facts]}))
    for name in _TEXTS:
        del shown[name]
    details = len(_json(shown)) * _REPEATED + len(entry.categories) * _CATEGORY
    brief = _OVERHEAD + details + 2 * _escaped(entry.title) + 2 * _escaped(entry.summary)
    return Written(
        payload=b'{"shown":%b,"kept":%b}' % (text, _json(kept)),
        stamp=stamp,
        weight=brief + _escaped(entry.content_html),
        brief_weight=brief,
    )


def _plain(entry: Entry, names: Sequence[str]) -> dict[str, object]:
    """Return these fields as orjson can write them; asdict() would copy the texts."""
    fields = {name: getattr(entry, name) for name in names}
    for name in _MOMENTS:
        if moment := fields.get(name):
            fields[name] = microseconds(moment)
    return fields


def unpack(payload: bytes) -> Entry:
    document = orjson.loads(payload)
    fields = document["shown"] | document["kept"]
    for name in _MOMENTS:
        if fields[name] is not None:
            fields[name] = moment_at(fields[name])
    fields["categories"] = tuple(Category(**part) for part in fields["categories"])
    fields["authors"] = tuple(Person(**part) for part in fields["authors"])
    fields["enclosures"] = tuple(Enclosure(**part) for part in fields["enclosures"])
    fields["facts"] = tuple(Fact(**part) for part in fields["facts"])
    kinds = {"source": Source, "aggregator": Source, "image": Image, "near": Fact}
    fields.update({name: kind(**fields[name]) for name, kind in kinds.items() if fields[name]})
    return Entry(**fields)


def _json(fields: dict[str, object]) -> bytes:
    return orjson.dumps(fields)


def _escaped(text: str) -> int:
    return len(text.encode()) + 4 * (text.count("<") + text.count(">") + text.count("&")) + text.count('"')
