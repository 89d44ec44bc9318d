"""`/metrics`: what a site that was read for a while tells, and to whom."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from feeds import __version__
from feeds.web.app import create_app
from feeds.web.crowd import Crowd

HERE = ("127.0.0.1", 50000)


LABELS = ("kind", "status", "coding", "format", "level", "version", "le")


def in_order(labels) -> tuple[str, ...]:
    return tuple(labels[name] for name in LABELS if name in labels)


@pytest.fixture
def published(open_desk):
    desk = open_desk(aliases={"styles": ["jekyll"], "answer": "in-place"})
    desk.post("content/2026-10-01-a.md", categories="[red]", tags="[blue]", unknown_source="x")
    desk.write("content/broken.md", "---\ntitle: Half")
    desk.publish()
    return desk


def client_of(desk, client=HERE, **options):
    app = create_app(desk.site, clock=lambda: desk.clock().timestamp(), **options)
    reader = TestClient(app, client=client, follow_redirects=False, raise_server_exceptions=False)
    reader.headers.clear()
    return reader


def numbers(client) -> dict[tuple, float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.text)
    return {(one.name, *in_order(one.labels)): one.value for family in families for one in family.samples}


def test_requests_are_told_by_kind_status_and_coding(published):
    client = client_of(published)
    tag = client.get("/feed.rss").headers["etag"]
    whole = client.get("/category/red.atom", headers={"accept-encoding": "gzip"})
    client.head("/category/red.atom", headers={"accept-encoding": "gzip"})
    for _ in range(3):
        client.get("/feed.rss", headers={"if-none-match": tag})
    client.get("/tag/blue.json")
    index = client.get("/", headers={"accept-encoding": "br"})
    client.get("/feed.xml")
    client.get("/category/nobody.rss")
    client.get("/nowhere")
    client.post("/feed.rss")
    said = numbers(client)
    requests = {key[1:]: count for key, count in said.items() if key[0] == "feeds_requests_total"}
    assert requests == {
        ("site", "200", "identity"): 1,
        ("site", "304", "identity"): 3,
        ("category", "200", "gzip"): 2,
        ("tag", "200", "identity"): 1,
        ("index", "200", "br"): 1,
        ("alias", "200", "identity"): 1,
        ("other", "404", "identity"): 2,
        ("other", "405", "identity"): 1,
    }
    assert said["feeds_not_modified_ratio",] == 3 / 8
    sent = {key[1:]: count for key, count in said.items() if key[0] == "feeds_sent_bytes_total"}
    assert sent["category", "200", "gzip"] == int(whole.headers["content-length"])
    assert sent["index", "200", "br"] == int(index.headers["content-length"])
    assert sent["site", "304", "identity"] == 0
    assert numbers(client)["feeds_requests_total", "other", "200", "identity"] == 1  # the page of numbers itself


def requests_of(client):
    return {key[1:]: count for key, count in numbers(client).items() if key[0] == "feeds_requests_total"}


def test_who_is_asked_to_wait_and_what_it_asked_for_is_told(open_desk):
    desk = open_desk(server={"polite_seconds": 600})
    desk.post("content/2026-10-01-a.md", categories="[red]")
    desk.publish()
    client = client_of(desk)
    answers = [client.get("/category/red.rss").status_code for _ in range(3)]
    assert answers == [200, 429, 429]
    requests = requests_of(client)
    assert requests["category", "200", "identity"] == 1
    assert requests["category", "429", "identity"] == 2


def test_deltas_are_told_and_count_as_polls(open_desk):
    desk = open_desk(server={"delta": True})
    desk.post("content/2026-10-01-a.md")
    desk.post("content/2026-10-02-b.md")
    desk.publish()
    client = client_of(desk)
    tag = client.get("/feed.atom").headers["etag"]
    desk.post("content/2026-10-03-c.md")
    desk.publish()
    delta = client.get("/feed.atom", headers={"a-im": "feed", "if-none-match": tag, "accept-encoding": "gzip"})
    assert delta.status_code == 226
    said = numbers(client)
    assert said["feeds_requests_total", "site", "226", "gzip"] == 1
    assert said["feeds_sent_bytes_total", "site", "226", "gzip"] == int(delta.headers["content-length"])
    assert said["feeds_render_seconds_count", "atom"] == 2
    assert said["feeds_compress_seconds_count", "gzip"] == 1
    assert said["feeds_not_modified_ratio",] == 0


def test_who_is_sent_away_from_a_crowd_is_told(published, monkeypatch):
    crowds = []

    class Watched(Crowd):
        def __init__(self, most):
            super().__init__(most)
            crowds.append(self)

    monkeypatch.setattr("feeds.web.app.Crowd", Watched)
    client = client_of(published)
    crowds[0].waiting = published.settings.server.max_concurrent
    assert [client.get(path).status_code for path in ("/feed.rss", "/sources.json", "/feed.xml")] == [503] * 3
    said = numbers(client)
    assert said["feeds_turned_away_total",] == 3
    assert said["feeds_waiting_requests",] == published.settings.server.max_concurrent
    kinds = ("other", "index", "alias")
    assert [said["feeds_requests_total", kind, "503", "identity"] for kind in kinds] == [1, 1, 1]


def test_pages_of_entries_are_told_whatever_becomes_of_them(open_desk):
    desk = open_desk(pages={"entries": True})
    desk.post("content/2026-10-01-a.md")
    desk.publish()
    client = client_of(desk)
    (address,) = desk.site.library.pages.addresses()
    page = client.get(address, headers={"accept-encoding": "gzip"})
    assert client.get(address, headers={"if-none-match": page.headers["etag"]}).status_code == 304
    assert client.get("/entry/nothing/").status_code == 404
    said = numbers(client)
    assert said["feeds_requests_total", "entry", "200", "gzip"] == 1
    assert said["feeds_requests_total", "entry", "304", "identity"] == 1
    assert said["feeds_requests_total", "entry", "404", "identity"] == 1
    assert said["feeds_sent_bytes_total", "entry", "200", "gzip"] == int(page.headers["content-length"])


def test_what_fails_is_counted_as_500(published):
    client = client_of(published)
    published.site.library.look_up = lambda *_: 1 / 0
    assert client.get("/feed.rss").status_code == 500
    published.site.library.listing = lambda *_: 1 / 0
    assert client.get("/").status_code == 500
    assert numbers(client)["feeds_requests_total", "other", "500", "identity"] == 2


def test_making_a_feed_is_timed_once_and_what_is_remembered_is_told(published):
    client = client_of(published)
    body = client.get("/feed.rss", headers={"accept-encoding": "gzip"})
    for _ in range(3):
        client.get("/feed.rss", headers={"accept-encoding": "gzip"})
    said = numbers(client)
    assert said["feeds_render_seconds_count", "rss"] == said["feeds_compress_seconds_count", "gzip"] == 1
    assert said["feeds_render_seconds_count", "atom"] == said["feeds_compress_seconds_count", "br"] == 0
    assert 0 < said["feeds_render_seconds_sum", "rss"] < 60
    assert said["feeds_memo_hits_total",] >= 3
    assert said["feeds_memo_misses_total",] == 1
    assert said["feeds_memo_renditions",] == 1
    assert said["feeds_memo_bytes",] == len(body.content) + int(body.headers["content-length"])


def test_what_the_index_holds_is_told(published):
    said = numbers(client_of(published))
    assert said["feeds_index_posts",] == 2
    assert said["feeds_index_entries",] == 1
    assert said["feeds_index_feeds",] == len(published.site.library.listing())
    levels = [one.level.name.lower() for one in published.site.store.diagnostics()]
    assert levels
    for level in ("note", "warning", "error"):
        assert said["feeds_index_diagnostics", level] == levels.count(level)
    assert said["feeds_info", __version__] == said["feeds_workers",] == said["feeds_publishers",] == 1
    assert said["feeds_publisher_queue",] == 0
    assert said["feeds_publish_lag_seconds_count",] == 0
    assert ("feeds_last_look_timestamp_seconds",) not in said  # this application has not lived yet


def test_the_last_look_and_the_last_change_are_told(open_desk):
    desk = open_desk()
    desk.post("content/2026-10-01-a.md")
    with client_of(desk) as client:
        while ("feeds_last_look_timestamp_seconds",) not in (said := numbers(client)):
            pass
    noon = desk.clock().timestamp()
    assert said["feeds_last_look_timestamp_seconds",] == said["feeds_last_change_timestamp_seconds",] == noon


@pytest.mark.parametrize("client", [("127.0.0.1", 1), ("127.8.9.10", 1), ("::1", 1), ("::ffff:127.0.0.1", 1)])
def test_clients_on_this_machine_may_read_the_numbers(published, client):
    assert client_of(published, client).get("/metrics").status_code == 200


@pytest.mark.parametrize("client", [("192.0.2.7", 1), ("2001:db8::1", 1), ("::ffff:192.0.2.7", 1), ("", 0), ("x", 1)])
def test_others_learn_nothing(published, client):
    response = client_of(published, client).get("/metrics")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "feeds_" not in response.text


@pytest.mark.parametrize("field", ["forwarded", "x-forwarded-for", "x-real-ip", "via"])
def test_what_came_through_a_proxy_learns_nothing(published, field):
    assert client_of(published).get("/metrics", headers={field: "127.0.0.1"}).status_code == 404


def of_proxies(open_desk, *, client="127.0.0.1", **fields):
    """Ask for the numbers through proxies, of which those on this machine and in 10.0.0.0/8 are trusted."""
    networks = ["127.0.0.0/8", "192.0.2.0/24"]
    desk = open_desk(server={"metrics": networks, "trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]})
    desk.publish()
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return client_of(desk, (client, 1)).get("/metrics", headers=headers).status_code


@pytest.mark.parametrize("told", ["192.0.2.7", "127.0.0.2", "192.0.2.7, 10.0.0.3", "198.51.100.1, 192.0.2.7"])
def test_whom_a_trusted_proxy_names_may_read_the_numbers_if_it_is_listed(open_desk, told):
    assert of_proxies(open_desk, x_forwarded_for=told) == 200


@pytest.mark.parametrize(
    "told",
    [
        "198.51.100.1",
        "127.0.0.2, 198.51.100.1",  # made up by the client, and extended by the proxy
        "192.0.2.7, 198.51.100.1, 10.0.0.3",
        "unknown",
        "127.0.0.1, unknown",
        "192.0.2.7, _hidden",
        "127.0.0.1",  # a proxy that asks for itself, or does not say for whom
        "",
    ],
)
def test_a_trusted_proxy_does_not_open_the_numbers_to_the_world(open_desk, told):
    assert of_proxies(open_desk, x_forwarded_for=told) == 404


@pytest.mark.parametrize("fields", [{"via": "1.1 x"}, {"forwarded": "for=192.0.2.7"}, {"x_real_ip": "192.0.2.7"}])
def test_a_trusted_proxy_that_tells_it_in_another_field_tells_nothing(open_desk, fields):
    assert of_proxies(open_desk, **fields) == 404


@pytest.mark.parametrize("client", ["127.0.0.3", "192.0.2.7"])
def test_a_proxy_that_is_not_trusted_is_nobody_s_client_although_it_is_listed_itself(open_desk, client):
    assert of_proxies(open_desk, client=client, x_forwarded_for="192.0.2.7") == 404


def test_a_scraper_beside_a_trusted_proxy_asks_directly(open_desk):
    assert of_proxies(open_desk) == 200


def test_on_a_socket_without_addresses_nobody_is_told(published):
    app = create_app(published.site)
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [], "query_string": b"", "client": None}
    asyncio.run(app(scope, None, send))
    assert sent[0]["status"] == 404


def test_the_settings_name_who_may_read_the_numbers(open_desk):
    desk = open_desk(server={"metrics": ["10.0.0.0/8", "192.0.2.7"]})
    desk.publish()
    statuses = {
        address: client_of(desk, (address, 1)).get("/metrics").status_code
        for address in ("10.1.2.3", "192.0.2.7", "192.0.2.8", "127.0.0.1")
    }
    assert statuses == {"10.1.2.3": 200, "192.0.2.7": 200, "192.0.2.8": 404, "127.0.0.1": 404}


def test_an_empty_list_of_clients_turns_the_numbers_off(open_desk):
    desk = open_desk(server={"metrics": []})
    desk.publish()
    assert client_of(desk).get("/metrics").status_code == 404


def test_head_says_what_get_says_and_nobody_keeps_it(published):
    client = client_of(published)
    head = client.head("/metrics")
    assert head.content == b""
    assert int(head.headers["content-length"]) > 1000
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["content-type"].startswith("text/plain")


def test_openmetrics_is_told_to_who_asks_for_it(published):
    response = client_of(published).get("/metrics", headers={"accept": "application/openmetrics-text;version=1.0.0"})
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def test_several_workers_tell_their_sum_whichever_is_asked(published, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    one, other = (client_of(published, shared=shared) for _ in range(2))
    one.get("/feed.rss")
    for _ in range(2):
        other.get("/feed.rss")
    numbers(one)  # so that it has told its own
    said = numbers(other)
    assert said["feeds_requests_total", "site", "200", "identity"] == 3
    assert said["feeds_workers",] == 2


def test_a_worker_that_ends_leaves_what_it_has_counted(published, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    with client_of(published, shared=shared) as ending:
        ending.get("/feed.rss")
    said = numbers(client_of(published, shared=shared))
    assert said["feeds_requests_total", "site", "200", "identity"] == 1
    assert said["feeds_workers",] == 1


def test_numbers_that_cannot_be_shared_cost_no_reader(published, tmp_path, caplog):
    with client_of(published, shared=tmp_path / "nowhere") as client:
        assert client.get("/feed.rss").status_code == 200
        assert numbers(client)["feeds_requests_total", "site", "200", "identity"] == 1  # its own, at least
    assert "numbers.unshared" in caplog.text
    assert published.site.library.is_ready
