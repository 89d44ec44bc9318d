"""What programs that look for feeds find: OPML, JSON, robots.txt, sitemaps, Link fields."""

from datetime import UTC, datetime
from urllib.robotparser import RobotFileParser

import listparser
import pytest
from lxml import etree
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.model import FORMATS
from feeds.web.app import create_app

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
OPML = {"/opml.xml": 8, "/categories.opml": 2, "/tags.opml": 2, "/sources.opml": 1, "/authors.opml": 2}


@pytest.fixture
def published(open_desk):
    desk = open_desk(site={"language": "zh-CN"}, pages={"entries": True}, source=[{"name": "Herald", "language": "de"}])
    desk.post("content/old.md", "Old", date="2026-10-01 08:00:00", categories="[red]", tags="[a]", author="Ann")
    desk.post("content/new.md", "New", date="2026-11-01 08:00:00", categories="['A & B']", source="Herald", tags="[b]")
    desk.post("content/late.md", "Late", date="2026-10-29 12:00:00", author="Bo", lastmod="2026-10-30 12:00:00")
    desk.publish()
    return desk


def client_of(desk):
    return TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)


@pytest.fixture
def client(published):
    return client_of(published)


def addresses(response):
    return {one.get("xmlUrl") for one in etree.fromstring(response.content).iter("outline") if one.get("xmlUrl")}


# --- OPML


def test_all_feeds_are_listed_by_kind_in_the_language_of_the_site(client):
    body = etree.fromstring(client.get("/opml.xml").content).find("body")
    site, *groups = body
    assert dict(site.attrib) == {
        "type": "rss",
        "text": "Example",
        "title": "Example",
        "xmlUrl": "https://example.com/feed.rss",
        "htmlUrl": "https://example.com/",
        "language": "zh-CN",
    }
    assert [(one.get("title"), one.get("text"), len(one)) for one in groups] == [
        ("分类", "分类", 2),
        ("标签", "标签", 2),
        ("来源", "来源", 1),
        ("作者", "作者", 2),
    ]
    (source,) = groups[2]
    assert source.get("xmlUrl") == "https://example.com/source/Herald.rss"
    assert source.get("htmlUrl") == "https://example.com/source/Herald/"
    assert source.get("language") == "de"


def test_groups_have_the_words_of_the_sites_own_catalogue(open_desk, tmp_path):
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "zh.po").write_text(f'{header}msgid "Tags"\nmsgstr "话题"\n', encoding="utf-8")
    desk = open_desk(site={"language": "zh-CN"}, pages={"templates": "words"})
    desk.post("content/a.md", categories="[red]", tags="[a]")
    desk.publish()
    client = client_of(desk)
    groups = etree.fromstring(client.get("/opml.xml").content).findall("body/outline[outline]")
    assert [one.get("title") for one in groups] == ["分类", "话题"]
    assert etree.fromstring(client.get("/tags.opml").content).findtext("head/title") == "Example: 话题"


@pytest.mark.parametrize(("path", "count"), OPML.items())
def test_listparser_finds_every_feed_with_its_title(client, path, count):
    read = listparser.parse(client.get(path).content)
    assert not read.bozo
    assert len(read.feeds) == count
    assert all(one.title and one.url.startswith("https://example.com/") for one in read.feeds)
    if path == "/opml.xml":
        assert {one.title: one.tags for one in read.feeds}["A & B"] == ["分类"]


def test_a_judge_of_lists_rejects_what_is_none():
    assert listparser.parse(b"<rss><channel><title>A</title></channel></rss>").feeds == []


@pytest.mark.parametrize("kind", ["category", "tag", "source", "author", "site"])
def test_one_kind_can_be_asked_for(client, kind):
    found = addresses(client.get(f"/opml.xml?kind={kind}"))
    assert found
    assert found == {
        one
        for one in addresses(client.get("/opml.xml"))
        if f"/{kind}/" in one or (kind == "site" and one.endswith("/feed.rss"))
    }


def test_several_kinds_can_be_asked_for_and_what_is_unknown_narrows_nothing(client):
    assert len(addresses(client.get("/opml.xml?kind=tag&kind=author"))) == 4
    assert len(addresses(client.get("/opml.xml?kind=planet&active=soon"))) == 8


def test_feeds_that_had_news_in_the_last_days_can_be_asked_for(client, published):
    assert addresses(client.get("/opml.xml?active=3")) == {
        f"https://example.com/{path}.rss" for path in ("feed", "category/A_&_B", "source/Herald", "tag/b", "author/Bo")
    }
    assert addresses(client.get("/tags.opml?active=2")) == {"https://example.com/tag/b.rss"}
    etag = client.get("/opml.xml?active=2").headers["etag"]
    published.clock.advance(3600 * 11)  # the same day
    assert client.get("/opml.xml?active=2", headers={"if-none-match": etag}).status_code == 304
    published.clock.advance(86_400 * 10)
    assert addresses(client.get("/opml.xml?active=2")) == set()


# --- JSON


def test_every_feed_is_described_as_it_answers(client):
    told = client.get("/feeds.json").json()
    assert (told["title"], told["home"], len(told["feeds"])) == ("Example", "https://example.com/", 8)
    for one in told["feeds"]:
        assert one["feeds"].keys() == one["etags"].keys() == set(FORMATS)
        for format_, url in one["feeds"].items():
            headers = {"if-none-match": one["etags"][format_]}
            assert client.get(url.removeprefix("https://example.com"), headers=headers).status_code == 304
    herald = next(one for one in told["feeds"] if one["kind"] == "source")
    assert {name: herald[name] for name in ("term", "title", "page", "count", "newest")} == {
        "term": "Herald",
        "title": "Herald",
        "page": "https://example.com/source/Herald/",
        "count": 1,
        "newest": "2026-11-01T08:00:00+00:00",
    }


def test_the_tag_of_a_feed_that_changed_is_told_anew(client, published):
    before = {one["page"]: one["etags"] for one in client.get("/feeds.json").json()["feeds"]}
    published.post(
        "content/old.md", "Changed", date="2026-10-01 08:00:00", categories="[red]", tags="[a]", author="Ann"
    )
    published.publish()
    after = {one["page"]: one["etags"] for one in client.get("/feeds.json").json()["feeds"]}
    moved = {page.removeprefix("https://example.com") for page in after if after[page] != before[page]}
    assert moved == {"/", "/category/red/", "/tag/a/", "/author/Ann/"}


def test_no_tag_is_told_while_the_index_is_not_as_the_settings_want_it(published):
    published.restart_with(feeds={"window": 1})
    told = client_of(published).get("/feeds.json").json()["feeds"]
    assert [one["etags"] for one in told] == [{}] * len(told)


# --- what all of them have in common

LISTS = {
    **dict.fromkeys(OPML, "text/x-opml; charset=utf-8"),
    "/feeds.json": "application/json",
    "/sitemap.xml": "application/xml; charset=utf-8",
    "/sitemap-1.xml": "application/xml; charset=utf-8",
    "/sitemap-news.xml": "application/xml; charset=utf-8",
}


@pytest.mark.parametrize(("path", "media_type"), LISTS.items())
@pytest.mark.parametrize("coding", CODINGS)
def test_a_list_has_type_coding_and_tag_and_is_open_to_pages_elsewhere(client, path, media_type, coding):
    response = client.get(path, headers={"accept-encoding": coding})
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert response.headers.get("content-encoding", "identity") == coding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["access-control-allow-origin"] == "*"
    again = client.get(path, headers={"accept-encoding": coding, "if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path, headers={"accept-encoding": coding})
    assert (head.content, head.headers) == (b"", response.headers)
    assert client.options(path).status_code == 204
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", LISTS)
def test_half_a_list_is_never_given(open_desk, path):
    response = client_of(open_desk(pages={"entries": True})).get(path)
    assert (response.status_code, response.headers["cache-control"]) == (503, "no-store")


# --- robots.txt


@pytest.mark.parametrize("base", ["", "/news"])
def test_robots_may_have_all_but_what_needs_a_token(open_desk, base):
    desk = open_desk(site={"url": f"https://example.com{base}"}, pages={"entries": True})
    desk.publish()
    told = client_of(desk).get(f"{base}/robots.txt")
    assert told.headers["content-type"] == "text/plain; charset=utf-8"
    robots = RobotFileParser()
    robots.parse(told.text.splitlines())
    for path in ("/", "/feed.rss", "/category/a.atom", "/opml.xml", "/sources/"):
        assert robots.can_fetch("Feedly", f"https://example.com{base}{path}")
    assert not robots.can_fetch("Feedly", f"https://example.com{base}/-/status")
    assert robots.site_maps() == [
        f"https://example.com{base}/sitemap.xml",
        f"https://example.com{base}/sitemap-news.xml",
    ]


def test_sitemaps_are_for_sites_that_have_pages(open_desk):
    desk = open_desk()
    desk.publish()
    client = client_of(desk)
    assert "Sitemap" not in client.get("/robots.txt").text
    for path in ("/sitemap.xml", "/sitemap-1.xml", "/sitemap-news.xml"):
        assert client.get(path).status_code == 404


# --- sitemaps


def places(client, path):
    root = etree.fromstring(client.get(path).content)
    return [(one.findtext(f"{MAP}loc"), one.findtext(f"{MAP}lastmod")) for one in root]


def test_pages_of_entries_are_mapped_with_their_dates(client, published):
    assert places(client, "/sitemap.xml") == [("https://example.com/sitemap-1.xml", "2026-11-01T12:00:00+00:00")]
    found = places(client, "/sitemap-1.xml")
    assert [url for url, _ in found] == [f"https://example.com/entry/{name}/" for name in ("old", "late", "new")]
    for url, changed in found:
        page = client.get(url.removeprefix("https://example.com"))
        told = datetime.strptime(page.headers["last-modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        assert told.isoformat() == changed
    assert client.get("/sitemap-2.xml").status_code == 404


def test_a_sitemap_is_divided_and_a_new_entry_changes_the_last_part_alone(published, client, monkeypatch):
    monkeypatch.setattr("feeds.pages.sitemaps.IN_A_PART", 2)
    parts = ["/sitemap-1.xml", "/sitemap-2.xml"]
    assert [url for url, _ in places(client, "/sitemap.xml")] == [f"https://example.com{part}" for part in parts]
    assert [len(places(client, part)) for part in parts] == [2, 1]
    first, second = (client.get(part).headers["etag"] for part in parts)
    published.post("content/newest.md", date="2026-11-01 09:00:00")
    published.publish()
    assert client.get(parts[0]).headers["etag"] == first
    assert client.get(parts[1]).headers["etag"] != second


def test_news_are_those_of_two_days_by_the_clock(client, published):
    root = etree.fromstring(client.get("/sitemap-news.xml").content)
    (one,) = root
    assert one.findtext(f"{MAP}loc") == "https://example.com/entry/new/"
    news = one.find(f"{NEWS}news")
    assert news.findtext(f"{NEWS}publication/{NEWS}name") == "Example"
    assert news.findtext(f"{NEWS}publication/{NEWS}language") == "zh-cn"
    assert news.findtext(f"{NEWS}publication_date") == "2026-11-01T08:00:00+00:00"
    assert news.findtext(f"{NEWS}title") == "New"
    etag = client.get("/sitemap-news.xml").headers["etag"]
    published.clock.advance(43 * 3600)
    assert client.get("/sitemap-news.xml", headers={"if-none-match": etag}).status_code == 304
    published.clock.advance(2 * 3600)
    assert len(etree.fromstring(client.get("/sitemap-news.xml").content)) == 0


# --- Link fields


def test_the_front_page_leads_programs_to_feeds_and_lists(client):
    told = client.get("/").headers["link"]
    first, *_ = told.split(", ")
    assert first == '<https://example.com/feed.atom>; rel="alternate"; type="application/atom+xml"'
    for path in ("/feed.rss", "/feed.json", "/opml.xml", "/feeds.json"):
        assert f"<https://example.com{path}>" in told
    etag = client.get("/").headers["etag"]
    assert client.get("/", headers={"if-none-match": etag}).headers["link"] == told
