"""The same feed for a reader and for a browser: another media type, a stylesheet, and a link to the page for people.

Who is only taken for a browser, by its Accept, gets the bytes and validators of readers.
"""

import html

import pytest
from lxml import etree
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
        desk.post("content/one.md", category="red", tags="[x]")
        desk.post("content/other.md", category="a&b")
        desk.publish()
        return Client(desk)

    return open_


@pytest.fixture
def get(open_client):
    return open_client()


@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
@pytest.mark.parametrize("form", AS_FEED)
def test_who_may_be_a_browser_gets_the_bytes_and_validators_of_a_reader_as_xml_or_json(get, form, coding):
    path = f"/category/red.{form}"
    asked = {"accept_encoding": coding}
    document = get(path, accept=BROWSER, **asked)
    feed = get(path, accept="*/*", **asked)
    assert (document.status_code, feed.status_code) == (200, 200)
    assert document.content == feed.content
    assert document.headers["content-type"] == AS_DOCUMENT[form]
    assert feed.headers["content-type"] == AS_FEED[form]
    same = feed.headers.keys() - {"content-type"}
    assert {name: document.headers[name] for name in same} == {name: feed.headers[name] for name in same}


def link_of(text):
    """Return a view's link, and the document without it."""
    before, _, rest = text.partition("<a ")
    link, _, after = rest.partition("</a>")
    assert "<a " not in before + after
    return f"<a {link}</a>", before + after


@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_browser_gets_the_feed_with_one_link_before_all_else_and_a_tag_of_its_own(get, form, coding):
    path, asked = f"/category/red.{form}", {"accept_encoding": coding}
    shown = get(path, sec_fetch_dest="document", accept=BROWSER, **asked)
    feed = get(path, **asked)
    href, text = "/category/red/", "https://example.com/category/red/"
    link, rest = link_of(shown.text)
    assert link == f'<a xmlns="http://www.w3.org/1999/xhtml" href="{href}">{text}</a>'
    assert rest == feed.text
    root = etree.fromstring(shown.content)
    assert (root if form == "atom" else root[0])[0].tag == "{http://www.w3.org/1999/xhtml}a"
    assert shown.headers["content-type"] == AS_DOCUMENT[form]
    assert shown.headers.get("content-encoding", "identity") == coding
    own = {"content-type", "content-length", "etag", "cache-control"}
    same = feed.headers.keys() - own
    assert {name: shown.headers[name] for name in same} == {name: feed.headers[name] for name in same}
    assert shown.headers["etag"] != feed.headers["etag"]
    assert shown.headers["cache-control"] == f"private, {feed.headers['cache-control']}"  # some caches heed no Vary


def test_a_browser_gets_json_as_readers_do(get):
    shown, feed = get("/feed.json", sec_fetch_dest="document"), get("/feed.json")
    assert (shown.content, shown.headers["etag"]) == (feed.content, feed.headers["etag"])
    assert shown.headers["content-type"] == AS_DOCUMENT["json"]


def test_no_tag_of_a_browser_is_one_of_a_reader_and_each_is_known_in_every_coding(get):
    asked = [{"accept_encoding": coding} for coding in ("identity", "br", "gzip", "zstd")]
    feeds = [get("/feed.atom", **one).headers["etag"] for one in asked]
    views = [get("/feed.atom", sec_fetch_dest="document", **one).headers["etag"] for one in asked]
    assert len({*feeds, *views}) == 8
    for one in asked:
        for tag in (*feeds, *views):
            feed = get("/feed.atom", if_none_match=tag, **one)
            view = get("/feed.atom", if_none_match=tag, sec_fetch_dest="document", **one)
            assert feed.status_code == (304 if tag in feeds else 200)
            assert view.status_code == (304 if tag in views else 200)
    # A browser's own cache asks with the other's tag, where Vary tells it that what it holds is not what it needs.


def test_a_browser_s_304_and_head_say_what_its_200_says(get):
    whole = get("/feed.rss", sec_fetch_dest="document")
    known = get("/feed.rss", sec_fetch_dest="document", if_none_match=whole.headers["etag"])
    head = get("/feed.rss", "HEAD", sec_fetch_dest="document")
    assert (known.status_code, known.content, head.content) == (304, b"", b"")
    for name in ("etag", "cache-control", "vary", "last-modified", "link"):
        assert known.headers[name] == head.headers[name] == whole.headers[name]
    assert head.headers["content-length"] == str(len(whole.content))


def test_what_a_browser_was_shown_is_known_to_another_server_and_moves_with_the_feed(open_desk):
    desk = open_desk()
    desk.post("content/one.md", category="red")
    desk.publish()
    before = Client(desk)("/feed.atom", sec_fetch_dest="document").headers["etag"]
    get = Client(desk)
    assert get("/feed.atom", sec_fetch_dest="document", if_none_match=before).status_code == 304
    desk.post("content/two.md", title="Another", category="red")
    desk.publish()
    moved = get("/feed.atom", sec_fetch_dest="document", if_none_match=before)
    assert (moved.status_code, "Another" in moved.text) == (200, True)
    assert link_of(moved.text)[1] == get("/feed.atom").text


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("/feed.atom", "/news/"),
        ("/feed.xml", "/news/"),
        ("/feed.rss?limit=1&content=title", "/news/"),
        ("/category/a%26b.rss?limit=1", "/news/category/a&b/"),
        ("/feed/a%26b.xml", "/news/category/a&b/"),
    ],
)
@pytest.mark.parametrize("delta", [False, True])
def test_the_link_leads_to_the_page_of_the_feed_wherever_that_is_read(open_client, path, href, delta):
    aliases = {"styles": ["jekyll"], "answer": "in-place"}
    get = open_client(site={"url": "https://example.com/news"}, aliases=aliases, server={"delta": delta})
    link, _ = link_of(get(f"/news{path}", sec_fetch_dest="document", a_im="feed").text)
    given = html.unescape(link.partition('href="')[2].partition('"')[0])
    assert given == href
    assert get(given).status_code == 200
    assert html.unescape(link).endswith(f">https://example.com{href}</a>")


def test_a_title_cannot_be_taken_for_the_place_of_the_link(open_client):
    title = "<id>&lt;title&gt;<a href='/x'>"
    get = open_client(site={"title": title, "url": "https://example.com"})
    for form in ("atom", "rss"):
        assert link_of(get(f"/feed.{form}", sec_fetch_dest="document").text)[1] == get(f"/feed.{form}").text


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
