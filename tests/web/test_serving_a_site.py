"""The application on a real folder: publishing in its own thread, reading over HTTP."""

import threading

import pytest
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.web.app import create_app
from feeds.web.publishing import log_progress


@pytest.fixture
def published(desk):
    desk.post("content/2026-10-01-a.md", title="Ä & <b>", categories="[新京报]")
    desk.publish()
    return desk


@pytest.fixture
def client(published):
    return TestClient(create_app(published.site, clock=lambda: published.clock().timestamp()), follow_redirects=False)


def test_the_index_lists_every_feed_with_links_for_discovery(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert '<link rel="alternate" type="application/atom+xml"' in response.text
    assert 'href="/category/新京报.rss"' in response.text


@pytest.mark.parametrize("coding", CODINGS)
def test_the_index_is_validated_coded_and_headed_like_a_feed(client, coding):
    fields = {"accept-encoding": coding}
    whole = client.get("/", headers=fields)
    assert whole.headers.get("content-encoding", "identity") == coding
    assert whole.headers["vary"] == "Accept-Encoding"
    head = client.head("/", headers=fields)
    assert (head.content, head.headers) == (b"", whole.headers)
    same = client.get("/", headers={**fields, "if-none-match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


def test_the_index_changes_when_the_list_of_feeds_does(client, published):
    before = client.get("/").headers["etag"]
    assert client.get("/").headers["etag"] == before
    published.post("content/2026-10-02-b.md", categories="[sport]")
    published.publish()
    after = client.get("/")
    assert after.headers["etag"] != before
    assert "/category/sport.rss" in after.text


def test_every_link_of_the_index_answers(client):
    import re

    links = {link for link in re.findall(r'(?:href|src)="([^"]+)"', client.get("/").text) if link.startswith("/")}
    assert {"/category/新京报.rss", "/category/新京报/", "/opml.xml", "/pages.css"} <= {
        one.partition("?")[0] for one in links
    }
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_an_edit_moves_the_validators_of_a_feed(client, published):
    before = client.get("/category/新京报.rss").headers
    published.clock.advance(60)
    published.post("content/2026-10-01-a.md", title="Edited", categories="[新京报]")
    published.publish()
    after = client.get(
        "/category/新京报.rss",
        headers={"if-none-match": before["etag"], "if-modified-since": before["last-modified"]},
    )
    assert after.status_code == 200
    assert after.headers["etag"] != before["etag"]
    assert after.headers["last-modified"] != before["last-modified"]
    assert "Edited" in after.text


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_the_header_names_the_feed_itself_and_its_other_formats(client, form):
    link = client.get(f"/category/新京报.{form}").headers["link"]
    own = f"<https://example.com/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.{form}>"
    assert link.startswith(f'{own}; rel="self", {own}; rel="canonical", ')
    assert link.count('rel="alternate"') == 2


def test_a_name_in_another_composition_leads_to_the_feed(client, published):
    published.post("content/2026-10-02-b.md", tags="[Café]")
    published.publish()
    response = client.get("/tag/Cafe%CC%81.atom")
    assert response.status_code == 308
    assert response.headers["location"] == "/tag/Caf%C3%A9.atom"
    assert client.get(response.headers["location"]).status_code == 200


def test_the_application_publishes_while_it_lives(open_desk):
    desk = open_desk()
    desk.post("content/2026-10-01-a.md")
    read = threading.Event()
    with TestClient(create_app(desk.site, progress=lambda _done, _total: read.set())) as client:
        assert read.wait(20)
        response = client.get("/feed.json")
        while response.status_code == 503:  # the last transaction of the first run is still under way
            response = client.get("/feed.json")
        assert response.json()["items"][0]["title"] == "A title"
    assert not [thread for thread in threading.enumerate() if thread.name == "publisher"]


def test_the_server_ends_in_the_middle_of_a_long_run(open_desk):
    desk = open_desk()
    reading = threading.Event()

    def read_for_ever(progress, **_how):
        while True:
            progress(1, 2)
            reading.set()

    desk.site.publisher.catch_up = read_for_ever
    with TestClient(create_app(desk.site)) as client:
        assert reading.wait(20)
        assert client.get("/readyz").status_code == 503
    assert not [thread for thread in threading.enumerate() if thread.name == "publisher"]


def test_trouble_while_publishing_costs_no_reader(open_desk, caplog):
    desk = open_desk()
    desk.post("content/2026-10-01-a.md", title="Good")
    desk.publish()
    failed = threading.Event()

    def fail(progress=None, **_):
        failed.set()
        raise RuntimeError("the disk is on fire")

    desk.site.publisher.catch_up = fail
    with TestClient(create_app(desk.site)) as client:
        assert failed.wait(20)
        assert "Good" in client.get("/feed.rss").text
    assert "the disk is on fire" in caplog.text


def test_an_owner_closes_the_site_when_it_ends(open_desk):
    desk = open_desk()
    desk.publish()
    with TestClient(create_app(desk.site, is_owner=True)):
        pass
    other = open_desk(desk.folder)
    assert other.site.publisher is not None


def test_a_long_run_is_logged_each_thousand_posts(caplog):
    caplog.set_level("INFO", logger="feeds")
    report = log_progress()
    for done in range(500, 2001, 500):
        report(done, 2000)
    log_progress()(12, 12)
    assert [record.getMessage() for record in caplog.records] == ["read 1000 of 2000 posts", "read 2000 of 2000 posts"]
