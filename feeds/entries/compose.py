"""A post becomes an entry: pure, so the same post and settings give the same entry on every machine."""

from collections.abc import Iterator
from dataclasses import replace

from feeds.diagnostics import Found
from feeds.entries.attribution import find_source, source_in_tags
from feeds.entries.body import body_of
from feeds.entries.markup import Links
from feeds.entries.media import enclosures_of, image_of
from feeds.entries.places import id_of, link_of, on_site
from feeds.entries.significance import fingerprint_of
from feeds.entries.wording import summary_of, title_of
from feeds.model import Category, Entry, Person, Post, Scheme, Source
from feeds.settings import Settings
from feeds.slugs import normal_term
from feeds.text import legal_text, one_line


def compose(post: Post, *, settings: Settings, authority: str, found: Found) -> Entry:
    """Make the entry that a post publishes; what is odd about it is added to `found`. Never raises for content.

    authority: of the tag: URIs, as in "example.com,2021".
    """
    post = _legal(post, found)
    site, suffix = settings.site.url, settings.content.source_suffix
    link = link_of(post, settings, found)
    body = body_of(post, links=Links(base=link, found=found), settings=settings)
    content_html = body.content_html
    source = _with_usable_addresses(find_source(post, stated=body.ending.stated, suffix=suffix), site, found)
    title = title_of(post, content_html=content_html, source=source, zone=settings.zone, found=found)
    entry = Entry(
        id=id_of(post, authority),
        path=post.path,
        title=title,
        link=link,
        published=post.published,
        offset=post.offset,
        updated=max(post.updated or post.published, post.published),
        is_updated_stated=post.updated is not None,
        expires=post.expires,
        content_html=content_html,
        summary=summary_of(post, title=title, excerpt=body.excerpt, content_html=content_html),
        categories=tuple(dict.fromkeys(_categories(post, suffix))),
        authors=_authors(post, settings, source, found),
        source=source,
        via=_usable(post.original, site, found) or body.ending.original,
        image=image_of(post, content_html=content_html, site=site, found=found),
        enclosures=tuple(enclosures_of(post, site=site, found=found)),
        lang=one_line(post.lang or "") or None,
    )
    return replace(entry, fingerprint=fingerprint_of(entry, site=site))


def _legal(post: Post, found: Found) -> Post:
    """Drop what XML cannot carry from everything that people read (invariant 5), and count it in one note."""
    dropped = 0

    def legal(text: str) -> str:
        nonlocal dropped
        text, count = legal_text(text)
        dropped += count
        return text

    post = replace(
        post,
        title=legal(post.title),
        body=legal(post.body),
        description=post.description and legal(post.description),
        guid=post.guid and legal(post.guid),
        lang=post.lang and legal(post.lang),
        categories=tuple(map(legal, post.categories)),
        tags=tuple(map(legal, post.tags)),
        authors=tuple(replace(p, name=legal(p.name), email=p.email and legal(p.email)) for p in post.authors),
        source=post.source and replace(post.source, name=legal(post.source.name)),
        enclosures=tuple(replace(file, type=legal(file.type)) for file in post.enclosures),
    )
    if dropped:
        found.add("text-illegal-characters", detail=str(dropped))
    return post


def _categories(post: Post, suffix: str) -> Iterator[Category]:
    """Yield categories, then tags. The only category of a post from one source is called by the source's name."""
    name = source_in_tags(post.tags, suffix) if len(post.categories) == 1 else None
    terms: list[tuple[Scheme, str]] = [("category", term) for term in post.categories]
    terms += [("tag", term) for term in post.tags]
    for scheme, text in terms:
        term = normal_term(text)
        if term:
            yield Category(term=term, scheme=scheme, label=name if name and scheme == "category" else term)


def _authors(post: Post, settings: Settings, source: Source | None, found: Found) -> tuple[Person, ...]:
    """Return who wrote it. Where the site signs everything with its own name, the source speaks (quirk 57)."""
    people = (
        replace(person, name=one_line(person.name), uri=_usable(person.uri, settings.site.url, found))
        for person in post.authors
    )
    authors = tuple(dict.fromkeys(person for person in people if person.name))
    is_site_alone = [person.name for person in authors] == [settings.site.author]
    return () if source and is_site_alone else authors


def _with_usable_addresses(source: Source | None, site: str, found: Found) -> Source | None:
    name = normal_term(source.name) if source else ""
    if not source or not name:
        return None
    return Source(name=name, url=_usable(source.url, site, found), feed=_usable(source.feed, site, found))


def _usable(reference: str | None, site: str, found: Found) -> str | None:
    """Resolve an address of the front matter; None where there is none, with a note where it cannot be used."""
    if not reference or not reference.strip():
        return None
    address = on_site(reference.strip(), site)
    if address is None:
        found.add("url-unusable", detail=reference.strip())
    return address
