"""Files of a tree, and how they are made: a document becomes one file, and one beside it in each coding."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from feeds.export.files import put
from feeds.export.manifest import for_s3, line_of
from feeds.export.naming import SUFFIXES, file_of
from feeds.library import Rendition
from feeds.render import ENCODERS, Coding


class Leaf(NamedTuple):
    """One file."""

    path: str  # below the tree
    sha256: str
    line: str  # of the manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A document with its bytes, before it is a file."""

    path: str
    body: bytes
    media_type: str
    cache_control: str
    last_change: int | None = None  # seconds since 1970, of what it shows; None where nothing of it has a date
    mtime: int | None = None  # seconds since 1970; None: when it is written
    location: str | None = None  # readable path of what a client should ask for instead
    is_coded: bool = True  # whether codings lie beside it


class Made(NamedTuple):
    """What came of one document: its files, and the state that they show."""

    document: str  # its address; that of a feed, without a format, for each of its formats
    state: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Puts files where nobody reads them yet. It can be pickled, and then works in another process."""

    staging: Path | None  # None: files are told of and not written
    codings: tuple[Coding, ...] = ()
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # address → old paths that answer like it
    is_moved: bool = False  # whether the host leads clients on from the old paths
    stale: str = ""  # what follows max-age in Cache-Control
    base: str = ""  # readable path of the site
    is_for_s3: bool = False  # whether the manifest says what S3 is to be given

    def __call__(self, rendition: Rendition) -> Made:
        address = rendition.address
        own = file_of(address)
        leaves: list[Leaf] = []
        for path in (own, *self.copies.get(address, ())):
            is_old = self.is_moved and path != own
            leaves += self.leaves(
                Sheet(
                    path=path,
                    body=rendition.body(),
                    media_type=rendition.media_type,
                    cache_control=f"max-age={rendition.lifetime}{self.stale}",
                    last_change=rendition.updated,
                    mtime=rendition.last_modified,  # so a server's Last-Modified is ours, and moves with every change
                    location=address if is_old else None,
                )
            )
        document = address.removesuffix(f".{rendition.format}")
        return Made(document=document, state=rendition.state, leaves=tuple(leaves))

    def leaves(self, sheet: Sheet) -> Iterator[Leaf]:
        yield self._leaf(sheet, sheet.path, sheet.body, "identity")
        for coding in self.codings if sheet.is_coded else ():
            yield self._leaf(sheet, sheet.path + SUFFIXES[coding], ENCODERS[coding](sheet.body), coding)

    def _leaf(self, sheet: Sheet, path: str, body: bytes, coding: Coding) -> Leaf:
        if self.staging:
            put(f"{self.staging}/{path}", body, mtime=sheet.mtime)
        sha256 = hashlib.sha256(body).hexdigest()
        s3 = self._for_s3(sheet, coding) if self.is_for_s3 else None
        media_type, last_change = sheet.media_type, sheet.last_change
        line = line_of(path, body, sha256, media_type=media_type, coding=coding, last_change=last_change, s3=s3)
        return Leaf(path, sha256, line)

    def _for_s3(self, sheet: Sheet, coding: Coding) -> Mapping[str, str]:
        location = self.base + sheet.location if sheet.location else None
        return for_s3(media_type=sheet.media_type, cache_control=sheet.cache_control, coding=coding, location=location)
