"""What the settings say of a source's looks shows on its own feed, and moves that feed alone."""

import json

import pytest
from lxml import etree

from feeds.model import FeedKey

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LOGO = "https://gazette.example/logo.png"
SITE = {"icon": "https://example.com/icon.png", "logo": "https://example.com/logo.png", "language": "de"}
GAZETTE = FeedKey("source", "The Gazette")


@pytest.fixture
def newswire(open_desk):
    desk = open_desk(site=SITE)
    desk.post("content/a.md", source="The Gazette", categories="Weather")
    desk.post("content/b.md", source="The Courier", categories="Weather")
    desk.publish()
    return desk


def know(newswire, **looks):
    newswire.clock.advance(60)
    newswire.restart_with(site=SITE, source=[{"name": "The Gazette", **looks}])
    newswire.publish()


def looks(newswire, name):
    """Image and language of a feed, as each format says them."""
    atom, rss = (etree.fromstring(newswire.read(f"/source/{name}.{form}")) for form in ("atom", "rss"))
    document = json.loads(newswire.read(f"/source/{name}.json"))
    return {
        "atom": (atom.findtext(f"{ATOM}logo"), atom.findtext(f"{ATOM}icon"), atom.get(XML_LANG)),
        "rss": (rss.findtext("channel/image/url"), rss.findtext("channel/language")),
        "json": (document["icon"], document["language"]),
    }


def test_the_feed_of_a_source_has_the_logo_and_the_language_of_the_source(newswire):
    know(newswire, logo=LOGO, language="en-GB")
    assert looks(newswire, "The_Gazette") == {
        "atom": (LOGO, LOGO, "en-GB"),
        "rss": (LOGO, "en-GB"),
        "json": (LOGO, "en-GB"),
    }


def test_a_source_of_which_the_settings_say_neither_has_those_of_the_site(newswire):
    know(newswire, logo=LOGO, language="en-GB")
    assert looks(newswire, "The_Courier") == {
        "atom": (SITE["logo"], SITE["icon"], "de"),
        "rss": (SITE["logo"], "de"),
        "json": (SITE["icon"], "de"),
    }


def moved_by(newswire, **looks):
    before = newswire.etags()
    know(newswire, **looks)
    return {key for key, tag in newswire.etags().items() if before[key] != tag}


def test_the_language_of_a_source_moves_its_own_feed_alone(newswire):
    assert moved_by(newswire, language="en-GB") == {GAZETTE}
    assert moved_by(newswire, language="en-US") == {GAZETTE}
    assert moved_by(newswire) == {GAZETTE}


def test_the_logo_of_a_source_moves_its_own_feed_and_those_whose_entries_show_it(newswire):
    assert moved_by(newswire, logo=LOGO) == {GAZETTE, FeedKey("site", ""), FeedKey("category", "Weather")}
    for address in ("/feed.atom", "/category/Weather.atom"):
        assert newswire.read(address).count(LOGO.encode()) == 1


def test_a_source_without_posts_changes_nothing_by_its_looks(newswire):
    before = newswire.etags()
    newswire.restart_with(site=SITE, source=[{"name": "The Herald", "logo": LOGO, "language": "en-GB"}])
    newswire.publish()
    assert newswire.etags() == before
