"""What a site's own settings and a client's own wishes make of a feed's address, over HTTP."""

import pytest
from starlette.testclient import TestClient

from feeds.web.app import create_app


@pytest.fixture
def opened(open_desk):
    def open_(**settings):
        desk = open_desk(**settings)
        for day in range(1, 4):
            desk.post(f"content/p{day}.md", f"Day {day}", date=f"2026-10-0{day}", category="Old News", tags="[x]")
        desk.publish()
        return desk, TestClient(create_app(desk.site), follow_redirects=False)

    return open_


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_a_retired_feed_is_gone_and_says_so_to_caches(opened, form):
    _, client = opened(feeds={"retired": ["/category/Old News", "/tag/never-was"]})
    for address in ("/category/Old_News", "/tag/never-was"):
        response = client.get(f"{address}.{form}")
        assert response.status_code == 410
        assert "max-age" in response.headers["cache-control"]
        assert client.head(f"{address}.{form}").status_code == 410


def test_a_retired_feed_is_in_no_list_and_its_posts_stay_in_the_others(opened):
    desk, client = opened(feeds={"retired": ["/category/Old News"]})
    assert "Old_News" not in client.get("/").text
    assert "/category/Old_News" not in [one.address for one in desk.site.library.listing()]
    assert client.get("/tag/x.rss").text.count("<item>") == 3


def test_an_old_address_of_a_retired_feed_ends_there_too(opened):
    _, client = opened(feeds={"retired": ["/category/Old News"]}, aliases={"styles": ["hugo"]})
    response = client.get("/categories/old-news/index.xml")
    assert response.status_code == 301
    assert client.get(response.headers["location"]).status_code == 410


@pytest.mark.parametrize("address", ["/category/Long%20Gone.rss", "/source/Other%20Name.rss"])
def test_a_retired_feed_is_gone_under_its_raw_and_other_names_although_no_post_is_left(opened, address):
    source = {"name": "Paper", "aliases": ["Other Name"]}
    _, client = opened(feeds={"retired": ["/category/Long Gone", "/source/Paper"]}, source=[source])
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("answer", ["redirect", "in-place"])
def test_old_addresses_of_a_retired_feed_end_there_although_no_post_is_left(opened, answer):
    styles = ["jekyll", "hugo", "wordpress", "pelican"]
    _, client = opened(feeds={"retired": ["/category/Long Gone"]}, aliases={"styles": styles, "answer": answer})
    for old in (
        "/feed/Long%20Gone.xml",
        "/categories/long-gone/index.xml",
        "/category/long-gone/feed/",
        "/?feed=atom&category_name=long-gone",
        "/feeds/long-gone.atom.xml",
    ):
        assert client.get(old, follow_redirects=True).status_code == 410


def test_retiring_one_feed_moves_no_other(opened):
    desk, _ = opened()
    before = desk.etags()
    desk.restart_with(feeds={"retired": ["/category/Old News"]})
    desk.publish()
    gone = before.keys() - desk.etags().keys()
    assert [key.term for key in gone] == ["Old News"]
    assert desk.etags().items() <= before.items()


def test_the_site_feed_cannot_be_retired(open_desk):
    with pytest.raises(Exception, match="the site's own feed"):
        open_desk(feeds={"retired": ["/feed"]})


def test_a_limit_is_answered_and_cached_like_the_rest(opened):
    _, client = opened()
    first = client.get("/feed.rss?limit=2", headers={"accept-encoding": "gzip"})
    assert first.status_code == 200
    assert first.text.count("<item>") == 2
    assert '/feed.rss?limit=2>; rel="self"' in first.headers["link"]
    again = client.get("/feed.rss?x=1&limit=2", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


def test_unknown_parameters_change_nothing(opened):
    desk, client = opened()
    plain = client.get("/feed.rss")
    held = len(desk.site.library.shelf)
    for number in range(5):
        assert client.get(f"/feed.rss?cachebuster={number}").headers["etag"] == plain.headers["etag"]
    assert len(desk.site.library.shelf) == held


def test_a_redirect_keeps_the_limit(opened):
    _, client = opened()
    response = client.get("/category/Old%20News.rss?limit=2&utm_source=x")
    assert (response.status_code, response.headers["location"]) == (308, "/category/Old_News.rss?limit=2")


@pytest.mark.parametrize(
    ("old", "location"),
    [
        ("/feed/?content=title&limit=2&utm_source=x", "/feed.rss?limit=2&content=title"),
        ("/?feed=atom&limit=2", "/feed.atom?limit=2"),
    ],
)
def test_an_old_address_keeps_the_limit_too(opened, old, location):
    _, client = opened(aliases={"styles": ["wordpress"]})
    response = client.get(old)
    assert (response.status_code, response.headers["location"]) == (301, location)
