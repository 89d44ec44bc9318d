"""A feed as a browser shows it: the document that readers get, and before all else a link to the page for people."""

import html
from collections.abc import Mapping

from feeds.model import Format

_BEGINS: Mapping[Format, bytes] = {"atom": b"<id>", "rss": b"<title>"}  # what stands first in a head


def view(document: bytes, format_: Format, *, href: str, text: str) -> bytes:
    """Put the link in front of what the feed says of itself. CSS cannot make one, and XLink is known to no browser.

    format_: `atom` or `rss`. href: on the wire. text: the page's address as people read it; the stylesheet says more.
    Not for readers: neither Atom nor RSS has room for XHTML here.
    """
    before, first, rest = document.partition(_BEGINS[format_])
    link = f'<a xmlns="http://www.w3.org/1999/xhtml" href="{html.escape(href)}">{html.escape(text, quote=False)}</a>'
    return b"".join((before, link.encode("utf-8"), first, rest))
