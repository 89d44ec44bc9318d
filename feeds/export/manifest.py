"""The manifest: every file of a tree, with its digest. Same content, same settings, same bytes."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from feeds.export.leaves import Leaf
from feeds.urls import wire

NAME = "manifest.json"

_HEAD = '{\n"generator": "feedwright",\n"files": [\n'
_TAIL = "\n]\n}\n"


def line_of(leaf: Leaf, *, base: str, is_for_s3: bool) -> str:
    """Write one file's line. base: readable path of the site, for addresses."""
    told: dict[str, Any] = {
        "path": leaf.path,
        "sha256": leaf.sha256,
        "bytes": leaf.size,
        "media_type": leaf.media_type,
        "coding": leaf.coding,
        "last_change": None if leaf.last_change is None else _moment(leaf.last_change),
    }
    if is_for_s3:
        told["s3"] = _of_s3(leaf, base)
    return json.dumps(told, ensure_ascii=False)


def _of_s3(leaf: Leaf, base: str) -> dict[str, str]:
    """Name what PutObject should be given beside the bytes, as its API does."""
    given = {"ContentType": leaf.media_type, "CacheControl": leaf.cache_control}
    if leaf.coding != "identity":
        given["ContentEncoding"] = leaf.coding
    if leaf.location:
        given["WebsiteRedirectLocation"] = wire(base + leaf.location)
    return given


def manifest(lines: Iterable[bytes]) -> bytes:
    """lines: in the order of paths."""
    return b"".join((_HEAD.encode(), b",\n".join(lines), _TAIL.encode()))


def is_ours(body: bytes) -> bool:
    """Say whether a manifest was written by us; others call other things so."""
    return body.startswith(_HEAD.encode())


def files_in(body: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield path, sha-256 and line of each file in a manifest of ours; nothing of another program's."""
    try:
        for one in json.loads(body)["files"] if is_ours(body) else ():
            yield str(one["path"]), str(one["sha256"]), json.dumps(one, ensure_ascii=False)
    except (ValueError, KeyError, TypeError):
        return


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
