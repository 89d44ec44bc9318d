"""Subscribers of before the switch: every address at which Jekyll, Hugo, WordPress and Pelican kept their feeds."""

import re
import runpy
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from feeds.pages.aliases import TABLE, Aliases, Old, canonical
from feeds.web.app import create_app

STYLES = list(TABLE)
POSTS = [
    {"categories": '["Local News"]', "tags": '["node.js", "Q&A"]', "authors": '["Ann Lee"]'},
    {"categories": "[新京报]", "tags": "[Café]", "authors": "[misc]"},
]


@pytest.fixture
def open_site(open_desk):
    """Two posts with terms of many scripts and marks, and a client for the site they are on."""

    def open_(posts=POSTS, site=None, **aliases):
        desk = open_desk(site=site or {}, aliases={"styles": STYLES, **aliases})
        for number, fields in enumerate(posts):
            desk.post(f"content/{number}.md", title=str(number), **fields)
        desk.publish()
        app = create_app(desk.site, clock=lambda: desk.clock().timestamp())
        client = TestClient(app, follow_redirects=False)
        client.headers.clear()
        client.desk = desk
        return client

    return open_


# Old address → the feed that it means.
OLD = {
    # jekyll-feed
    "/feed.xml": "/feed.atom",
    "/feed/Local%20News.xml": "/category/Local_News.atom",
    "/feed/by_tag/q-a.xml": "/tag/Q&A.atom",
    "/feed/by_tag/node.js.xml": "/tag/node.js.atom",
    # Hugo
    "/index.xml": "/feed.rss",
    "/categories/local-news/index.xml": "/category/Local_News.rss",
    "/categories/%E6%96%B0%E4%BA%AC%E6%8A%A5/index.xml": "/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.rss",
    "/tags/caf%C3%A9/index.xml": "/tag/Caf%C3%A9.rss",
    # WordPress
    "/feed/": "/feed.rss",
    "/feed": "/feed.rss",
    "/feed/rss2/": "/feed.rss",
    "/feed/atom/": "/feed.atom",
    "/category/local-news/feed/": "/category/Local_News.rss",
    "/category/local-news/feed/atom/": "/category/Local_News.atom",
    "/category/world/europe/local-news/feed/": "/category/Local_News.rss",
    "/category/world/local-news/feed/atom": "/category/Local_News.atom",
    "/tag/qa/feed/": "/tag/Q&A.rss",
    "/author/ann-lee/feed/": "/author/Ann_Lee.rss",
    "/author/ann-lee/feed/atom": "/author/Ann_Lee.atom",
    "/?feed=rss2": "/feed.rss",
    "/?feed=atom": "/feed.atom",
    "/?feed=atom&category_name=local-news": "/category/Local_News.atom",
    # Pelican
    "/feeds/all.atom.xml": "/feed.atom",
    "/feeds/all.rss.xml": "/feed.rss",
    "/feeds/local-news.atom.xml": "/category/Local_News.atom",
    "/feeds/Local_News.rss.xml": "/category/Local_News.rss",
    "/feeds/ann-lee.atom.xml": "/author/Ann_Lee.atom",
    "/feeds/ann-lee.rss.xml": "/author/Ann_Lee.rss",
}

UNKNOWN = [
    "/feed/nobody.xml",
    "/feed/by_tag/Local%20News.xml",  # a category, and no tag
    "/feed/a/b.xml",
    "/feed/%00.xml",
    "/feed/%FF.xml",
    "/categories/nobody/index.xml",
    "/categories/index.xml",
    "/tags//index.xml",
    "/category/nobody/feed/",
    "/category/local-news/nobody/feed/",
    "/category//local-news/feed/",
    "/tag/world/qa/feed/",
    "/tag/nobody/feed/atom/",
    "/author/nobody/feed/",
    "/feed/comments/",
    "/?feed=rss2&tag=nobody",
    "/?feed=rss2&cat=7",  # a number that only WordPress's database knows
    "/feeds/nobody.atom.xml",
    "/feeds/node.js.atom.xml",  # by default Pelican has no feeds of tags
]


def kept(headers):
    """The fields of an answer but for the moment of it."""
    return {name: value for name, value in headers.items() if name != "date"}


@pytest.mark.parametrize(("old", "feed"), OLD.items())
def test_an_old_address_leads_to_its_feed_for_good(open_site, old, feed):
    client = open_site()
    for method in ("GET", "HEAD"):
        response = client.request(method, old)
        assert (response.status_code, response.headers["location"]) == (301, feed)
        assert "max-age=" in response.headers["cache-control"]
    assert client.get(feed).status_code == 200


@pytest.mark.parametrize(("old", "feed"), OLD.items())
def test_in_place_an_old_address_answers_as_the_feed_itself(open_site, old, feed):
    client = open_site(answer="in-place")
    for fields in ({}, {"accept-encoding": "gzip"}):
        there, here = client.get(feed, headers=fields), client.get(old, headers=fields)
        assert there.status_code == 200
        assert (here.status_code, here.content, kept(here.headers)) == (200, there.content, kept(there.headers))
        assert here.headers.get("content-encoding", "identity") == fields.get("accept-encoding", "identity")
        head = client.head(old, headers=fields)
        assert (head.status_code, head.content, kept(head.headers)) == (200, b"", kept(there.headers))
        for condition in (
            {"if-none-match": there.headers["etag"]},
            {"if-modified-since": here.headers["last-modified"]},
        ):
            same = client.get(old, headers={**fields, **condition})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", there.headers["etag"])


@pytest.mark.parametrize("answer", ["redirect", "in-place"])
@pytest.mark.parametrize("old", UNKNOWN)
def test_a_name_that_no_feed_has_is_not_found(open_site, answer, old):
    response = open_site(answer=answer).get(old)
    assert response.status_code == 404
    assert response.headers["cache-control"] == "max-age=60"


@pytest.mark.parametrize("old", [old for old in OLD if not old.startswith("/?")])
def test_nothing_is_answered_that_nobody_chose(open_site, old):
    assert open_site(styles=[]).get(old).status_code == 404


@pytest.mark.parametrize("query", ["feed=rss2", ""])
def test_the_page_of_all_feeds_stays_where_wordpress_was_not_chosen(open_site, query):
    response = open_site(styles=["jekyll", "hugo", "pelican"]).get(f"/?{query}")
    assert response.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("query", ["", "feed=", "feed=comments-rss2", "utm_source=feed", "feed", "%FF=%00&&="])
def test_a_query_that_asks_for_no_feed_brings_the_page_of_all_feeds(open_site, query):
    response = open_site().get(f"/?{query}")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("style", STYLES)
def test_each_style_answers_at_its_own_addresses_only(style):
    sample = {name: TABLE[name][0].address for name in STYLES}
    assert [name for name in STYLES if Aliases([style]).read(sample[name], b"")] == [style]


@pytest.mark.parametrize("answer", ["redirect", "in-place"])
def test_a_name_that_two_terms_share_in_the_other_spelling_is_not_guessed(open_site, answer):
    posts = [{"categories": f'["{term}"]'} for term in ("Local News", "local news", "Q&A", "Q-A")]
    client = open_site(posts, answer=answer)
    assert client.get("/categories/local-news/index.xml").status_code == 404
    assert client.get("/categories/Local%20News/index.xml").status_code in (200, 301)
    assert client.get("/categories/q-a/index.xml", follow_redirects=True).text.count("<item>") == 1  # `Q-A`, the closer


def test_a_term_that_comes_later_is_found_and_makes_its_twin_ambiguous(open_site):
    client = open_site([{"tags": '["Deep Sea"]'}])
    assert client.get("/tags/deep-sea/index.xml").headers["location"] == "/tag/Deep_Sea.rss"
    assert client.get("/tags/high-sea/index.xml").status_code == 404
    client.desk.post("content/later.md", title="later", tags='["High Sea", "deep sea"]')
    client.desk.publish()
    assert client.get("/tags/high-sea/index.xml").headers["location"] == "/tag/High_Sea.rss"
    assert client.get("/tags/deep-sea/index.xml").status_code == 404


def test_names_are_read_from_the_index_once_however_often_they_are_asked_for(open_site, monkeypatch):
    client = open_site()
    read = []
    from feeds.store import Reader

    terms_after = Reader.terms_after
    monkeypatch.setattr(
        Reader, "terms_after", lambda self, number: read.extend(got := terms_after(self, number)) or got
    )
    for _ in range(5):
        client.get("/categories/local-news/index.xml")
        client.get("/categories/nobody/index.xml")
    assert len(read) == len(set(read)) == len(client.desk.site.library.listing())


def test_an_old_address_leads_to_the_slug_that_the_settings_fix(open_desk):
    desk = open_desk(aliases={"styles": ["hugo"]}, feed=[{"address": "/category/Local News", "slug": "local"}])
    desk.post("content/1.md", categories='["Local News"]')
    desk.publish()
    client = TestClient(create_app(desk.site), follow_redirects=False)
    for name in ("local", "Local%20News", "local-news"):
        assert client.get(f"/categories/{name}/index.xml").headers["location"] == "/category/local.rss"


@pytest.mark.parametrize("prefix", ["", "/news"])
@pytest.mark.parametrize("old", ["/feed.xml", "/tag/qa/feed/", "/?feed=rss2"])
def test_a_site_below_a_path_keeps_its_old_addresses_there(open_site, prefix, old):
    client = open_site(site={"url": "https://example.com/news"})
    assert client.get(prefix + old).headers["location"] == "/news" + OLD[old]


@pytest.mark.parametrize("prefix", ["", "/news"])
@pytest.mark.parametrize("old", ["/feed.xml", "/tag/qa/feed/", "/?feed=rss2"])
def test_a_site_below_a_path_answers_in_place_there(open_site, prefix, old):
    client = open_site(site={"url": "https://example.com/news"}, answer="in-place")
    assert client.get(prefix + old).content == client.get(prefix + OLD[old]).content != b""


@pytest.mark.parametrize("answer", ["redirect", "in-place"])
def test_methods_are_those_of_feeds(open_site, answer):
    client = open_site(answer=answer)
    for path in ("/feed.xml", "/?feed=rss2"):
        refused = client.post(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        asked = client.options(path)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    assert client.get("/feed.xml").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("answer", ["redirect", "in-place"])
def test_until_the_first_ingest_is_over_nobody_is_sent_anywhere(open_desk, answer):
    desk = open_desk(aliases={"styles": ["jekyll"], "answer": answer})
    client = TestClient(create_app(desk.site), follow_redirects=False)
    assert client.get("/feed.xml").status_code == 503
    desk.publish()
    assert client.get("/feed.xml").status_code in (200, 301)


def test_the_table_needs_no_site_to_be_read():
    aliases = Aliases(["pelican"])
    old = aliases.read("/feeds/sea.rss.xml", b"")
    assert old == Old(("category", "author"), "sea", "rss")
    assert canonical(old, lambda kind, name: f"/{kind}/{name}" if kind == "author" else None) == "/author/sea.rss"
    assert canonical(old, lambda _kind, _name: None) is None


def test_every_row_of_the_table_reads_its_own_address():
    for style, rows in TABLE.items():
        for row in rows:
            for address in (re.sub("{parents}", parents, row.address) for parents in ("", "a/", "a/b/")):
                old = Aliases([style]).read(re.sub("{name}", "x", address), b"")
                assert (old.name, old.format) == ("x" if "{name}" in row.address else "", row.format)


def test_the_twenty_addresses_of_the_script_lead_to_feeds_and_answer_as_they_do():
    script = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "show_aliases.py"), run_name="show_aliases")
    answers = list(script["answers"]())
    assert [answer.style for answer in answers] == [style for style in STYLES for _ in range(5)]
    assert len({answer.address for answer in answers}) == 20
    for answer in answers:
        assert (answer.redirect, answer.in_place, answer.again) == (301, 200, 304), answer
        assert answer.etag == answer.feed_etag, answer


OWN = {
    "/blog/atom.xml": "/feed.atom",
    "/topics/{name}.xml": "/tag/{name}.atom",
    "/feed.xml": "/category/Local News.json",  # before what Jekyll had there
}


@pytest.mark.parametrize(
    ("old", "feed"),
    [
        ("/blog/atom.xml", "/feed.atom"),
        ("/topics/q-a.xml", "/tag/Q&A.atom"),
        ("/feed.xml", "/category/Local_News.json"),
        ("/index.xml", "/feed.rss"),
    ],
)
def test_a_site_may_name_old_addresses_of_its_own(open_site, old, feed):
    assert open_site(addresses=OWN).get(old).headers["location"] == feed


def test_in_place_ones_own_old_address_answers_as_the_feed(open_site):
    assert open_site(addresses=OWN, answer="in-place").get("/topics/q-a.xml").status_code == 200


def test_an_address_of_ones_own_for_an_unknown_term_is_not_found(open_site):
    assert open_site(addresses=OWN).get("/topics/nobody.xml").status_code == 404
