"""Where an entry stands and what it is called: link and id. Links may change; ids never do (invariant 2)."""

import re

from feeds.diagnostics import Found
from feeds.model import Post
from feeds.settings import Settings
from feeds.urls import absolute, below, entry_address, on_site, permalink, tag_uri, wire

_IS_URI = re.compile(
    r"(?:https?|tag|urn|doi|info|ni|at|acct|ipfs|hdl|mid|cid):[^\s<>\"{}|\\^`\x00-\x1f]+", re.IGNORECASE
)
_HAS_TOKEN = re.compile(r":[a-z_]")
_HAS_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def id_of(post: Post, authority: str) -> str:
    """Return the post's own guid where it is a URI, else mint a tag: URI from the guid or the natural key."""
    guid = (post.guid or "").strip()
    if _IS_URI.fullmatch(guid) and (not guid.lower().startswith("http") or absolute(guid, "")):
        return guid
    return tag_uri(authority, guid or post.key)


def link_of(post: Post, settings: Settings, found: Found, *, authority: str) -> str:
    """Return the absolute permalink: the post's own, else that of its page here, else by the settings' template."""
    site = settings.site.url
    if post.permalink:
        own = on_site(_filled(post.permalink, post, settings), site)
        if own:
            return own
        found.add("url-unusable", detail=post.permalink)
    own_place = settings.collection_of(post.path)
    if settings.links_to_pages and not (own_place and own_place.permalink):
        address = entry_address(id_of(post, authority), authority)
    else:
        address = _fill((own_place and own_place.permalink) or settings.content.permalink, post, settings)
    home = f"{site.rstrip('/')}/"
    return below(home, wire(address).lstrip("/")) or home


def _filled(own: str, post: Post, settings: Settings) -> str:
    if _HAS_HOST.match(own) or not _HAS_TOKEN.search(own):
        return own
    return wire(_fill(own, post, settings))


def _fill(template: str, post: Post, settings: Settings) -> str:
    return permalink(
        template,
        published=post.published,
        zone=settings.zone,
        slug=post.slug,
        title=post.title,
        categories=post.categories,
        section=post.section,
        basename=post.basename,
        collection=post.collection or "posts",
        path=f"{post.section}/{post.basename}" if post.section else post.basename,
    )
