"""Which requests want a feed to look at, told by the fields that real programs send."""

import pytest

from feeds.web.documents import is_document

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SIMPLEPIE = (  # and FreshRSS, which is built on it
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, "
    "text/html;q=0.7, unknown/unknown;q=0.1, application/unknown;q=0.1, */*;q=0.1"
)
MINIFLUX = (
    "application/xml, application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "text/html, */*;q=0.9"
)
FEEDPARSER = (  # and reader, rss2email
    "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml;q=0.9,"
    "text/xml;q=0.2,*/*;q=0.1"
)
READERS = {
    "freshrss": SIMPLEPIE,
    "miniflux": MINIFLUX,
    "feedparser": FEEDPARSER,
    "liferea": "application/atom+xml,application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.7",
    "newsboat, elfeed, curl": "*/*",
    "quiterss, old": "text/xml, text/html, */*",
    "quiterss": "application/atom+xml,application/rss+xml;q=0.9,application/xml;q=0.8,text/xml;q=0.7,*/*;q=0.6",
    "rss-forwarder": "application/atom+xml, application/rss+xml, application/xml, text/xml",
    "rss-parser": "application/rss+xml",
    "pushl": "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9,application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.5,*/*;q=0.1",
    "java.net": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
}


@pytest.mark.parametrize("accept", READERS.values(), ids=READERS)
def test_a_reader_gets_a_feed(accept):
    assert not is_document(None, accept.encode())


@pytest.mark.parametrize(
    "accept",
    [
        CHROMIUM,
        FIREFOX,
        "text/html",
        "application/xhtml+xml",
        "Text/HTML ; Q=1.000 , */* ; q=0.001",
        "text/html,,*/*;q=0.8",
        "text/html;level=1;q=1, application/*;q=0.9, */*;q=0.1",
    ],
)
def test_a_browser_that_says_nothing_of_fetching_is_known_by_what_it_prefers(accept):
    assert is_document(None, accept.encode())


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "text/html;q=0.9",
        "text/html;q=0.9, */*;q=0.1",
        "text/html, */*",
        "text/html, application/*",
        "text/html, application/rss+xml, */*;q=0.1",
        "text/html;q=0, */*;q=0",
        "text/html;q=many, */*;q=0.1",
        "text/*",
        "html",
        "text/html, *",
        "é, text/html",
    ],
)
def test_pages_that_are_not_preferred_to_every_kind_of_feed_are_not_meant(accept):
    assert not is_document(None, accept.encode("latin-1"))


def test_an_exact_range_says_more_than_a_wild_one():
    assert is_document(None, b"text/html, application/*;q=0.5")
    assert not is_document(None, b"text/html, application/*;q=0.5, application/atom+xml")
    assert not is_document(None, b"text/html, application/*;q=0.5, */*")


def test_where_a_browser_says_what_it_fetches_for_nothing_else_counts():
    assert is_document(b"document", None)
    assert is_document(b"document", SIMPLEPIE.encode())
    for other in (b"empty", b"iframe", b"image", b"script", b"", b"Document", b"document, document"):
        assert not is_document(other, CHROMIUM.encode())


def test_nothing_at_all_is_no_browser():
    assert not is_document(None, None)


def test_a_field_of_any_length_is_read():
    assert is_document(None, b"text/html, x/y;q=0.1, " + b"image/png," * 5000)
