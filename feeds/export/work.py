"""What a build has to do: which documents differ from the record by their states. Nothing is rendered for it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from feeds import __version__
from feeds.export.documents import Document, documents
from feeds.export.hosts import stale
from feeds.export.leaves import Made, Writer
from feeds.export.old import OldAddress, copies, old_addresses
from feeds.export.record import Record
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Library, Listed
from feeds.model import FORMATS, KINDS, FeedKey
from feeds.settings import Settings
from feeds.site import Site

_MANY = 100  # feeds
_TABLES = {"site", "feeds", "feed", "source", "pages", "cache", "build", "aliases"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    listing: Sequence[Listed]  # of the feeds that the tree holds
    old: Sequence[OldAddress]
    revision: str  # names all that decides on files beside the states of their documents
    feeds: Collection[FeedKey]  # to be made
    others: Mapping[str, Document]  # to be made, by address
    gone: Collection[str]  # documents that are no more
    is_warm: bool  # whether this process has built before

    @property
    def size(self) -> int:
        return len(FORMATS) * len(self.feeds) + len(self.others)


def work_for(site: Site, record: Record, *, moved: Collection[FeedKey] | None) -> Work:
    """moved: the only feeds that can differ from the record; None: any can."""
    listing = site.library.listing()
    old = old_addresses(site.settings.aliases, listing)
    others = documents(site, listing, old)
    revision = _revision(site, old)
    states = record.states()
    known = states if record.fact("revision") == revision else {}
    if moved is None or not known:
        standing = site.library.standings()
        feeds = {one.key for one in standing if known.get(one.address) != one.state}
        gone = states.keys() - {one.address for one in standing} - others.keys()
    else:
        feeds = set(moved)
        gone = {name for name in states if name not in others and not _is_feed(name)}
    changed = {name: one for name, one in others.items() if known.get(name) != one.state}
    return Work(
        listing=listing, old=old, revision=revision, feeds=feeds, others=changed, gone=gone, is_warm=moved is not None
    )


def writer_for(settings: Settings, work: Work, staging: Path | None) -> Writer:
    """staging: where files are put; None: they are only told of."""
    return Writer(
        staging=staging,
        codings=settings.build.codings,
        copies=copies(settings, work.old),
        is_moved=settings.build.host == "s3" and settings.aliases.answer == "redirect",
        stale=stale(settings),
    )


def make(site: Site, work: Work, writer: Writer, *, jobs: int) -> Iterator[Made]:
    others = _others(work, writer)
    if work.is_warm and len(work.feeds) < _MANY:
        yield from _remembered(site.library, work, writer)
    elif work.feeds:  # to have other processes begin takes longer than to make a few
        processes = jobs if len(work.feeds) >= _MANY else 1
        step = 1 + len(FORMATS) * len(work.feeds) // (len(work.others) + 1)
        for number, made in enumerate(site.library.each(writer, keys=work.feeds, processes=processes)):
            yield made
            if number % step == 0:  # they are made here while the other processes go on
                yield from islice(others, 1)
    yield from others


def _others(work: Work, writer: Writer) -> Iterator[Made]:
    for name, document in work.others.items():
        yield Made(document=name, state=document.state, leaves=tuple(writer.leaves(document.make())))


def _remembered(library: Library, work: Work, writer: Writer) -> Iterator[Made]:
    """Make feeds of which all but the change was rendered before, and is remembered."""
    for one in work.listing:
        for format_ in FORMATS if one.key in work.feeds else ():
            rendition = library.look_up(f"{one.address}.{format_}")
            assert rendition is not None, one.address
            yield writer(library.fill(rendition))


def _revision(site: Site, old: Sequence[OldAddress]) -> str:
    settings, templates = site.settings, site.settings.pages.templates
    own = sorted((site.folder / templates).rglob("*")) if templates else ()
    looks = (text for path in own if path.is_file() for text in (path.name, digest_bytes(path.read_bytes())))
    return digest_texts(__version__, settings.model_dump_json(include=_TABLES), *map(str, old), *looks)


def _is_feed(name: str) -> bool:
    return name == "/feed" or (name.split("/", 2)[1] in KINDS and not name.endswith("/"))
