"""httplint reads every kind of answer as it is on the wire, and finds nothing wrong in it."""

import socket
import time
from dataclasses import dataclass

import pytest

from feeds.library import CODINGS
from feeds.model import FORMATS

httplint = pytest.importorskip("httplint", reason="needs httplint, of the extra `test`")
pytestmark = pytest.mark.slow

LEVELS = httplint.levels
EXPLAINED = {}  # the name of a warning → why it stands; there is none so far
SETTINGS = {"aliases": {"styles": ["jekyll"]}, "feeds": {"retired": ["/tag/old"]}, "pages": {"entries": True}}


@dataclass
class Exchange:
    request: bytes
    method: str
    path: str
    fields: dict[str, str]
    answer: bytes


@pytest.fixture(scope="module")
def converse():
    """Ask, and keep the bytes of both sides."""

    def converse_(port, path, method="GET", **fields):
        shown = {
            "Host": f"127.0.0.1:{port}",
            "User-Agent": "judge",
            **{name.replace("_", "-"): value for name, value in fields.items()},
        }
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in shown.items())]
        request = "\r\n".join([*lines, "Connection: close", "", ""]).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(request)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        return Exchange(request, method, path, shown, answer)

    return converse_


def judge(exchange):
    """Return status, fields and notes."""
    now = time.time()
    asked = httplint.HttpRequestLinter(start_time=now)
    asked.process_request_topline(exchange.method.encode(), exchange.path.encode(), b"1.1")
    asked.process_headers([(name.encode(), value.encode()) for name, value in exchange.fields.items()])
    asked.finish_content(True)
    head, _, body = exchange.answer.partition(b"\r\n\r\n")
    top, *lines = head.split(b"\r\n")
    version, status, *phrase = top.split(b" ", 2)
    answered = httplint.HttpResponseLinter(start_time=now)
    answered.request = asked
    asked.response = answered
    answered.is_head_response = exchange.method == "HEAD"
    answered.base_uri = f"http://{exchange.fields['Host']}{exchange.path}"
    answered.process_response_topline(version.removeprefix(b"HTTP/"), status, *phrase)
    answered.process_headers([tuple(line.split(b": ", 1)) for line in lines])
    answered.feed_content(body)
    answered.finish_content(True)
    fields = {name.lower(): value for name, value in answered.headers.text}
    return int(status), fields, list(answered.notes)


def troubles(notes):
    every = [*notes, *(sub for note in notes for sub in note.subnotes)]
    odd = [note for note in every if note.level is LEVELS.BAD or note.level is LEVELS.WARN]
    return [f"{type(note).__name__}: {note.summary}" for note in odd if type(note).__name__ not in EXPLAINED]


@pytest.fixture
def port(serve_desk):
    served = serve_desk(clock=time.time, **SETTINGS)
    served.desk.post("content/2.md", tags="[Café]")
    served.desk.publish()
    return served.port


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_whole_known_and_headed(converse, port, form, coding):
    path = f"/tag/%E6%96%B0%E4%BA%AC%E6%8A%A5%E6%96%B0%E9%97%BB.{form}"
    status, fields, notes = judge(converse(port, path, Accept_Encoding=coding))
    assert (status, fields.get("content-encoding", "identity")) == (200, coding)
    assert troubles(notes) == []
    assert "CL_CORRECT" in {type(note).__name__ for note in notes}

    for condition in ({"If_None_Match": fields["etag"]}, {"If_Modified_Since": fields["last-modified"]}):
        status, same, notes = judge(converse(port, path, Accept_Encoding=coding, **condition))
        assert (status, same["etag"]) == (304, fields["etag"])
        assert troubles(notes) == []

    status, head, notes = judge(converse(port, path, "HEAD", Accept_Encoding=coding))
    assert (status, head["content-length"]) == (200, fields["content-length"])
    assert troubles(notes) == []


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/feed.xml", 301),
        ("HEAD", "/feed.xml", 301),
        ("GET", "/tag/Cafe%CC%81.atom", 308),
        ("GET", "/tag/nobody.atom", 404),
        ("HEAD", "/tag/nobody.atom", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/feed.atom", 405),
        ("DELETE", "/feed.xml", 405),
        ("PUT", "/", 405),
        ("POST", "/healthz", 405),
        ("GET", "/tag/old.rss", 410),
        ("HEAD", "/tag/old.rss", 410),
        ("OPTIONS", "/feed.atom", 204),
        ("OPTIONS", "/feed.xml", 204),
        ("OPTIONS", "/", 204),
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/sources.json", 200),
        ("GET", "/sources.opml", 200),
        ("GET", "/opml.xml?kind=tag&active=7", 200),
        ("HEAD", "/opml.xml", 200),
        ("GET", "/categories.opml", 200),
        ("GET", "/feeds.json", 200),
        ("GET", "/robots.txt", 200),
        ("GET", "/sources/", 200),
        ("HEAD", "/sources/", 200),
        ("GET", "/sources", 308),
        ("GET", "/sources/9/", 404),
        ("POST", "/sources/", 405),
        ("GET", "/sitemap.xml", 200),
        ("GET", "/sitemap-1.xml", 200),
        ("HEAD", "/sitemap-1.xml", 200),
        ("GET", "/sitemap-2.xml", 404),
        ("GET", "/sitemap-news.xml", 200),
        ("POST", "/sitemap.xml", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/feed.rss?limit=1&content=title", 200),
        ("GET", "/feed.css", 200),
        ("HEAD", "/feed.css", 200),
        ("GET", "/site-feed.css", 200),
        ("GET", "/entry/1/", 200),
        ("HEAD", "/entry/1/", 200),
        ("GET", "/entry/1", 308),
        ("GET", "/entry/nobody/", 404),
        ("HEAD", "/entry/nobody/", 404),
        ("POST", "/entry/1/", 405),
        ("GET", "/metrics", 200),
        ("GET", "/metrics/", 404),
        ("OPTIONS", "/-/regenerate", 204),
        ("POST", "/-/regenerate", 404),
        ("PUT", "/-/regenerate", 405),
        ("GET", "/-/events", 404),
        ("GET", "/-/nothing", 404),
    ],
)
def test_everything_else(converse, port, method, path, status, coding):
    said, _, notes = judge(converse(port, path, method, Accept_Encoding=coding))
    assert said == status
    assert troubles(notes) == []


def test_what_a_browser_asks_before_it_fetches_from_elsewhere(converse, port):
    fields = {"Origin": "https://reader.example", "Access_Control_Request_Method": "GET"}
    status, _, notes = judge(
        converse(port, "/feed.json", "OPTIONS", **fields, Access_Control_Request_Headers="if-none-match")
    )
    assert status == 204
    assert troubles(notes) == []


def test_httplint_tells_a_wrong_answer():
    wrong = (
        b"HTTP/1.1 200 OK\r\nDate: yesterday\r\nContent-Length: 3\r\nETag: one\r\n"
        b"Content-Type: application/atom+xml\r\nCache-Control: max-age=60, no-store\r\n\r\n<feed/>"
    )
    fields = {"Host": "x", "User-Agent": "judge"}
    _, _, notes = judge(Exchange(b"", "GET", "/", fields, wrong))
    assert {"CL_INCORRECT: The Content-Length header is incorrect."} < set(troubles(notes))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", ["/-/problems.json", "/-/problems.atom"])
def test_problems_told_known_headed_and_refused(converse, serve_desk, path, coding):
    token = "0123456789abcdef-desk"
    served = serve_desk(clock=time.time, admin={"tokens": {"desk": token}})
    served.desk.write("content/2.md", "---\ntitle: Open\n")
    served.desk.publish()
    fields = {"Authorization": f"Bearer {token}", "Accept_Encoding": coding}
    status, whole, notes = judge(converse(served.port, path, **fields))
    assert (status, whole.get("content-encoding", "identity"), troubles(notes)) == (200, coding, [])

    status, same, notes = judge(converse(served.port, path, **fields, If_None_Match=whole["etag"]))
    assert (status, same["etag"], troubles(notes)) == (304, whole["etag"], [])

    status, head, notes = judge(converse(served.port, path, "HEAD", **fields))
    assert (status, head["content-length"], troubles(notes)) == (200, whole["content-length"], [])

    status, _, notes = judge(converse(served.port, path))
    assert (status, troubles(notes)) == (401, [])


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", ["/-/status", "/-/status.json"])
def test_the_status_told_headed_and_refused(converse, serve_desk, path, coding):
    token = "0123456789abcdef-desk"
    port = serve_desk(clock=time.time, admin={"tokens": {"desk": token}}).port
    for method in ("GET", "HEAD"):
        status, _, notes = judge(converse(port, path, method, Authorization=f"Bearer {token}", Accept_Encoding=coding))
        assert (status, troubles(notes)) == (200, [])
    status, _, notes = judge(converse(port, path))
    assert (status, troubles(notes)) == (401, [])
