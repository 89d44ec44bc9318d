"""The manifest: every file of a tree, with its digest. Same content, same settings, same bytes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from feeds.render import Coding
from feeds.urls import wire

NAME = "manifest.json"

_HEAD = '{\n"generator": "feedwright",\n"files": [\n'
_TAIL = "\n]\n}\n"
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def line_of(
    path: str,
    body: bytes,
    sha256: str,
    *,
    media_type: str,
    coding: Coding,
    last_change: int | None,
    s3: Mapping[str, str] | None,
) -> str:
    """Write one file's line.

    last_change: seconds since 1970, of what it shows; None where nothing of it has a date. s3: as `for_s3` has it.
    """
    told: dict[str, Any] = {
        "path": path,
        "sha256": sha256,
        "bytes": len(body),
        "media_type": media_type,
        "coding": coding,
        "last_change": None if last_change is None else _moment(last_change),
    }
    if s3 is not None:
        told["s3"] = s3
    return _as_json(told)


def for_s3(*, media_type: str, cache_control: str, coding: Coding, location: str | None) -> Mapping[str, str]:
    """Name what PutObject should be given beside the bytes, as its API does.

    location: readable path of what a client should ask for instead.
    """
    given = {"ContentType": media_type, "CacheControl": cache_control}
    if coding != "identity":
        given["ContentEncoding"] = coding
    if location:
        given["WebsiteRedirectLocation"] = wire(location)
    return given


def manifest(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield its bytes in pieces. lines: in the order of paths; several may be joined."""
    yield _HEAD.encode()
    for number, line in enumerate(lines):
        if number:
            yield b",\n"
        yield line
    yield _TAIL.encode()


def is_ours(body: bytes) -> bool:
    """Say whether a manifest was written by us; others call other things so."""
    return body.startswith(_HEAD.encode())


def files_in(body: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield path, sha-256 and line of each file in a manifest of ours; nothing of another program's."""
    try:
        for one in json.loads(body)["files"] if is_ours(body) else ():
            yield str(one["path"]), str(one["sha256"]), _as_json(one)
    except (ValueError, KeyError, TypeError):
        return


@lru_cache(maxsize=16)  # the formats of a feed follow one another
def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
