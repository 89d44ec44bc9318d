"""Feeds for browsers: with a link to the page for people, and validators of their own.

Only who says `Sec-Fetch-Dest: document` gets one: no reader does, and a browser that a person steers does so wherever
the connection is safe (Fetch Metadata §2.1). No shared cache may keep it, as some do not heed Vary.
"""

from dataclasses import replace

from feeds.fingerprint import digest_texts
from feeds.library import Coding, Library, Rendition
from feeds.library.memo import Memo
from feeds.model import SITE
from feeds.render import ENCODERS
from feeds.render.view import view
from feeds.settings import Settings
from feeds.urls import wire

_BYTES = 8_000_000  # of views that are remembered: people are few
_VIEW = "1"  # another one whenever a view has other bytes of the same feed


class Views:
    """`fill` is for one thread at a time."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._base = settings.base_path
        self._url = settings.site.url
        self._made: Memo[tuple[str, str, Coding]] = Memo(_BYTES)

    @staticmethod
    def has(rendition: Rendition) -> bool:
        """Say whether a format can hold a link at all."""
        return rendition.format != "json"

    @staticmethod
    def of(rendition: Rendition) -> Rendition:
        """Return the view of a rendition, without bytes: another state, so that no tag of one is a tag of the other."""
        return replace(rendition, state=digest_texts(rendition.state, "view", _VIEW), bodies={}, deltas={}, kept={})

    def fill(self, rendition: Rendition, coding: Coding) -> Rendition:
        """Return the view with its bytes in this coding, of the rendition or of the one that has taken its place."""
        whole = self._library.fill(rendition)
        filled = self.of(whole)
        name = (filled.address, filled.state, coding)
        made = self._made.get(name)
        if made is None:
            body = self._view(whole)
            made = (ENCODERS[coding](body) if coding in ENCODERS else body,)
            self._made.put(name, *made)
        (filled.bodies[coding],) = made
        return filled

    def _view(self, whole: Rendition) -> bytes:
        """The link is a path: whoever is asked under another name, as at home, leads to the page there."""
        address = _page_of(whole)
        return view(whole.body(), whole.format, href=wire(self._base + address), text=self._url + address)


def _page_of(rendition: Rendition) -> str:
    """Return the readable address of a feed's page; that of the site's feed is the first of the site."""
    ending = f".{rendition.format}{rendition.narrowing.query}"
    return "/" if rendition.key == SITE else rendition.address.removesuffix(ending) + "/"
