"""All documents of a site but its feeds, each with a state: who has written it in this state need not make it again."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from mimetypes import guess_type
from typing import NamedTuple

from feeds import __version__
from feeds.export.hosts import host_files, stale
from feeds.export.leaves import Sheet
from feeds.export.naming import file_of
from feeds.export.old import OldAddress, leads_on, old_addresses, stub
from feeds.fingerprint import digest_bytes, digest_texts
from feeds.library import Listed, Standings
from feeds.pages.files import HumanPage, HumanPages, feed_page_at
from feeds.pages.icons import scaled_icon
from feeds.pages.lists import LISTS, ListDocument, Lists
from feeds.pages.sitemaps import Sitemaps
from feeds.pages.sorting import replaced
from feeds.render.looks import FEED_CSS, SITE_FEED_CSS
from feeds.settings import Settings
from feeds.site import Site
from feeds.urls import ENTRIES, SITE_STYLESHEET, STYLESHEET

_HTML = "text/html; charset=utf-8"
_CSS = "text/css; charset=utf-8"
_DAY = "max-age=86400"


class Document(NamedTuple):
    state: str
    make: Callable[[], Sheet]
    is_page: bool = False  # of an entry or a feed: `page_at` makes it in any process


class Documents:
    """For one site, again and again: of what stays the same little is looked at anew."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._people = HumanPages(site.settings, site.library)
        self._lists = Lists(site.settings, site.templates, has_tags=False)
        self._sitemaps = Sitemaps(site.settings, site.library)
        self._standings = Standings()
        self._pages: dict[str, Document] = {}  # of entries
        self._listing: Sequence[Listed] = ()
        self._old: tuple[OldAddress, ...] | None = None
        self._named: tuple[Sequence[Listed], str] = ((), "")  # what these feeds are called, by a name
        self._said: tuple[Sequence[Listed], str] = ((), "")  # likewise all that lists say of them

    def old(self, listing: Sequence[Listed]) -> tuple[OldAddress, ...]:
        """Return the old addresses of these feeds; they follow from their names."""
        before, self._listing = self._listing, listing
        if self._old is None or not _have_same_names(before, listing):
            self._old = old_addresses(self._site.settings.aliases, listing)
        return self._old

    def all(
        self, listing: Sequence[Listed], old: Sequence[OldAddress], *, entries: Collection[str] | None = None
    ) -> dict[str, Document]:
        """Return them by address.

        listing: the feeds that stand in the tree. entries: ids of all that can have changed since the last time; None:
        any can.
        """
        names = digest_texts(self._site.templates.revision, self._names_of(listing))
        news = digest_texts(self._site.templates.revision, self.name_of(listing))
        found = {  # they are made first: at the end of a first build memory is short
            address: Document(news if kind.tells_news else names, partial(self._list, address, kind, listing))
            for address, kind in LISTS.items()
        }
        found |= _documents(self._site, self._people.all(), old)
        if self._site.settings.pages.entries:
            found |= self._of_entries(entries)
        return found

    def _of_entries(self, ids: Collection[str] | None) -> Mapping[str, Document]:
        """Return the pages of entries, and the sitemaps that list them."""
        site, pages = self._site, self._site.library.pages
        if ids is None:
            self._pages = {}
        for id_, state in pages.standings(self._standings, ids):
            address = pages.address_of(id_)
            whole = f"{state}{site.settings.pages.feeds:d}"
            self._pages[address] = Document(whole, partial(page_at, site, address), is_page=True)
        for id_ in ids or ():
            if not self._standings.has(id_):
                self._pages.pop(pages.address_of(id_), None)
        maps = self._sitemaps.documents(site.now(), self._standings.changes())
        return self._pages | {
            address: Document(state, partial(_sitemap, address, make)) for address, state, make in maps
        }

    def name_of_news(self) -> str:
        """Name what the clock decides on."""
        return self._sitemaps.name_of_news(self._site.now())

    def warm(self, listing: Sequence[Listed]) -> None:
        """Remember what stands for these feeds in the lists that are made anew whenever there is news."""
        for kind in LISTS.values():
            if kind.tells_news:
                kind.make(self._lists, listing)

    def _names_of(self, listing: Sequence[Listed]) -> str:
        """Name all that these feeds are called."""
        before, name = self._named
        if not _have_same_names(before, listing):
            name = digest_texts(*(f"{one.address}\n{one.title}" for one in listing))
        self._named = listing, name
        return name

    def _list(self, address: str, kind: ListDocument, listing: Sequence[Listed]) -> Sheet:
        newest = max((one.newest for one in listing if one.newest), default=None) if kind.tells_news else None
        return Sheet(
            path=file_of(address),
            body=kind.make(self._lists, listing),
            media_type=kind.media_type,
            cache_control=f"max-age={kind.fresh}",
            last_change=None if newest is None else int(newest.timestamp()),
        )

    def name_of(self, listing: Sequence[Listed]) -> str:
        """Name all that lists say of these feeds."""
        before, name = self._said
        differing = replaced(before, listing)
        if differing is None or any(one.said != other.said for one, other in differing):
            name = digest_texts(str(len(listing)), "\n".join([one.said for one in listing]))
        self._said = listing, name
        return name


def _have_same_names(these: Sequence[Listed], those: Sequence[Listed]) -> bool:
    differing = replaced(these, those)
    return differing is not None and all(
        (one.key, one.address, one.title) == (other.key, other.address, other.title) for one, other in differing
    )


def _documents(site: Site, people: Iterable[HumanPage], old: Sequence[OldAddress]) -> dict[str, Document]:
    found = {page.address: Document(page.state, partial(_page, page), page.is_of_feed) for page in people}
    own = FEED_CSS if site.settings.pages.feeds else SITE_FEED_CSS  # which page its first line leads to
    found[STYLESHEET] = _fixed(STYLESHEET, own, _CSS, _DAY)
    found[SITE_STYLESHEET] = _fixed(SITE_STYLESHEET, SITE_FEED_CSS, _CSS, _DAY)
    found |= _icon(site)
    found |= _stubs(site.settings, old)
    moved = tuple(old) if leads_on(site.settings) else ()
    for path, body in host_files(site.settings, moved).items():
        found[f"/{path}"] = _fixed(f"/{path}", body, "text/plain; charset=utf-8", _DAY, is_coded=False)
    return found


def _fixed(address: str, body: bytes, media_type: str, cache_control: str, *, is_coded: bool = True) -> Document:
    sheet = Sheet(
        path=file_of(address), body=body, media_type=media_type, cache_control=cache_control, is_coded=is_coded
    )
    return Document(state=digest_bytes(body), make=lambda: sheet)


def _stubs(settings: Settings, old: Sequence[OldAddress]) -> Mapping[str, Document]:
    """Lead on from the old addresses that are folders: what hosts serve there has to be a page."""
    if leads_on(settings):
        return {}
    found = {}
    for one in old:
        if one.path.endswith("/"):
            body = stub(one, base=settings.base_path, url=settings.site.url)
            found[one.path] = _fixed(one.path, body, _HTML, f"max-age={settings.cache.min}{stale(settings)}")
    return found


def _icon(site: Site) -> Iterator[tuple[str, Document]]:
    """Bring the icon in the site's folder along, unless the site's generator does, and what is made of it."""
    icon = site.icon()
    if icon is None:
        return
    for address, (media_type, make) in scaled_icon(site).items():
        page = HumanPage(address, media_type, digest_texts(__version__, digest_bytes(icon.file.read_bytes())), make)
        yield address, Document(state=page.state, make=partial(_page, page))
    if not icon.is_brought:
        media_type = guess_type(icon.file.name)[0] or "image/x-icon"
        yield icon.address, _fixed(icon.address, icon.file.read_bytes(), media_type, _DAY, is_coded=False)


def _page(page: HumanPage) -> Sheet:
    return Sheet(
        path=file_of(page.address),
        body=page.make(),
        media_type=page.media_type,
        cache_control="max-age=60" if page.address.endswith("/") else _DAY,
        is_coded=page.media_type != "image/png",
    )


def page_at(site: Site, address: str) -> Sheet:
    """Make the page of an entry, or of a feed."""
    if address.startswith(ENTRIES):
        return _entry_page(site, address)
    return Sheet(
        path=file_of(address), body=feed_page_at(site.library, address), media_type=_HTML, cache_control="max-age=60"
    )


def _entry_page(site: Site, address: str) -> Sheet:
    page = site.library.pages.look_up(address, leads_to_pages=site.settings.pages.feeds)
    assert page is not None, address
    return Sheet(
        path=file_of(address),
        body=page.body(),
        media_type=_HTML,
        cache_control="max-age=60",
        last_change=page.updated,
    )


def _sitemap(address: str, make: Callable[[], bytes]) -> Sheet:
    return Sheet(
        path=file_of(address), body=make(), media_type="application/xml; charset=utf-8", cache_control="max-age=300"
    )
