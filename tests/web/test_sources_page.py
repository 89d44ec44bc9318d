"""`/sources/`: who the posts come from, for people."""

import re

import pytest
from lxml import html
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.web.app import create_app

STCN = {
    "name": "证券时报",
    "url": "https://stcn.example/",
    "logo": "https://stcn.example/logo.png",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "language": "zh-CN",
}


def client_of(desk):
    return TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)


@pytest.fixture
def published(open_desk):
    desk = open_desk(source=[STCN, {"name": "Herald", "license": "All rights reserved"}])
    for number in range(3):
        desk.post(f"content/{number}.md", source="证券时报", date=f"2026-10-0{number + 1} 08:00:00")
    desk.post("content/x.md", source="Herald")
    desk.post("content/y.md", source="A <b>&")
    desk.publish()
    return desk


@pytest.fixture
def client(published):
    return client_of(published)


def rows(response):
    page = html.fromstring(response.content)
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]


def test_sources_are_listed_with_logo_licence_volume_and_when_they_were_seen_last(client):
    response = client.get("/sources/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert [row[:4] for row in rows(response)] == [
        ["证券时报 ↗", "creativecommons.org/licenses/by/4.0", "3", "2026-10-03"],
        ["A <b>&", "–", "1", "2026-10-01"],
        ["Herald", "All rights reserved", "1", "2026-10-01"],
    ]
    page = html.fromstring(response.content)
    (logo,) = page.iter("img")
    assert (logo.get("src"), logo.get("alt")) == ("https://stcn.example/logo.png", "")
    links = {one.get("href") for one in page.iter("a")}
    assert {
        "https://stcn.example/",
        "/source/证券时报/",
        "/source/证券时报.rss",
        "/sources.opml",
        "/sources.json",
    } <= links
    assert re.search("img-src 'self' https:", response.headers["content-security-policy"])


def test_every_link_of_the_page_answers(client):
    page = html.fromstring(client.get("/sources/").content)
    for href in {one.get("href") for one in page.iter("a", "link")}:
        if href.startswith("/"):
            assert client.get(href).status_code == 200, href


def test_the_front_page_leads_there(client):
    assert 'href="/sources/"' in client.get("/").text


@pytest.mark.parametrize("coding", CODINGS)
def test_the_page_has_coding_and_tag(client, coding):
    response = client.get("/sources/", headers={"accept-encoding": coding})
    assert response.headers.get("content-encoding", "identity") == coding
    assert "Accept-Encoding" in response.headers["vary"]
    assert 'rel="canonical"' in response.headers["link"]
    again = client.get("/sources/", headers={"accept-encoding": coding, "if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/sources/", headers={"accept-encoding": coding}).headers == response.headers
    assert client.post("/sources/").status_code == 405
    assert client.options("/sources/").status_code == 204


@pytest.mark.parametrize(("path", "there"), [("/sources", "/sources/"), ("/sources/1/", "/sources/")])
def test_another_spelling_leads_there(client, path, there):
    response = client.get(path)
    assert (response.status_code, response.headers["location"]) == (308, there)


@pytest.mark.parametrize("path", ["/sources/2/", "/sources/0/", "/sources/x/", "/sources/01/", "/sources//"])
def test_there_are_no_other_pages(client, path):
    assert client.get(path).status_code == 404


def test_many_sources_are_walked_through_once_each(open_desk, monkeypatch):
    monkeypatch.setattr("feeds.pages.sources.ON_A_PAGE", 10)
    desk = open_desk(site={"language": "zh-CN"})
    for number in range(195):
        desk.post(f"content/{number}.md", source=f"来源{number}")
    desk.publish()
    client, path, seen = client_of(desk), "/sources/", []
    pages = 0
    while path:
        response = client.get(path)
        pages += 1
        seen += [row[0] for row in rows(response)]
        following = html.fromstring(response.content).xpath("//a[@rel='next']/@href")
        path = following[0] if following else None
    assert pages == 20
    assert len(seen) == len(set(seen)) == 195


def test_the_page_waits_for_the_posts(open_desk):
    assert client_of(open_desk()).get("/sources/").status_code == 503


def test_a_site_without_sources_says_so(open_desk):
    desk = open_desk()
    desk.publish()
    response = client_of(desk).get("/sources/")
    assert (response.status_code, rows(response)) == (200, [])
