"""What an entry page says to programs: schema.org's NewsArticle, as JSON-LD."""

from collections.abc import Mapping
from datetime import tzinfo

from feeds.model import Entry
from feeds.render.moments import rfc3339
from feeds.render.readings import heading, license_of, origin_of, original_of, terms_of

Linked = Mapping[str, object]


def news_article(entry: Entry, *, page: str, publisher: Linked, zone: tzinfo) -> Linked:
    """Describe an entry. page: absolute address of its page here; publisher: of this site.

    A republished article is the same as its original, and based on it; who published that is the `sourceOrganization`.
    """
    original, origin = original_of(entry), origin_of(entry)
    published_first = origin and _known("Organization", name=origin.name, url=origin.url, logo=origin.logo)
    people = [_known("Person", name=person.name, url=person.uri) for person in entry.authors if person.name]
    address, name = terms_of(license_of(entry))
    return {
        "@context": "https://schema.org",
        **_known(
            "NewsArticle",
            headline=heading(entry),
            description=entry.summary,
            url=page,
            mainEntityOfPage=page,
            datePublished=rfc3339(entry.published, zone),
            dateModified=rfc3339(entry.updated, zone),
            inLanguage=entry.lang,
            image=entry.image and entry.image.url,
            author=people or published_first or publisher,
            publisher=publisher,
            sourceOrganization=published_first,
            isBasedOn=original and _known("NewsArticle", url=original, publisher=published_first),
            sameAs=original,
            license=address or (_known("CreativeWork", name=name) if name else None),
            keywords=list(dict.fromkeys(category.label for category in entry.categories)),
        ),
    }


def organization(*, name: str, url: str, logo: str | None) -> Linked:
    return _known("Organization", name=name, url=url, logo=logo)


def _known(type_: str, **members: object) -> Linked:
    """Leave out what is absent or empty."""
    return {"@type": type_} | {name: value for name, value in members.items() if value}
