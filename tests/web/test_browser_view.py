"""The same feed for a reader and for a browser: equal bytes and validators, another media type, and a stylesheet."""

import pytest
from starlette.testclient import TestClient

from feeds.render.looks import SITE_FEED_CSS
from feeds.web.app import create_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
VARY = "Accept-Encoding, Accept, Sec-Fetch-Dest"
AS_DOCUMENT = {
    "atom": "application/xml; charset=utf-8",
    "rss": "application/xml; charset=utf-8",
    "json": "application/json",
}
AS_FEED = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}


class Client:
    """Sends nothing by itself."""

    def __init__(self, desk):
        self._client = TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)
        self._client.headers.clear()

    def __call__(self, path, method="GET", **fields):
        return self._client.request(method, path, headers={k.replace("_", "-"): v for k, v in fields.items()})


@pytest.fixture
def open_client(open_desk):
    def open_(**settings):
        desk = open_desk(**settings)
        desk.post("content/one.md", category="red")
        desk.publish()
        return Client(desk)

    return open_


@pytest.fixture
def get(open_client):
    return open_client()


@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
@pytest.mark.parametrize("form", AS_FEED)
def test_a_browser_gets_the_bytes_and_validators_of_a_reader_as_xml_or_json(get, form, coding):
    path = f"/category/red.{form}"
    asked = {"accept_encoding": coding}
    document = get(path, sec_fetch_dest="document", accept=BROWSER, **asked)
    feed = get(path, accept="*/*", **asked)
    assert (document.status_code, feed.status_code) == (200, 200)
    assert document.content == feed.content
    assert document.headers["content-type"] == AS_DOCUMENT[form]
    assert feed.headers["content-type"] == AS_FEED[form]
    same = feed.headers.keys() - {"content-type"}
    assert {name: document.headers[name] for name in same} == {name: feed.headers[name] for name in same}


@pytest.mark.parametrize("form", AS_FEED)
def test_accept_decides_where_nothing_is_said_of_fetching(get, form):
    assert get(f"/feed.{form}", accept=BROWSER).headers["content-type"] == AS_DOCUMENT[form]
    assert get(f"/feed.{form}", accept=BROWSER, sec_fetch_dest="empty").headers["content-type"] == AS_FEED[form]
    assert get(f"/feed.{form}").headers["content-type"] == AS_FEED[form]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("fields", [{}, {"sec_fetch_dest": "document"}, {"accept": "text/html"}])
def test_every_answer_says_by_what_it_varies(get, fields, method):
    found = get("/feed.atom", method, **fields)
    known = get("/feed.atom", method, if_none_match=found.headers["etag"], **fields)
    assert (found.status_code, known.status_code) == (200, 304)
    assert found.headers["vary"] == known.headers["vary"] == VARY
    assert "content-type" not in known.headers


def test_a_narrower_feed_and_an_old_address_are_shown_likewise(open_client):
    get = open_client(aliases={"styles": ["jekyll"], "answer": "in-place"})
    for path in ("/feed.atom?limit=1", "/feed.xml"):
        found = get(path, sec_fetch_dest="document")
        assert found.status_code == 200
        assert found.headers["content-type"] == AS_DOCUMENT["atom"]


def test_without_browser_view_all_clients_are_treated_alike(open_client):
    get = open_client(server={"browser_view": False})
    for form, media_type in AS_FEED.items():
        found = get(f"/feed.{form}", sec_fetch_dest="document", accept=BROWSER)
        known = get(f"/feed.{form}", sec_fetch_dest="document", if_none_match=found.headers["etag"])
        assert found.headers["content-type"] == media_type
        assert found.headers["vary"] == known.headers["vary"] == "Accept-Encoding"


def test_only_styles_of_the_site_itself_may_be_loaded_by_a_feed(get):
    policy = get("/feed.rss", sec_fetch_dest="document").headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'self'; frame-ancestors 'none'"


def test_the_stylesheet_is_served_and_kept_for_long(get):
    found = get("/site-feed.css")
    assert (found.status_code, found.content) == (200, SITE_FEED_CSS)
    assert found.headers["content-type"] == "text/css; charset=utf-8"
    assert found.headers["cache-control"] == "max-age=86400, stale-while-revalidate=604800"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "date" in found.headers
    head = get("/site-feed.css", "HEAD")
    assert (head.content, head.headers) == (b"", found.headers)


def test_the_stylesheet_is_revalidated_by_its_tag(get):
    tag = get("/site-feed.css").headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = get("/site-feed.css", if_none_match=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert get("/site-feed.css", if_none_match='"other"').status_code == 200


def test_the_stylesheet_answers_no_other_methods(get):
    assert get("/site-feed.css", "OPTIONS").status_code == 204
    assert get("/site-feed.css", "POST").status_code == 405


def test_below_a_path_feed_and_stylesheet_find_each_other(open_client):
    get = open_client(site={"url": "https://example.com/news"})
    href = get("/news/feed.atom").text.partition('<?xml-stylesheet href="')[2].partition('"')[0]
    assert href == "/news/site-feed.css"
    assert get(href).content == SITE_FEED_CSS


def test_the_index_leads_to_the_feeds_in_every_format(get):
    page = get("/", accept=BROWSER).text
    for form, media_type in AS_FEED.items():
        bare = media_type.partition(";")[0]
        assert f'<link rel="alternate" type="{bare}"' in page
        assert f'href="/feed.{form}"' in page
