"""Any request at all: no 5xx, no traceback, no torn answer, and nothing that lies outside the site's feeds."""

import asyncio
import base64
import gzip
import logging
import socket
import sys
import threading
from contextlib import contextmanager
from itertools import product
from urllib.parse import quote, unquote

import brotli
import pytest
import uvicorn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.cli.running import server_config
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.web.app import create_app

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODERS = {"identity": bytes, "br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstd.decompress}
SECRET = "only-the-operator-may-read-this"
POST = '---\ntitle: "First"\ndate: 2026-10-01\ncategories: ["Local News", "新京报"]\ntags: [a]\n---\n\nSome text.\n'
TOKEN = "0123456789abcdef-desk"
SETTINGS = {
    "site.url": "https://example.com/news",
    "feeds.retired": ["/category/gone"],
    "aliases.styles": ["jekyll", "hugo", "wordpress", "pelican"],
    "server.polite_seconds": 600,
    "server.trusted_proxies": ["127.0.0.1", "unix"],
    "server.delta": True,
    "pages.entries": True,
    "admin.tokens": {"desk": TOKEN},
    "admin.hook_secrets": {"github": TOKEN},
}
PATIENCE = 20  # seconds, on a busy machine


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with everything switched on, and secrets beside it, in it and under the names of feeds."""
    outside = tmp_path_factory.mktemp("outside")
    folder = outside / "site"
    for name in ("secret.txt", "secret.rss", "site/secret.txt", "site/feed.rss", "site/category/secret.rss"):
        path = outside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET, encoding="utf-8")
    (folder / "content").mkdir()
    (folder / "content/first.md").write_text(POST, encoding="utf-8")
    (folder / "content/draft.md").write_text(POST.replace("---\n\n", f"draft: true\n---\n\n{SECRET}"), encoding="utf-8")
    with open_site(folder, load_settings(folder, environ={}, flags=SETTINGS | {"content.settle": 0})) as opened:
        opened.claim().catch_up()
        yield opened


class Troubles(logging.Handler):
    """Collects log records that ought not to be: errors, and tracebacks of any level."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def emit(self, record):
        if record.levelno >= logging.ERROR or record.exc_info:
            self.seen.append(self.format(record))


@pytest.fixture(scope="module")
def troubles():
    found = Troubles()
    logging.getLogger().addHandler(found)
    yield found
    logging.getLogger().removeHandler(found)


@pytest.fixture(scope="module", params=["redirect", "in-place"])
def ask(site, request):
    """Speak ASGI; return status, header lines and body. What the application raises, is raised."""
    aliases = site.settings.aliases.model_copy(update={"answer": request.param})
    site.settings = site.settings.model_copy(update={"aliases": aliases})
    app = create_app(site)

    async def asked(scope):
        messages = []

        async def send(message):
            messages.append(message)

        coming = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():  # and then the client hangs up, or an answer without end would go on
            return coming.pop() if coming else {"type": "http.disconnect"}

        await app(scope, receive, send)
        return messages

    with asyncio.Runner() as runner:
        yield lambda **scope: runner.run(asked({"type": "http", "root_path": "", "http_version": "1.1", **scope}))


# --- what may come

NAMES = [
    "/",
    "/feed",
    "/feed.rss",
    "/feed.atom",
    "/feed.json",
    "/feed.xml",
    "/category/Local_News.rss",
    "/category/Local News.atom",
    "/category/新京报.json",
    "/category/gone.rss",
    "/tag/a.rss",
    "/categories/local-news/index.xml",
    "/feeds/all.atom.xml",
    "/author/x/feed/atom/",
    "/sources.json",
    "/sources.opml",
    "/healthz",
    "/readyz",
    "/metrics",
    "/feed.css",
    "/entry/first/",
    "/news/feed.rss",
    "/-/regenerate",
    "/-/regenerate/1",
    "/-/posts/new.md",
    "/-/posts/",
    "/-/hooks/github",
    "/-/events",
    "/-/problems.json",
    "/-/problems.atom",
    "/-/",
]
PIECES = [
    *NAMES,
    *("..", "../", "/../", "%2e%2e%2f", "..%2F", "..\\", "//", "/./", ";", "?", "#", "%", "%%", "%zz", "%00", "\0"),
    *(
        "%ff",
        "%c0%ae",
        "%ED%A0%80",
        "\ud800",
        "\udcff",
        "\uffff",
        "\x7f",
        "\r\n",
        "%0d%0aX-Evil:%20y",
        "é",
        "́",
        "I" * 300,
    ),
    *("secret.txt", "secret.rss", "site", "content/draft.md", "feeds.toml", ".feeds/index.sqlite3", "etc/passwd"),
    *(".rss", ".atom", ".json", ".xml", "category", "tag", "~", "_", "{0}", "%s", "${x}", "'", '"', "<script>", "*"),
]


def often(usual, *others):
    """The usual in half of all cases, so that what follows it is tried, too."""
    return st.sampled_from([usual] * len(others) + list(others)).flatmap(lambda one: one)


def long(*pieces):
    """One of these many times over."""
    return st.builds(lambda piece, times: piece * times, st.sampled_from(pieces), st.sampled_from([50, 5000]))


names = st.sampled_from(NAMES)
paths = often(
    names,
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join).map(unquote),
    st.text(max_size=40).map(lambda text: "/" + text),
    st.builds(lambda kind, name, form: f"/{kind}/{name}.{form}", st.sampled_from(["category", "tag", "source", "author"]),
              st.text(max_size=20), st.sampled_from(["rss", "atom", "json"])),
    long("/", "/..", "/a", "/category/x.rss", "%2e", "新").map(lambda text: f"/{text}.rss"),
)  # fmt: skip
methods = st.sampled_from(
    ["GET"] * 9 + ["HEAD", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "é", ""]
)
QUERIES = [
    *(b"limit=1", b"limit=0", b"limit=-1", b"limit=99999999999999999999", b"limit=\xd9\xa3", b"limit=1&limit=2"),
    *(b"limit=%00", b"content=title", b"content=summary&limit=1", b"content=\xff", b"%", b";", b"feed=rss2"),
    *(b"level=error", b"level=\xff", b"kind=feed", b"kind=%00", b"wait=nan", b"path=..%2f", b"last_event_id=-1"),
    *(b"feed=atom&tag=%00", b"feed=%ff&cat=1", b"feed=rss2&category_name=local-news"),
]


queries = st.one_of(
    st.just(b""), st.sampled_from(QUERIES), st.binary(max_size=40), long(b"&", b"=", b"a=b&", b"limit=9")
)
VALUES = {
    b"if-none-match": [
        *(b"*", b'"', b'""', b"W/", b'W/"', b'"a", *', b"\xff\xfe", b'"x-gzip"', b'w/"-gz"', b'"\\"'),
    ],
    b"if-modified-since": [
        *(b"0", b"-1", b"yesterday", b"Thu, 01 Jan 1970 00:00:00 GMT", b"Fri, 31 Dec 9999 23:59:59 GMT", b"\xd9\xa2"),
        *(b"Wed, 29 Dec 0000 05:14:23 GMT", b"Sun, 06-Nov-94 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994"),
    ],
    b"accept-encoding": [
        *(
            b"gzip",
            b"br",
            b"zstd",
            b"*",
            b"",
            b"identity;q=0",
            b"gzip;q=nan",
            b"gzip;q=1e999",
            b"\xff",
            b";;;,,,",
            b"q=",
        ),
        *(b"x-gzip, compress", b"*;q=0", b"gzip;q=.", b"gzip;q=\xb2"),
    ],
    b"accept": [b"*/*", b"text/html;q=0.7", b"application/json;q=x", b"\x00"],
    b"range": [b"bytes=0-0", b"bytes=-1", b"bytes=0-,0-,0-", b"x"],
    b"host": [b"", b"evil.example", b"a@b:99999", b"[::1", b"\xff", b"../../etc"],
    b"a-im": [b"feed", b"feed, gzip", b"*", b";;;", b"vcdiff;q=nan"],
    b"x-forwarded-for": [b"", b"::1%eth0", b"1.2.3.4, ,", b"[[", b"\xff", b"127.0.0.1", b"unix"],
    b"forwarded": [b'for="', b"for=;", b"for=_x, for=y"],
    b"user-agent": [b"", b"\xff\xfe", b"FreshRSS/1.2 (Linux; 3 subscribers)", b"rss2email/3.13", b"%s{0}"],
    b"sec-fetch-dest": [b"document", b"\xff"],
    b"origin": [b"null", b"https://evil.example"],
    b"authorization": [
        *(f"Bearer {TOKEN}".encode(), b"Bearer", b"Bearer \xff", b"Basic Og==", b"Basic x"),
        b"Basic " + base64.b64encode(f"reader:{TOKEN}".encode()),
    ],
    b"if-match": [b"*", b'"', b"\xff"],
    b"idempotency-key": [b"", b"1", b"\xff", b"../../x"],
    b"last-event-id": [b"-1", b"9" * 30, b"\xd9\xa2"],
    b"x-hub-signature-256": [b"sha256=", b"sha256=\xff", b"sha256=" + b"0" * 64],
    b"content-length": [b"-1", b"9" * 100],
    b"x\xff": [b""],
}
values = long(b",", b'"', b"(", b'"a', b" ", b"br;q=0,", b"gzip;q=9", b"[", b"for=", b"1.2.3.4, ", b"x")
field = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.tuples(st.just(name), st.one_of(st.sampled_from(VALUES[name]), st.binary(max_size=30), values))
)
conditions = st.sampled_from([b"TAG", b"W/TAG", b"TAG, TAG", b"TAG;gzip", b'"old"', b"*"]).map(
    lambda tag: [(b"if-none-match", tag)]
)
fields = st.one_of(
    st.lists(field, max_size=5),
    conditions,
    st.builds(lambda one, rest: one + rest, conditions, st.lists(field, max_size=3)),
    st.lists(field, max_size=3).map(lambda rest: [(b"authorization", f"Bearer {TOKEN}".encode()), *rest]),
)
peers = st.sampled_from([None, ("127.0.0.1", 1), ("2001:db8::1%eth0", 1), ("", 0), ("x", 0)])


def header(lines, name):
    return dict(lines).get(name)


def assert_sound(method, status, lines, body):
    """An answer that no client, cache or log could stumble over, and that tells nothing it should not."""
    assert 200 <= status < 500
    assert all(name == name.lower() and name.strip(b"abcdefghijklmnopqrstuvwxyz-") == b"" for name, _ in lines)
    assert all(value.isascii() and value.decode().isprintable() for _, value in lines)
    names = [name for name, _ in lines if name != b"www-authenticate"]  # which may come twice (RFC 9110 §11.6.1)
    assert names.count(b"date") == 1
    assert len(names) == len(set(names))
    length = header(lines, b"content-length")
    is_endless = header(lines, b"content-type") == b"text/event-stream; charset=utf-8"
    if method == "HEAD" or status in (204, 304):
        assert body == b""
        assert (length is None) == (status in (204, 304) or is_endless)
    else:
        assert is_endless or int(length) == len(body)
        plain = DECODERS[(header(lines, b"content-encoding") or b"identity").decode()](body)
        assert SECRET.encode() not in plain
        assert b"Traceback" not in plain
    location = header(lines, b"location")
    assert location is None or (location.startswith(b"/") and not location.startswith((b"//", b"/\\")))
    assert status not in (301, 308) or location


@settings(max_examples=400)
@given(method=methods, path=paths, query=queries, lines=fields, peer=peers)
@example(method="GET", path="/category/\ud800.rss", query=b"", lines=[], peer=None)
@example(method="GET", path="/feed.rss", query=b"limit=" + b"9" * 5000, lines=[], peer=None)
@example(method="HEAD", path="/../secret.rss", query=b"", lines=[(b"accept-encoding", b"br")], peer=None)
def test_any_request_gets_a_sound_answer(ask, troubles, method, path, query, lines, peer):
    current, _ = ask(method="GET", path=path, query_string=query, headers=[], client=None)
    tag = header(current["headers"], b"etag") or b'""'
    lines = [(name, value.replace(b"TAG", tag)) for name, value in lines]
    start, *rest = ask(method=method, path=path, query_string=query, headers=lines, client=peer)
    body = b"".join(message.get("body", b"") for message in rest)
    assert_sound(method, start["status"], start["headers"], body)
    assert troubles.seen == []


STEPS = ["../", "..%2f", "%2e%2e/", "..\\", "....//", "/", "%2f", "\0/../", "./../"]


@pytest.mark.parametrize("target", ["secret.txt", "secret.rss", "site/feed.rss", "content/draft.md", "etc/passwd"])
def test_no_way_leads_to_a_file(ask, target):
    for before, step in product(("/", "/category/", "/feeds/", "/news/", "/categories/", "/feed/by_tag/"), STEPS):
        for path in (before + step * 3 + target, unquote(before + step * 3 + target), before + step + target):
            start, rest = ask(method="GET", path=path, query_string=b"", headers=[], client=None)
            assert_sound("GET", start["status"], start["headers"], rest["body"])
            assert start["status"] == 404


# --- the same over a socket, for what lies between bytes and application


@contextmanager
def served(app):
    """Serve with the settings of `feeds serve` from a thread; yield host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(server_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.fixture(scope="module")
def address(site):
    with served(create_app(site)) as address:
        yield address


def spoken(address, request):
    """Send bytes; return all that comes until the server hangs up."""
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65536), b""))


raw_path = often(
    names.map(lambda path: quote(path).encode()),
    paths.map(lambda path: path.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [b"*", b"", b"http://evil.example/feed.rss", b"http://[", b"//feed.rss", b"feed.rss", b"/feed.rss?\xff"]
    ),
    st.binary(max_size=30),
)
raw_line = often(
    field.map(lambda line: line[0] + b": " + line[1]),
    st.sampled_from(
        [b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Content-Length: x", b"Expect: 100-continue", b"\tfolded",
         b"Upgrade: websocket\r\nConnection: upgrade", b": nameless", b"Host : x", b"\x00: y", b"Connection: keep-alive"]
    ),
    st.binary(max_size=20),
)  # fmt: skip


@settings(max_examples=150)
@given(
    method=st.sampled_from([*[b"GET"] * 6, b"HEAD", b"OPTIONS", b"POST", b"BREW", b"get", b"G\xc3\x89T", b""]),
    path=raw_path,
    version=st.sampled_from([*[b"HTTP/1.1"] * 6, b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"", b"\xff"]),
    lines=st.lists(raw_line, max_size=2),
)
@example(method=b"GET", path=b"/feed.rss", version=b"HTTP/1.1", lines=[])
@example(method=b"POST", path=b"/-/hooks/github", version=b"HTTP/1.1", lines=[b"Expect: 100-continue"])
def test_any_bytes_on_a_socket_get_a_sound_answer_and_the_next_client_its_feed(
    address, troubles, method, path, version, lines
):
    request = b"\r\n".join([b" ".join([method, path, version]), b"Connection: close", b"Host: x", *lines, b"", b""])
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)  # some of this a server may read as the beginning of more
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    while answer.startswith(b"HTTP/1.1 100 "):  # the go-ahead that was asked for is no answer yet (RFC 9110 §15.2.1)
        assert any(line.lower().startswith(b"expect:") for line in lines)
        answer = answer.partition(b"\r\n\r\n")[2]
    if answer:
        status = int(answer.split(b" ", 2)[1])
        assert 200 <= status < 500 or status == 505
        assert SECRET.encode() not in answer
        assert b"Traceback" not in answer
    sound = spoken(address, b"GET /feed.rss HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n")
    assert sound.startswith(b"HTTP/1.1 304 ")
    assert troubles.seen == []


def test_between_socket_and_application_nobody_believes_forwarding_fields(site):
    peers = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        peers.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with served(app) as address:
        spoken(
            address,
            b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
            b"Connection: close\r\n\r\n",
        )
    assert peers == [("127.0.0.1", "http")]
