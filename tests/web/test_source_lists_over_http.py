"""The lists of sources, and the addresses of sources under other names, as programs meet them."""

import json

import pytest
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.web.app import create_app

LISTS = {"/sources.json": "application/json", "/sources.opml": "text/x-opml; charset=utf-8"}
STCN = {"name": "证券时报", "aliases": ["证券时报网"], "url": "https://stcn.example/"}


@pytest.fixture
def published(open_desk):
    desk = open_desk(source=[STCN])
    desk.post("content/1.md", source="证券时报")
    desk.publish()
    return desk


@pytest.fixture
def client(published):
    return TestClient(create_app(published.site, clock=lambda: published.clock().timestamp()), follow_redirects=False)


@pytest.mark.parametrize(("path", "media_type"), LISTS.items())
@pytest.mark.parametrize("coding", CODINGS)
def test_a_list_has_its_type_and_is_kept_for_five_minutes(client, path, media_type, coding):
    response = client.get(path, headers={"accept-encoding": coding})
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert response.headers["cache-control"] == "max-age=300"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers.get("content-encoding", "identity") == coding
    assert "last-modified" not in response.headers
    again = client.get(path, headers={"accept-encoding": coding, "if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path, headers={"accept-encoding": coding})
    assert (head.content, head.headers) == (b"", response.headers)


def test_the_feeds_of_a_list_answer(client):
    (line,) = client.get("/sources.json").json()
    assert (line["name"], line["items"], line["aliases"]) == ("证券时报", 1, ["证券时报网"])
    for format_, address in line["feeds"].items():
        assert client.get(address.removeprefix("https://example.com")).status_code == 200, format_
    assert line["feeds"]["rss"] in client.get("/sources.opml").text


def test_a_list_changes_with_the_sources(client, published):
    before = client.get("/sources.opml").headers["etag"]
    published.post("content/2.md", source="新京报")
    published.publish()
    after = client.get("/sources.opml")
    assert after.headers["etag"] != before
    assert after.text.count("<outline ") == 2


@pytest.mark.parametrize("path", ["/sources.rss", "/sources.txt", "/x/sources.json"])
def test_addresses_beside_the_lists_are_not_found(client, path):
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", LISTS)
def test_half_a_list_is_never_given(open_desk, path):
    desk = open_desk()
    response = TestClient(create_app(desk.site)).get(path)
    assert (response.status_code, response.headers["cache-control"]) == (503, "no-store")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_may_be_written_to_by_nobody(client, path):
    assert client.post(path).status_code == 405
    assert client.options(path).status_code == 204


def test_a_site_below_a_path_has_its_lists_there(open_desk):
    desk = open_desk(site={"url": "https://example.com/news"})
    desk.post("content/1.md", source="证券时报")
    desk.publish()
    (line,) = json.loads(TestClient(create_app(desk.site)).get("/news/sources.json").content)
    assert line["feeds"]["atom"].startswith("https://example.com/news/source/")


def test_the_other_name_of_a_source_is_redirected_for_good(client):
    response = client.get("/source/证券时报网.rss")
    assert response.status_code == 308
    assert response.headers["location"] == "/source/%E8%AF%81%E5%88%B8%E6%97%B6%E6%8A%A5.rss"
    assert client.get(response.headers["location"]).status_code == 200
