"""The list of feeds, and the page of each feed, as browsers, crawlers and caches meet them."""

import re
from urllib.parse import unquote

import pytest
from lxml import html
from starlette.testclient import TestClient

from feeds.library import CODINGS, parse_leaf
from feeds.web.app import create_app

ORIGINAL = "https://gazette.example/storm-1"
SOURCES = [
    {"name": "潮声日报", "url": "https://tide.example/", "license": "https://creativecommons.org/licenses/by/4.0/"}
]


def client_of(desk):
    return TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)


def fill(desk, count, **fields):
    """Publish so many entries in one category, a minute apart, oldest first."""
    for number in range(count):
        date = f"2026-10-01 {8 + number // 60:02}:{number % 60:02}:00"
        desk.post(f"content/p{number:03}.md", title=f"Entry {number}", date=date, categories="[新京报]", **fields)
    desk.publish()


@pytest.fixture
def desk(open_desk):
    return open_desk(site={"timezone": "Asia/Shanghai"}, source=SOURCES)


@pytest.fixture
def client(desk):
    return client_of(desk)


def parse(response):
    assert response.status_code == 200, response.text
    return html.document_fromstring(response.text)


def feeds_on(response):
    return [unquote(one) for one in parse(response).xpath("//tbody//th/a/@href")]


def titles(page):
    return page.xpath("//li[@class='item']/h3/a/text()")


# --- the page of a feed


def test_a_feed_page_says_what_it_is_and_how_to_subscribe(desk, client):
    fill(desk, 3)
    page = parse(client.get("/category/新京报/"))
    assert page.xpath("//h1/text()") == ["新京报"]
    assert "copy its address into a feed reader" in page.xpath("string(//section)")
    url = "https://example.com/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.atom"
    assert page.xpath("//code/text()") == [url]
    assert f"feed:{url}" in page.xpath("//a/@href")
    feedly = "https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fexample.com%2Fcategory%2F%25E6%2596%25B0"
    assert [one for one in page.xpath("//a/@href") if one.startswith(feedly)]
    kinds = ["application/atom+xml", "application/rss+xml", "application/feed+json"]
    assert page.xpath("//head/link[@rel='alternate']/@type") == kinds
    assert page.xpath("//head/link[@rel='canonical']/@href") == [f"{url.removesuffix('.atom')}/"]
    assert page.xpath("//meta[@property='og:title']/@content") == ["新京报"]
    for link in page.xpath("//ul[@class='chips']//a/@href"):
        assert client.get(link).status_code == 200


def test_an_item_shows_date_in_the_sites_zone_summary_source_licence_and_original(desk, client):
    desk.post(
        "content/a.md",
        title="A storm",
        body="It rained all day and all night.\n\nThen it stopped.",
        categories="[x]",
        source="潮声日报",
        original=ORIGINAL,
        date="2026-10-01 00:30:00",
    )
    desk.publish()
    (item,) = parse(client.get("/category/x/")).xpath("//li[@class='item']")
    assert item.xpath(".//time/text()") == ["2026-10-01 00:30"]
    assert item.xpath(".//time/@datetime") == ["2026-10-01T00:30:00+08:00"]
    assert "It rained all day" in item.text_content()
    assert "Source: 潮声日报" in item.text_content()
    links = item.xpath(".//a/@href")
    assert links[1:] == ["https://tide.example/", ORIGINAL, "https://creativecommons.org/licenses/by/4.0/"]


def test_the_whole_history_is_walked_without_loss_or_repetition(desk, client):
    fill(desk, 83)
    seen, address, back = [], "/category/新京报/", None
    while address:
        page = parse(client.get(address))
        previous = page.xpath("//nav/a[@rel='prev']/@href")
        assert previous == ([back] if back else [])
        seen += titles(page)
        back = client.get(address).request.url.raw_path.decode()
        address = (page.xpath("//nav/a[@rel='next']/@href") or [None])[0]
    assert seen == [f"Entry {number}" for number in reversed(range(83))]


def test_a_new_entry_changes_the_newest_page_alone(desk, client):
    fill(desk, 50)
    older = parse(client.get("/category/新京报/")).xpath("//nav/a[@rel='next']/@href")[0]
    oldest = parse(client.get(older)).xpath("//nav/a[@rel='next']/@href")[0]
    before = {one: client.get(one).headers["etag"] for one in ("/category/新京报/", oldest)}
    for day in range(1, 11):
        desk.post(f"content/later{day}.md", title="Later", date=f"2026-10-{day + 2:02} 08:00:00", categories="[新京报]")
        desk.publish()
        page = parse(client.get("/category/新京报/"))
        following = page.xpath("//nav/a[@rel='next']/@href")[0]
        assert (following == older) == (day < 10)  # the tenth makes the first page long enough for two
    assert parse(client.get(following)).xpath("//nav/a[@rel='next']/@href") == [older]
    assert titles(parse(client.get(oldest))) == [f"Entry {number}" for number in reversed(range(15))]
    assert client.get("/category/新京报/").headers["etag"] != before["/category/新京报/"]


def test_a_page_is_not_sent_again_while_it_is_the_same(desk, client):
    fill(desk, 20)
    for address in ("/category/新京报/", "/", "/?q=xjb"):
        tags = set()
        for coding in CODINGS:
            found = client.get(address, headers={"Accept-Encoding": coding})
            tag = found.headers["etag"]
            tags.add(tag)
            assert found.headers["vary"] == "Accept-Encoding"
            again = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": tag})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert len(tags) == len(CODINGS)
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
    desk.post("content/new.md", categories="[新京报]", date="2026-10-20 08:00:00")
    desk.publish()
    assert client.get("/category/新京报/", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_spelled_otherwise_leads_to_the_one_address(desk, client):
    desk.post("content/a.md", categories="[Local News]")
    desk.publish()
    for asked in ("/category/Local News/", "/category/Local News", "/category/Local_News"):
        response = client.get(asked)
        assert response.status_code == 308
        where = response.headers["location"]
        where = where if where.endswith("/category/Local_News/") else client.get(where).headers["location"]
        assert where == "/category/Local_News/"


def test_a_retired_feed_is_gone_and_an_unknown_one_is_not_found(open_desk):
    desk = open_desk(feeds={"retired": ["/category/old"]})
    desk.post("content/a.md", categories="[old, new]")
    desk.publish()
    client = client_of(desk)
    assert [client.get(f"/category/{one}/").status_code for one in ("old", "new", "none")] == [410, 200, 404]
    assert [client.get(f"/category/{one}").status_code for one in ("old", "new", "none")] == [410, 308, 404]


@pytest.mark.parametrize(
    "address", ["/category/", "/category/a/b/", "/category/%00/", "/site/x/", "/category/a/before/", "/tag//"]
)
def test_what_no_feed_could_have_is_not_found(desk, client, address):
    fill(desk, 1)
    assert client.get(address).status_code == 404


def test_a_page_behind_an_entry_that_is_gone_leads_to_the_feed(desk, client):
    fill(desk, 50)
    older = parse(client.get("/category/新京报/")).xpath("//nav/a[@rel='next']/@href")[0]
    desk.delete(f"content/{older.rstrip('/').rpartition('/')[2]}.md")
    desk.publish()
    response = client.get(older)
    assert (response.status_code, response.headers["cache-control"]) == (302, "no-store")
    assert unquote(response.headers["location"]) == "/category/新京报/"


def test_a_site_below_a_path_has_its_pages_there(open_desk):
    desk = open_desk(site={"url": "https://example.com/news"})
    fill(desk, 40)
    client = client_of(desk)
    page = parse(client.get("/news/category/新京报/"))
    local = [one for one in page.xpath("//@href | //@src") if one.startswith("/")]
    assert len(local) > 8
    assert all(one.startswith("/news/") for one in local)
    assert {client.get(one).status_code for one in local} == {200}
    assert client.get("/news/category/新京报").headers["location"].startswith("/news/category/")


# --- the list of feeds


@pytest.fixture
def many(desk):
    for number in range(120):
        day = f"2026-10-{number % 28 + 1:02} 08:00:00"
        desk.post(f"content/p{number:03}.md", date=day, categories=f"[Paper {number:03}]", tags="[新京周报, 重庆]")
    desk.publish()
    return client_of(desk)


def test_every_feed_is_found_by_turning_pages(many):
    address, found = "/", []
    while address:
        response = many.get(address)
        assert len(response.content) < 60_000
        found += feeds_on(response)
        address = (parse(response).xpath("//a[@rel='next']/@href") or [None])[0]
    assert len(found) == len(set(found)) == 122
    assert "/tag/重庆/" in found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=paper+07", 12),
        ("q=PAPER&kind=category", 120),
        ("q=paper&kind=tag", 0),
        ("q=xjzb", 1),
        ("q=chongqing", 1),
        ("q=cq", 1),
        ("q=重庆&sort=name", 1),
        ("q=nothing", 0),
    ],
)
def test_feeds_are_searched_by_name_kind_and_pinyin(many, query, found):
    text = parse(many.get(f"/?{query}")).xpath("string(//*[@id='found'])")
    assert text.startswith("One feed" if found == 1 else f"{found} feeds")


def test_feeds_are_sorted_as_is_asked(many):
    assert feeds_on(many.get("/?sort=name"))[:2] == ["/tag/重庆/", "/category/Paper_000/"]
    assert set(feeds_on(many.get("/?sort=count"))[:2]) == {"/tag/重庆/", "/tag/新京周报/"}
    assert feeds_on(many.get("/?kind=category"))[0] == "/category/Paper_027/"


def test_the_front_page_counts_the_sites_own_feed_as_the_list_for_machines_does(many):
    count = len(many.get("/feeds.json").json()["feeds"])
    assert parse(many.get("/")).xpath("string(//*[@class='about'])") == f"120 entries in {count} feeds"


def test_a_page_beyond_the_last_is_the_last(many):
    assert feeds_on(many.get("/?page=900")) == feeds_on(many.get("/?page=3"))


def test_the_list_follows_what_is_published(desk, many):
    desk.post("content/new.md", title="Just in", categories="[Fresh]", date="2026-10-30 08:00:00")
    desk.publish()
    response = many.get("/")
    assert "/category/Fresh/" in feeds_on(response)
    assert titles(parse(response))[0] == "Just in"


def test_before_anything_is_published_there_is_a_list_nevertheless(client):
    page = parse(client.get("/"))
    assert page.xpath("string(//*[@class='about'])") == "0 entries in one feed"
    assert page.xpath("string(//*[@id='found'])") == "0 feeds"


# --- what all have in common


def test_scripts_come_from_the_site_alone_and_forms_go_there(desk, client):
    fill(desk, 1)
    for address in ("/", "/category/新京报/"):
        policy = client.get(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
    script = client.get("/pages.js")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert client.get("/pages.css").headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh", "zh-CN"),
        ("cy, zh;q=0", "en"),
        (None, "en"),
    ],
)
def test_a_visitor_is_spoken_to_in_a_language_that_both_know(open_desk, asked, spoken):
    desk = open_desk(pages={"languages": ["en", "zh-CN"], "entries": True})
    fill(desk, 1)
    client = client_of(desk)
    for address in ("/", "/category/新京报/"):
        response = client.get(address, headers={"Accept-Language": asked} if asked else {"Accept-Language": ""})
        assert parse(response).get("lang") == spoken
        assert response.headers["vary"] == "Accept-Encoding, Accept-Language"


def test_without_that_setting_the_site_alone_decides(open_desk):
    desk = open_desk(site={"language": "zh-CN"})
    fill(desk, 1)
    page = client_of(desk).get("/category/新京报/", headers={"Accept-Language": "en"})
    assert parse(page).get("lang") == "zh-CN"
    assert "复制" in page.text


def test_a_sites_own_template_is_used_and_a_broken_one_is_told(open_desk, tmp_path):
    (tmp_path / "looks").mkdir()
    (tmp_path / "looks" / "base.html").write_text(
        '{% extends "ours/base.html" %}{% block foot %}<p>Since 2019</p>{% endblock %}'
    )
    (tmp_path / "looks" / "feed.html").write_text("{% block %}")
    desk = open_desk(pages={"templates": "looks"})
    fill(desk, 1)
    client = client_of(desk)
    assert "Since 2019" in client.get("/").text
    assert re.search("Entry 0", client.get("/category/新京报/").text)
    (fault,) = desk.site.templates.faults
    assert "feed.html line 1" in fault


def test_a_site_without_an_icon_has_one_drawn_and_one_with_it_keeps_it(open_desk, tmp_path):
    client = client_of(open_desk(tmp_path / "a"))
    links = parse(client.get("/")).xpath("//link[contains(@rel, 'icon')]/@href")
    assert links == ["/icon.svg", "/icon-180.png"]
    found = {one: client.get(one) for one in (*links, "/icon-64.png", "/icon-144.png", "/icon-512.png")}
    assert [one.headers["content-type"] for one in found.values()] == ["image/svg+xml", *["image/png"] * 4]
    for address, icon in found.items():
        assert client.get(address, headers={"If-None-Match": icon.headers["etag"]}).status_code == 304
    other = client_of(open_desk(tmp_path / "b", site={"icon": "/own.png"}))
    icons = parse(other.get("/")).xpath("//link[contains(@rel, 'icon')]/@href")
    assert icons == ["https://example.com/own.png"]


@pytest.mark.parametrize(
    ("name", "media_type"), [("favicon.ico", "image/"), ("img/favicon.svg", "image/svg+xml"), ("icon.png", "image/png")]
)
def test_an_icon_in_the_sites_folder_is_served_where_pages_say(open_desk, tmp_path, name, media_type):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"a picture")
    client = client_of(open_desk(site={"icon": f"/{name}", "url": "http://testserver"}))
    (address,) = parse(client.get("/")).xpath("//link[contains(@rel, 'icon')]/@href")
    found = client.get(address)
    assert (found.status_code, found.content) == (200, b"a picture")
    assert found.headers["content-type"].startswith(media_type)
    assert found.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("/category/a/", ("category", "a", "")),
        ("/tag/a/before/b/c/", ("tag", "a", "b/c/")),
        ("/collection/a/b/", ("collection", "a/b", "")),
        ("/collection/a/before/b/", ("collection", "a", "b/")),
        ("/collection/a/b/before/c/", ("collection", "a/b", "c/")),
        ("/category/a/b/", None),
        ("/category/a/before/", None),
        ("/category/a", None),
        ("/site/a/", None),
    ],
)
def test_an_address_says_which_feed_and_from_which_entry_on(address, meant):
    assert parse_leaf(address) == meant
