"""What a build has to do: which documents differ from the record by their states. Nothing is rendered for it."""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from feeds import __version__
from feeds.export.beside import make_pages
from feeds.export.documents import Document, Documents
from feeds.export.hosts import stale
from feeds.export.leaves import Made, Writer
from feeds.export.old import OldAddress, copies
from feeds.export.record import Record
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Listed
from feeds.model import FORMATS, SITE, FeedKey, feed_keys
from feeds.settings import Settings
from feeds.site import Site

_MANY = 100  # feeds
_TABLES = {"site", "feeds", "feed", "source", "pages", "cache", "build", "aliases"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    listing: Sequence[Listed]  # of the feeds that the tree holds
    old: Sequence[OldAddress]
    revision: str  # names all that decides on files beside the states of their documents
    seen: str | None  # names all that was looked at; None where that cannot be told
    feeds: Collection[FeedKey]  # to be made
    documents: Mapping[str, Document]  # all but feeds, by address
    others: Mapping[str, Document]  # those of them that are to be made
    gone: Collection[str]  # documents that are no more

    @property
    def size(self) -> int:
        return len(FORMATS) * len(self.feeds) + len(self.others)


def work_for(site: Site, record: Record, documents: Documents, *, can_rest: bool) -> Work:
    """Compare all with the record. can_rest: nothing need be compared where nothing has changed since."""
    listing = site.library.listing()
    seen = _seen(site, listing, documents)
    if can_rest and seen is not None and seen == record.fact("seen"):
        return _nothing(listing, record, seen)
    old = documents.old(listing)
    others = documents.all(listing, old)
    revision = _revision(site, old)
    states = record.states()
    known = states if record.fact("revision") == revision else {}
    standing = listing if _have_states(listing) else site.library.standings()
    return Work(
        listing=listing,
        old=old,
        revision=revision,
        seen=seen,
        feeds={one.key for one in standing if known.get(one.address) != one.state},
        documents=others,
        others={name: one for name, one in others.items() if known.get(name) != one.state},
        gone=states.keys() - {one.address for one in standing} - others.keys(),
    )


def work_after(
    before: Work,
    site: Site,
    documents: Documents,
    *,
    moved: Collection[FeedKey],
    touched: Collection[FeedKey],
    entries: Collection[str] | None,
) -> Work | None:
    """Compare with what this process has built before, at a cost that hardly grows with the site.

    moved: the feeds that have other bytes since. touched: these, and those of which only counts differ. entries: ids of
    those that have changed; None: any can have. None is returned where it takes a comparison with the record.
    """
    site.library.keep_up(touched)
    listing = site.library.listing()
    old = documents.old(listing)
    if old is not before.old and _revision(site, old) != before.revision:
        return None
    others = documents.all(listing, old, entries=entries)
    known = before.documents
    return Work(
        listing=listing,
        old=old,
        revision=before.revision,
        seen=None,
        feeds=set(moved),
        documents=others,
        others={name: one for name, one in others.items() if name not in known or known[name].state != one.state},
        gone=known.keys() - others.keys(),
    )


def writer_for(settings: Settings, work: Work, staging: Path | None) -> Writer:
    """staging: where files are put; None: they are only told of."""
    return Writer(
        staging=staging,
        codings=settings.build.codings,
        copies=copies(settings, work.old),
        is_moved=settings.build.host == "s3" and settings.aliases.answer == "redirect",
        stale=stale(settings),
        base=settings.base_path,
        is_for_s3=settings.build.host == "s3",
    )


def make(site: Site, work: Work, writer: Writer, *, jobs: int) -> Iterator[Made]:
    pages = {name: one for name, one in work.others.items() if one.is_page}
    others = _others(work, pages, writer)
    if work.feeds:  # to have other processes begin takes longer than to make a few
        processes = jobs if len(work.feeds) >= _MANY else 1
        step = 1 + len(FORMATS) * len(work.feeds) // (len(work.others) - len(pages) + 1)
        for number, made in enumerate(site.library.each(writer, keys=work.feeds, processes=processes)):
            yield made
            if number % step == 0:  # they are made here while the other processes go on
                yield from islice(others, 1)
    yield from others
    yield from make_pages(site, pages, writer, jobs=jobs)


def warm(site: Site) -> None:
    """Remember what goes into the feeds of the newest entry: they are likely to be the next that move."""
    keys = {key for entry in site.library.leaves.newest(1) for key, _ in feed_keys(entry)}
    deque(site.library.each(lambda _rendition: None, keys=keys), maxlen=0)


def _others(work: Work, pages: Collection[str], writer: Writer) -> Iterator[Made]:
    for name, document in work.others.items():
        if name not in pages:
            yield Made(document=name, state=document.state, leaves=tuple(writer.leaves(document.make())))


def _nothing(listing: Sequence[Listed], record: Record, seen: str) -> Work:
    revision = record.fact("revision") or ""
    return Work(listing=listing, old=(), revision=revision, seen=seen, feeds=(), documents={}, others={}, gone=())


def _seen(site: Site, listing: Sequence[Listed], documents: Documents) -> str | None:
    """Name what decides on all files, without asking for their states.

    The outbox tells of whatever happens to entries. An index that is made anew counts as the other did, but says of the
    site's feed that it has changed since.
    """
    settings = site.settings
    if not _have_states(listing):
        return None
    with site.store.reading() as reader:
        feed = reader.feed(SITE)
    icon = site.icon()
    return digest_texts(
        _revision(site, ()),
        settings.model_dump_json(),
        site.templates.revision,
        str(site.store.last_event()),
        str(feed and feed.changed),
        digest_bytes(icon.file.read_bytes()) if icon else None,
        documents.name_of(listing),
        documents.name_of_news(),
        *(one.state for one in listing),
    )


def _have_states(listing: Sequence[Listed]) -> bool:
    return all(one.state for one in listing)


def _revision(site: Site, old: Sequence[OldAddress]) -> str:
    settings, templates = site.settings, site.settings.pages.templates
    own = sorted((site.folder / templates).rglob("*")) if templates else ()
    looks = (text for path in own if path.is_file() for text in (path.name, digest_bytes(path.read_bytes())))
    return digest_texts(__version__, settings.model_dump_json(include=_TABLES), *map(str, old), *looks)
