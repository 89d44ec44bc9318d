"""All that belongs to one folder, put together: settings, index, the side that writes and the side that reads."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from feeds.errors import FolderError
from feeds.library import Library
from feeds.posts.conventions import FoundIcon, find_icon
from feeds.publisher import Orders, Publisher
from feeds.render.html import Templates, frame_of, try_out
from feeds.settings import Settings
from feeds.store import Store


def utc_now() -> datetime:
    return datetime.now(UTC)


class Site:
    """One folder, opened. `publisher` is None while another process publishes it: then we only read."""

    def __init__(self, folder: Path, settings: Settings, store: Store, *, now: Callable[[], datetime]) -> None:
        self.folder = folder
        self.settings = settings
        self.store = store
        own = settings.pages.templates
        self.templates = Templates(folder / own if own else None)
        try_out(self.templates, frame_of(settings))
        self.library = Library(settings, store, self.templates)
        self.publisher: Publisher | None = None
        self.orders = Orders(store.state / "orders")
        self.now = now

    def claim(self) -> Publisher | None:
        """Become the publisher if nobody else is; a process that ends, however it ends, lets go."""
        if self.publisher is None and self.store.lock.acquire():
            self.publisher = Publisher(self.folder, self.settings, self.store, now=self.now)
            self.orders.is_here = True
        return self.publisher

    def recover(self) -> None:
        """Open the index anew, where the one that was open is damaged or gone; the posts fill it at the next run.

        Readers keep what is remembered meanwhile.
        """
        self.store.reopen(now=self.now())
        self.library.begin_anew()
        self.publisher = None

    def icon(self) -> FoundIcon | None:
        """Return the icon that lies in the folder, where the settings mean it."""
        found = find_icon(self.folder)
        return found if found and found.address == self.settings.site.icon else None

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_site(
    folder: Path,
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    say: Callable[[str], None] = lambda _line: None,
) -> Site:
    """Open a folder's index and claim the right to publish it.

    say: gets a line about an index that was set aside, and about each of the site's templates that cannot be used.

    Raises FolderError where there is no such folder, IndexUnusableError where the index cannot be used.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder", "name the folder of your site")
    store = Store(folder / settings.state.path, now=now(), say=say)
    site = Site(folder, settings, store, now=now)
    for fault in site.templates.faults:
        say(fault)
    try:
        site.claim()
    except BaseException:
        store.close()
        raise
    return site


def look_into(folder: Path, settings: Settings) -> Site:
    """Open a folder's index that another process of ours has open already, to read it. It is never closed."""
    return Site(folder, settings, Store(folder / settings.state.path, now=utc_now()), now=utc_now)
