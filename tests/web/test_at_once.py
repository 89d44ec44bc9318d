"""What the server's side may answer before a request becomes a task: the same, byte for byte, as the application's."""

import pytest
from starlette.testclient import TestClient

from feeds.web.app import create_app
from feeds.web.environment import AT_ONCE

BROWSER = {"accept": "text/html,application/xml;q=0.9"}


class Poller(TestClient):
    """Asks the application both ways, within its loop."""

    def scope(self, path, method="GET", query="", **fields):
        lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
        return {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"x"), *lines],
            "http_version": "1.1",
            "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
            "root_path": "",
            "state": {},
        }

    def at_once(self, *args, **fields):
        async def ask():
            return self.app_state[AT_ONCE](self.scope(*args, **fields))

        return self.portal.call(ask)

    def by_the_application(self, *args, **fields):
        sent = []

        async def send(message):
            sent.append(message)

        async def ask():
            await self.app(self.scope(*args, **fields), None, send)

        self.portal.call(ask)
        start, *rest = sent
        lines = b"".join(b"%s: %s\r\n" % line for line in start["headers"])
        return start["status"], lines, b"".join(message["body"] for message in rest)


@pytest.fixture
def poller(open_desk):
    desk = open_desk(site={"url": "https://example.com/news"}, server={"metrics": ["127.0.0.1"]})
    desk.post("content/2026-10-01-a.md", categories="[red]")
    desk.publish()
    app = create_app(desk.site, clock=lambda: desk.clock().timestamp())
    with TestClient(app, client=("127.0.0.1", 5)) as client:
        client.__class__ = Poller
        client.desk = desk
        yield client


ASKED = {
    "304": {"if_none_match": "*"},
    "304 to a date": {"if_modified_since": "Sun, 01 Nov 2026 12:00:00 GMT"},
    "200 plain": {},
    "200 gzip": {"accept_encoding": "gzip"},
    "200 to what may be a browser": BROWSER,
    "200 to a browser, of JSON": {"path": "/news/category/red.json", "sec_fetch_dest": "document"},
    "HEAD": {"method": "HEAD", "accept_encoding": "br"},
    "narrowed": {"query": "limit=1"},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_what_is_remembered_goes_out_as_the_application_sends_it(poller, asked):
    asked = {"path": "/news/category/red.atom", **asked}
    poller.by_the_application(**asked)  # from now on it is remembered
    head, body = poller.at_once(**asked)
    status, lines, sent = poller.by_the_application(**asked)
    line, _, fields = head.partition(b"\r\n")
    assert line.split(b" ")[:2] == [b"HTTP/1.1", b"%d" % status]
    assert fields == lines + b"\r\n"
    assert body == sent


@pytest.mark.parametrize(
    ("path", "method"),
    [("/news/category/blue.atom", "GET"), ("/news/", "GET"), ("/news/healthz", "GET"), ("/news/feed.atom", "POST")],
)
def test_what_is_not_remembered_is_left_to_the_application(poller, path, method):
    assert poller.at_once(path, method) is None


def test_a_feed_with_a_link_for_browsers_is_left_to_the_application(poller):
    poller.by_the_application("/news/feed.atom", sec_fetch_dest="document")
    assert poller.at_once("/news/feed.atom") is not None
    assert poller.at_once("/news/feed.atom", sec_fetch_dest="document") is None


def test_a_feed_that_has_moved_is_not_answered_from_before_it_did(poller):
    path = "/news/category/red.atom"
    poller.by_the_application(path)
    before, _ = poller.at_once(path)
    poller.desk.post("content/2026-10-01-a.md", title="Another", categories="[red]")
    poller.desk.publish()
    assert poller.at_once(path) is None
    poller.by_the_application(path)
    after, body = poller.at_once(path)
    assert b"Another" in body
    assert after != before


def test_it_is_counted_as_the_applications_own_answers_are(poller):
    path = "/news/category/red.atom"
    poller.by_the_application(path, accept_encoding="gzip")
    _, body = poller.at_once(path, accept_encoding="gzip")
    told = poller.get("/news/metrics").text
    labels = 'coding="gzip",kind="category",status="200"'
    assert f"feeds_requests_total{{{labels}}} 2.0" in told
    assert f"feeds_sent_bytes_total{{{labels}}} {float(2 * len(body))}" in told
