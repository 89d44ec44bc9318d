"""A post becomes an entry: pure, so the same post and settings give the same entry on every machine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from html import escape

from feeds.diagnostics import Found
from feeds.entries.attribution import Attribution, original_key, source_in_tags
from feeds.entries.body import Body, body_of
from feeds.entries.credit import credit_line
from feeds.entries.legality import legal_post
from feeds.entries.markup import Links
from feeds.entries.media import enclosures_of, image_of
from feeds.entries.places import id_of, link_of
from feeds.entries.restrictions import Allowance, Substance, allowance_of, restricted
from feeds.entries.significance import fingerprint_of
from feeds.entries.wording import summary_of, title_of, with_source
from feeds.model import Category, Entry, Person, Post, Role, Scheme, Source
from feeds.settings import Settings
from feeds.slugs import normal_term
from feeds.sources import Sources
from feeds.text import one_line, script_language
from feeds.urls import on_site

_TOLD_BY_SCRIPT = ("ja", "ko", "zh")  # a site in one of these is believed: a Japanese title may be all Han
_ROLES: tuple[Role, ...] = ("origin", "aggregator", "original")


def compose(
    post: Post, *, settings: Settings, authority: str, found: Found, sources: Sources | None = None
) -> Entry | None:
    """Make the entry that a post publishes; None where its source may not be republished.

    authority: of the tag: URIs, as in "example.com,2021". sources: what the settings say of publications, built once
    for many posts. What is odd about the post is added to `found`; its content never raises.
    """
    sources = sources or Sources(settings)
    post = _with_usable_addresses(legal_post(post, found), settings.site.url, found)
    link = link_of(post, settings, found, authority=authority)
    links = Links(base=link, found=found)
    original = post.original if post.original != link else None  # `canonical_url` may name this very page
    body = body_of(post, links=links, settings=settings, sources=sources, original=original)
    attribution = body.attribution
    allowance = allowance_of((attribution.origin, attribution.aggregator), sources)
    if allowance == "none":
        found.add("source-withheld", detail=_withheld(attribution))
        return None
    return _whole(post, body, allowance, links=links, settings=settings, sources=sources, authority=authority)


def _whole(
    post: Post, body: Body, allowance: Allowance, *, links: Links, settings: Settings, sources: Sources, authority: str
) -> Entry:
    """Make the entry, and name it before credit and restrictions, which do not count (invariant 4)."""
    site, attribution, core, found = settings.site.url, body.attribution, body.core_html, links.found
    title = title_of(
        post, content_html=core, source=attribution.origin, zone=settings.zone, found=found, settings=settings.content
    )
    people = _people(post, settings, found)
    is_whole = post.is_excerpt_only or settings.content.summaries == "whole"
    whole = Substance(
        content_html=core,
        summary=summary_of(post, title=title, excerpt=body.excerpt, content_html=core, is_whole=is_whole),
        image=image_of(post, content_html=core, site=site, found=found),
        enclosures=tuple(enclosures_of(post, site=site, found=found)),
    )
    lang = one_line(post.lang or "") or None
    fingerprint = fingerprint_of(
        title,
        whole,
        link=links.base,
        site=site,
        lang=lang,
        via=attribution.original,
        people=people,
        names=attribution.said,
        stated=post.source,
    )
    if not settings.attribution.drop_source_line:
        whole = whole._replace(content_html=body.content_html)
    shown = restricted(whole, allowance)
    is_named = attribution.is_named_in_body and allowance == "full"
    title, content = _dressed(
        title, shown.content_html, body, lang=lang, is_named=is_named, settings=settings, links=links
    )
    return Entry(
        id=id_of(post, authority),
        path=post.path,
        title=title,
        link=links.base,
        published=post.published,
        offset=_offset_of(post, settings.zone),
        updated=max(post.updated or post.published, post.published),
        is_updated_stated=post.updated is not None,
        expires=post.expires,
        content_html="" if post.is_excerpt_only else content,
        summary=shown.summary,
        categories=tuple(dict.fromkeys(_categories(post, settings.content.source_suffix, sources))),
        authors=_authors(people, settings, attribution.origin),
        source=attribution.origin,
        aggregator=attribution.aggregator,
        via=attribution.original,
        original_key=original_key(attribution.original),
        license=post.license or (attribution.origin.license if attribution.origin else None),
        facts=tuple(attribution.facts[role] for role in _ROLES if role in attribution.facts),
        near=attribution.near,
        image=shown.image,
        enclosures=shown.enclosures,
        lang=lang,
        collection=post.collection,
        is_apart=bool((own := settings.collection_of(post.path)) and own.apart),
        fingerprint=fingerprint,
    )


def _offset_of(post: Post, zone: tzinfo) -> int | None:
    """Return the offset in which to show the dates, unless the site's zone says the same (quirk 6 adds it later)."""
    own = post.published.astimezone(zone).utcoffset()
    return None if own is None or post.offset == own.total_seconds() else post.offset


def _dressed(
    title: str, content: str, body: Body, *, lang: str | None, is_named: bool, settings: Settings, links: Links
) -> tuple[str, str]:
    """Put our own words around title and content: the source behind the one, the credit line behind the other.

    is_named: whoever reads the body reads the name of the source.
    """
    attribution, source, original = settings.attribution, body.attribution.origin, body.attribution.original
    language = _language_of(title, lang, settings.site.language)
    if attribution.title_suffix and source:
        title = with_source(title, source.name, language=language)
    if not attribution.credit:
        return title, content
    is_said = is_named and not (attribution.drop_source_line and body.core_html != body.content_html)
    line = credit_line(
        None if is_said else source,
        None if original and f'href="{escape(original)}"' in content else original,
        language=language,
        templates=attribution.templates,
        links=links,
    )
    return title, content + line


def _language_of(title: str, lang: str | None, site: str) -> str:
    """Return the language in which we speak around an entry: its own, else what its script tells, else the site's."""
    if lang or site.lower().startswith(_TOLD_BY_SCRIPT):
        return lang or site
    return script_language(title) or site


def _with_usable_addresses(post: Post, site: str, found: Found) -> Post:
    """Resolve what the front matter says of where the post comes from."""

    def usable(source: Source | None) -> Source | None:
        name = normal_term(source.name) if source else ""
        if not source or not name:
            return None
        return Source(name=name, url=_usable(source.url, site, found), feed=_usable(source.feed, site, found))

    if not (post.source or post.via or post.original or post.license):
        return post
    return replace(
        post,
        source=usable(post.source),
        via=usable(post.via),
        original=_usable(post.original, site, found),
        license=one_line(post.license or "") or None,
    )


def _withheld(attribution: Attribution) -> str:
    return ", ".join(one.name for one in (attribution.origin, attribution.aggregator) if one)


def _categories(post: Post, suffix: str, sources: Sources) -> Iterator[Category]:
    """Yield categories, then tags. The only category of a post from one source is called by the source's name."""
    name = source_in_tags(post.tags, suffix) if len(post.categories) == 1 else None
    label = sources.canonical(name) if name else None
    terms: list[tuple[Scheme, str]] = [("category", term) for term in post.categories]
    terms += [("tag", term) for term in post.tags]
    for scheme, text in terms:
        term = normal_term(text)
        if term:
            yield Category(term=term, scheme=scheme, label=label if label and scheme == "category" else term)


def _people(post: Post, settings: Settings, found: Found) -> tuple[Person, ...]:
    people = (
        replace(person, name=one_line(person.name), uri=_usable(person.uri, settings.site.url, found))
        for person in post.authors
    )
    return tuple(dict.fromkeys(person for person in people if person.name))


def _authors(people: tuple[Person, ...], settings: Settings, source: Source | None) -> tuple[Person, ...]:
    """Return who wrote it. Where the site signs everything with its own name, the source speaks (quirk 57)."""
    is_site_alone = [person.name for person in people] == [settings.site.author]
    return () if source and is_site_alone else people


def _usable(reference: str | None, site: str, found: Found) -> str | None:
    """Resolve an address of the front matter; None where there is none, with a note where it cannot be used."""
    if not reference or not reference.strip():
        return None
    address = on_site(reference.strip(), site)
    if address is None:
        found.add("url-unusable", detail=reference.strip())
    return address
