"""Which feeds a page of the publisher's own ought to lead to: the site, a category's page, a post's page."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds.library import Listed
from feeds.model import FORMATS, SITE, Entry, FeedKey, Format, Kind, feed_keys
from feeds.render.discovery import FORMAT_NAMES, links
from feeds.site import Site
from feeds.urls import wire

_FOLDERS: dict[str, Kind] = {
    **dict.fromkeys(("category", "categories", "topic", "topics"), "category"),
    **dict.fromkeys(("tag", "tags"), "tag"),
    **dict.fromkeys(("source", "sources"), "source"),
    **dict.fromkeys(("author", "authors"), "author"),
    "collection": "collection",
}
_KINDS: tuple[Kind, ...] = ("category", "tag", "source", "author", "collection")


class Heads:
    """The pages of one site, found by address or by file."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listed = {one.key: one for one in site.library.listing()}

    def snippet(self, target: str) -> str | None:
        """Return autodiscovery for the head of a page; None where neither a feed nor a post is meant.

        target: address of the page, or path of the post's file; nothing means the site. What the page is about comes
        first in all formats, everything else in Atom: readers show all of them, and people have to choose.
        """
        keys = self._keys(target)
        return None if keys is None else links(list(self._chosen(keys)))

    def _chosen(self, keys: list[FeedKey]) -> Iterator[tuple[str, Format, str]]:
        for place, key in enumerate(one for one in dict.fromkeys(keys) if one in self._listed):
            for format_ in FORMATS if place == 0 else FORMATS[:1]:
                yield self._found(self._listed[key], format_)

    def _found(self, one: Listed, format_: Format) -> tuple[str, Format, str]:
        site = self._site.settings.site
        title = one.title if one.key == SITE else f"{one.title} · {site.title}"
        return f"{title} ({FORMAT_NAMES[format_]})", format_, f"{site.url}{wire(one.address)}.{format_}"

    def _keys(self, target: str) -> list[FeedKey] | None:
        path = self._path_of(target)
        if path in ("", "/", "/index.html"):
            return [SITE]
        if entry := self._at_file(target) or self._at_address(target, path):
            return [SITE, *(key for key, _ in feed_keys(entry))]
        key = self._feed_at(path)
        return None if key is None else [key, SITE]

    def _path_of(self, target: str) -> str:
        """Return the readable path of an address, below that of the site."""
        path = unquote(urlsplit(target).path if target.startswith(("http://", "https://")) else target)
        base = self._site.settings.base_path
        return path.removeprefix(base) if base and f"{path}/".startswith(f"{base}/") else path

    def _at_file(self, target: str) -> Entry | None:
        path = self._relative(Path(target))
        row = self._site.store.post_rows_at([path]).get(path)
        if row is None or row.entry_id is None:
            return None
        held = self._site.store.held([row.entry_id]).get(row.entry_id)
        return held.entry if held else None

    def _relative(self, path: Path) -> str:
        """Return a file's path below the site's folder; it may be given from there, or from where we are."""
        for one in (path, self._site.folder / path):
            if one.exists() and one.resolve().is_relative_to(self._site.folder):
                return one.resolve().relative_to(self._site.folder).as_posix()
        return path.as_posix()

    def _at_address(self, target: str, path: str) -> Entry | None:
        """Return the entry whose page is at an address, with or without a slash at its end."""
        url = target if "://" in target else f"{self._site.settings.site.url}{wire('/' + path.lstrip('/'))}"
        wanted = {url.rstrip("/"), url.rstrip("/").removesuffix("/index.html")}
        return next((one for one in self._site.store.all_entries() if one.link.rstrip("/") in wanted), None)

    def _feed_at(self, path: str) -> FeedKey | None:
        """Return the feed whose page has this path, ours or another program's: `/tags/NAME/`, `/NAME.html`."""
        *folders, name = path.strip("/").removesuffix("/index.html").split("/")
        kinds = [_FOLDERS[folder] for folder in reversed(folders) if folder in _FOLDERS][:1] or _KINDS
        stems = (name, name.rpartition(".")[0] or name)
        by_address = {one.address: key for key, one in self._listed.items()}
        for stem in dict.fromkeys(stems):
            for kind in kinds:
                address = self._site.library.address_of(kind, stem)
                if address in by_address:
                    return by_address[address]
        return SITE if name in ("feed", *(f"feed.{format_}" for format_ in FORMATS)) else None
