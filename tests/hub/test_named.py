"""Where feeds name their hubs: in Link and in the document, for whoever may subscribe, and nowhere else."""

import io

import atoma
import feedparser
import pytest
from starlette.testclient import TestClient

from feeds.model import FORMATS
from feeds.settings import load_settings
from feeds.web.app import create_app

HUBS = ["https://hub.example/", "https://push.example/hub?for=us"]
ADDRESSES = [f"/feed.{format_}" for format_ in FORMATS] + [f"/category/red.{format_}" for format_ in FORMATS]


def client_of(desk):
    return TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)


@pytest.fixture
def desk(open_desk):
    desk = open_desk(feeds={"hubs": HUBS}, aliases={"styles": ["jekyll", "wordpress"], "answer": "in-place"})
    desk.post("content/one.md", categories="red")
    desk.publish()
    desk.clock.advance(60)
    return desk


@pytest.fixture
def client(desk):
    return client_of(desk)


def links(response):
    """Return (relation, address) of each link in the field, in its order."""
    found = []
    for link in response.headers["link"].split(", "):
        address, _, rest = link.partition(">; ")
        found.append((rest.partition(";")[0].removeprefix('rel="').rstrip('"'), address.removeprefix("<")))
    return found


def targets(response, rel):
    return [address for relation, address in links(response) if relation == rel]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_header_names_each_hub_beside_the_one_topic_on_200_and_304(client, address):
    whole = client.get(address)
    same = client.get(address, headers={"if-none-match": whole.headers["etag"]})
    head = client.head(address)
    assert (whole.status_code, same.status_code, head.status_code) == (200, 304, 200)
    for response in (whole, same, head):
        assert targets(response, "self") == [f"https://example.com{address}"]
        assert targets(response, "hub") == HUBS


def test_a_browser_gets_the_same_header(client):
    browser = client.get("/feed.atom", headers={"sec-fetch-dest": "document", "accept": "text/html"})
    assert browser.headers["content-type"].startswith("application/xml")
    assert links(browser) == links(client.get("/feed.atom"))


@pytest.mark.parametrize(("old", "topic"), [("/feed.xml", "/feed.atom"), ("/category/red/feed/", "/category/red.rss")])
def test_an_old_address_that_answers_in_place_names_the_topic_of_the_feed(client, old, topic):
    response = client.get(old)
    assert response.status_code == 200
    assert targets(response, "self") == [f"https://example.com{topic}"]
    assert targets(response, "hub") == HUBS


@pytest.mark.parametrize("query", ["?limit=1", "?content=title"])
@pytest.mark.parametrize("format_", FORMATS)
def test_a_narrower_feed_is_no_topic_and_names_no_hub(client, format_, query):
    response = client.get(f"/feed.{format_}{query}")
    assert response.status_code == 200
    assert targets(response, "hub") == []
    assert "hub" not in response.text


def test_readers_find_the_hubs_in_the_documents(client):
    for format_ in ("atom", "rss"):
        parsed = feedparser.parse(io.BytesIO(client.get(f"/feed.{format_}").content))
        assert not parsed.bozo
        assert [link.href for link in parsed.feed.links if link.rel == "hub"] == HUBS
        assert [link.href for link in parsed.feed.links if link.rel == "self"] == [
            f"https://example.com/feed.{format_}"
        ]
        assert parsed.feed.link == "https://example.com/"
    atom = atoma.parse_atom_bytes(client.get("/feed.atom").content)
    assert [link.href for link in atom.links if link.rel == "hub"] == HUBS
    assert client.get("/feed.json").json()["hubs"] == [{"type": "WebSub", "url": hub} for hub in HUBS]


def test_validators_move_when_the_hubs_do_and_not_otherwise(open_desk):
    desk = open_desk()
    desk.post("content/one.md", categories="red")
    desk.publish()
    seen = []
    for hubs in ([], HUBS, HUBS, list(reversed(HUBS)), [HUBS[0]], [HUBS[0]] * 2):
        desk.clock.advance(10)
        desk.restart_with(feeds={"hubs": hubs})
        desk.publish()
        seen.append({address: desk.look_up(address).etag() for address in ADDRESSES})
    nothing, first, same, turned, one, twice = seen
    assert (first, one) == (same, twice)
    for address in ADDRESSES:
        assert len({tags[address] for tags in (nothing, first, turned, one)}) == 4


@pytest.mark.parametrize(
    ("hub", "known"),
    [
        ("https://hub.example", "https://hub.example/"),
        ("http://127.0.0.1:8080/hub?x=%20", "http://127.0.0.1:8080/hub?x=%20"),
    ],
)
def test_the_address_of_a_hub_is_tidied(tmp_path, hub, known):
    assert load_settings(tmp_path, environ={}, flags={"feeds": {"hubs": [hub]}}).feeds.hubs == (known,)
