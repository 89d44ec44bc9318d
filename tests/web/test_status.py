"""`/-/status`: how a site is doing, for whoever has the token."""

import re

import pytest
from lxml import html
from starlette.testclient import TestClient

from feeds.web.app import create_app

TOKEN = "0123456789abcdef-desk"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def open_site(open_desk):
    def open_(**settings):
        desk = open_desk(admin={"tokens": {"desk": TOKEN}}, **settings)
        desk.post("content/2026-10-01-a.md", categories="[红]")
        desk.write("content/one.md", "---\ntitle: Open\n")
        desk.write("content/two.md", "---\ntitle: Open\n")
        desk.publish()
        return desk

    return open_


@pytest.fixture
def desk(open_site):
    return open_site()


@pytest.fixture
def client(desk):
    with client_of(desk) as client:
        yield client


def client_of(desk):
    return TestClient(
        create_app(desk.site, clock=lambda: desk.clock().timestamp()), headers={"accept-encoding": "identity"}
    )


def told(client, query=""):
    response = client.get(f"/-/status.json{query}", headers=BEARER)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    return response.json()


def read(client):
    for _ in range(3):
        whole = client.get("/category/红.atom", headers={"user-agent": "Feedbin feed-id:1 - 37 subscribers"})
        client.get("/feed.rss", headers={"user-agent": "newsboat/2"})
        client.get("/category/红.atom", headers={"user-agent": "newsboat/2", "if-none-match": whole.headers["etag"]})
    return whole


def test_traffic_readers_and_what_was_saved_are_told_by_day_and_feed(client):
    whole = read(client)
    visits = told(client)["visits"]
    assert {name: visits[name] for name in ("answers", "unchanged", "saved_bytes", "subscribers", "days")} == {
        "answers": 9,
        "unchanged": 3,
        "saved_bytes": 3 * len(whole.content),
        "subscribers": 37,
        "days": 7,
    }
    assert visits["unchanged_share"] == 0.3333
    assert [(one["day"], one["answers"], one["programs"]) for one in visits["by_day"]] == [("2026-11-01", 9, 2)]
    red, site = visits["by_feed"]
    assert (red["kind"], red["term"], red["address"], red["answers"], red["subscribers"]) == (
        "category",
        "红",
        "/category/红",
        6,
        37,
    )
    assert (site["kind"], site["answers"], site["unchanged_share"]) == ("site", 3, 0.0)
    assert visits["by_program"] == [
        {"name": "Feedbin", "answers": 3, "subscribers": 37, "feeds": 1},
        {"name": "newsboat", "answers": 6, "subscribers": 0, "feeds": 0},
    ]


def test_publisher_runs_index_and_problems_with_their_remedies_are_told(scripts):
    for name in ("one", "two"):
        scripts.desk.write(f"content/{name}.md", "---\ntitle: Open\n")
    scripts.desk.post("content/2026-10-02-b.md", categories="[红]")
    scripts.regenerate()
    looks = (scripts.get("/-/status.json").json() for _ in range(10_000))
    said = next(one for one in looks if one["runs"])  # that a run is over is told a little after its order is answered
    assert said["publisher"]["state"] == "ready"
    assert said["publisher"]["owner"] is None
    assert said["index"] == {"posts": 3, "entries": 1, "feeds": 2}
    run, *_ = said["runs"]
    assert (run["at"], run["changed"], run["removed"], run["feeds"]) == ("2026-11-01T12:00:00+00:00", 1, 0, 2)
    unfinished = next(one for one in said["problems"] if one["code"] == "file-unfinished")
    assert (unfinished["level"], unfinished["count"]) == ("warning", 2)
    assert unfinished["places"] == ["content/one.md", "content/two.md"]
    assert unfinished["remedy"].startswith("Close the front matter")


def test_days_can_be_chosen_and_nonsense_chooses_the_usual(client, desk):
    read(client)
    assert told(client)["visits"]["answers"] == 9
    desk.clock.advance(8 * 86_400)
    assert told(client)["visits"]["answers"] == 0
    assert told(client, "?days=30")["visits"]["answers"] == 9
    assert [told(client, f"?days={days}")["visits"]["days"] for days in ("x", "0", "999", "-1")] == [7, 1, 35, 7]


@pytest.mark.parametrize(("language", "words"), [("en", "Feeds by traffic"), ("zh-CN", "按流量排列的订阅源")])
def test_the_page_says_the_same_for_people(open_site, language, words):
    with client_of(open_site(site={"language": language})) as client:
        read(client)
        response = client.get("/-/status", headers=BEARER)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert "script" not in response.text
        page = html.fromstring(response.content)
        assert words in [one.text for one in page.iter("h2")]
        rows = [re.sub(r"\s+", " ", row.text_content()) for row in page.iter("tr")]
        assert any(row.startswith("Feedbin") and "37" in row for row in rows)
        assert any("file-unfinished" in row and "content/one.md" in row for row in rows)
        links = [one.get("href") for one in page.iter("a")]
        assert {"/category/红/", "/-/status.json"} <= set(links)
        assert not re.search("[：:] {2}|： ", page.text_content())


def test_the_page_speaks_the_visitors_language_where_the_site_offers_several(open_site):
    with client_of(open_site(pages={"languages": ["en", "zh-CN"]})) as client:
        for wanted, words in (
            ("zh-CN, en;q=0.5", "按流量排列的订阅源"),
            ("en", "Feeds by traffic"),
            ("fi", "Feeds by traffic"),
        ):
            read(client)
            page = client.get("/-/status", headers={**BEARER, "accept-language": wanted})
            assert words in page.text
            assert page.headers["vary"] == "Accept-Encoding, Accept-Language"


def test_a_page_nobody_visited_says_so(client):
    assert "Nobody has asked for a feed yet." in client.get("/-/status", headers=BEARER).text


@pytest.mark.parametrize("path", ["/-/status", "/-/status.json"])
def test_nobody_sees_it_without_a_token(client, path):
    response = client.get(path)
    assert response.status_code == 401
    assert "Basic" in response.headers["www-authenticate"]  # browsers ask for it
    assert client.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert client.post(path, headers=BEARER).status_code == 405
    assert client.get(path, auth=("anybody", TOKEN)).status_code == 200
    head = client.head(path, headers=BEARER)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_the_page_comes_coded(client, coding):
    response = client.get("/-/status", headers={**BEARER, "accept-encoding": coding})
    assert response.headers["content-encoding"] == coding
    assert "<h1>Status</h1>" in response.text


def test_a_process_that_does_not_publish_says_who_does(desk):
    from feeds.site import open_site

    with open_site(desk.folder, desk.settings, now=desk.clock) as other:
        client = TestClient(create_app(other, clock=lambda: desk.clock().timestamp()))
        publisher = told(client)["publisher"]
    import os

    assert (publisher["state"], publisher["owner"]) == ("elsewhere", os.getpid())


def test_it_is_not_told_before_the_posts_are_read(open_desk):
    desk = open_desk(admin={"tokens": {"desk": TOKEN}})
    response = TestClient(create_app(desk.site)).get("/-/status", headers=BEARER)
    assert response.status_code == 503
