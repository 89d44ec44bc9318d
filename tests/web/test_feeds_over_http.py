"""What a reader receives for the address of a feed, against a library of our own making."""

import hashlib
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from feeds.library import CODINGS, Rendition
from feeds.model import SITE, FeedKey
from feeds.render import ENCODERS
from feeds.render.html import Templates
from feeds.settings import load_settings
from feeds.urls import wire
from feeds.web.app import create_app

NOW = 1795392000  # Mon, 23 Nov 2026 00:00:00 GMT
CHANGED = 1640754863
CHANGED_AS_DATE = "Wed, 29 Dec 2021 05:14:23 GMT"
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}


class Shelf:
    """Feeds by address, made when asked for; counts how often."""

    def __init__(self):
        self.is_ready = True
        self.templates = Templates(None)
        self.leaves = SimpleNamespace(look_up=lambda *_asked, **_how: None)  # no pages for people
        self.printed = []
        self.retired = set()
        self._renditions = {}
        self._moved = {}

    def put(self, address, text, *, changed=CHANGED):
        key = SITE if address == "/feed" else FeedKey(*address.removeprefix("/").split("/"))
        for form, media_type in TYPES.items():
            self._renditions[f"{address}.{form}"] = Rendition(
                address=f"{address}.{form}",
                key=key,
                format=form,
                state=hashlib.sha256(f"{text}{changed}".encode()).hexdigest(),
                media_type=media_type,
                last_modified=changed,
                updated=changed,
                lifetime=900,
                links=f'<https://example.com{wire(address)}.{form}>; rel="self"',
            )
            self._texts = getattr(self, "_texts", {}) | {address: text}
        return self

    def move(self, old, new):
        self._moved[old] = new

    def refresh(self):
        pass

    def recall(self, address):
        return self._renditions.get(address) if self.is_ready else None

    def look_up(self, path, _narrowing=None, **_needs):
        assert path.encode(), "a path that cannot be encoded must not get here"
        return self._renditions.get(path)

    def is_retired(self, path):
        return path in self.retired

    def redirect(self, path):
        return self._moved.get(path)

    def fill(self, rendition, coding="identity"):
        self.printed.append((rendition.key, rendition.format, coding))
        address = "/feed" if rendition.key == SITE else "/" + "/".join(rendition.key)
        body = f"{rendition.format} {self._texts[address]}".encode()
        rendition.bodies["identity"] = body
        rendition.bodies.update({name: encode(body) for name, encode in ENCODERS.items()})
        return rendition

    def listing(self):
        return ()


class FakeSite:
    publisher = None

    def __init__(self, library, folder, **flags):
        self.store = SimpleNamespace(state=folder / ".feeds")
        self.orders = SimpleNamespace(give=None)  # nobody orders anything
        self.library = library
        self.templates = Templates(None)
        self.settings = load_settings(folder, flags=flags)

    def claim(self):
        return None

    def icon(self):
        return None

    def close(self):
        pass


class Reader:
    """A client that sends nothing by itself."""

    def __init__(self, app):
        self._client = TestClient(app, follow_redirects=False)
        self._client.headers.clear()

    def __call__(self, path, method="GET", **fields):
        return self._client.request(method, path, headers={k.replace("_", "-"): v for k, v in fields.items()})


@pytest.fixture
def shelf():
    return Shelf().put("/feed", "news").put("/category/新京报", "beijing").put("/tag/node.js", "javascript")


@pytest.fixture
def get(shelf, tmp_path):
    return Reader(create_app(FakeSite(shelf, tmp_path), clock=lambda: NOW))


@pytest.mark.parametrize("form", TYPES)
def test_each_format_has_its_own_type_body_and_length(get, form):
    response = get(f"/feed.{form}")
    assert response.status_code == 200
    assert response.headers["content-type"] == TYPES[form]
    assert response.content == f"{form} news".encode()
    assert int(response.headers["content-length"]) == len(response.content)


def test_an_address_in_chinese_arrives_percent_encoded(get):
    assert get("/category/%E6%96%B0%E4%BA%AC%E6%8A%A5.rss").text == "rss beijing"


def test_a_dot_in_a_slug_is_no_suffix(get):
    assert get("/tag/node.js.json").text == "json javascript"
    assert get("/tag/node.js").status_code == 404


def test_a_feed_comes_with_everything_that_caches_browsers_and_readers_want(get):
    headers = get("/feed.rss").headers
    assert headers["etag"].startswith('"')
    assert headers["last-modified"] == CHANGED_AS_DATE
    assert headers["date"] == "Mon, 23 Nov 2026 00:00:00 GMT"
    assert headers["cache-control"] == "max-age=900, stale-while-revalidate=600, stale-if-error=86400"
    assert headers["vary"] == "Accept-Encoding, Accept, Sec-Fetch-Dest"
    assert headers["content-security-policy"] == "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["link"] == '<https://example.com/feed.rss>; rel="self"'


def test_gzip_has_its_own_tag_and_says_what_it_is(get):
    plain, packed = get("/feed.rss"), get("/feed.rss", accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding, Accept, Sec-Fetch-Dest"
    assert "content-encoding" not in plain.headers


def test_formats_of_one_feed_have_different_tags(get):
    assert len({get(f"/feed.{form}").headers["etag"] for form in TYPES}) == 3


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_head_says_what_get_says_and_sends_nothing(get, accepted):
    whole, head = (get("/feed.atom", method, accept_encoding=accepted) for method in ("GET", "HEAD"))
    assert head.status_code == 200
    assert head.headers == whole.headers
    assert head.content == b""


def test_the_settings_say_how_long_a_stale_feed_may_stand_in(shelf, tmp_path):
    site = FakeSite(shelf, tmp_path, **{"cache.stale_while_revalidate": 5, "cache.stale_if_error": 7})
    get = Reader(create_app(site, clock=lambda: NOW))
    replies = (get("/feed.rss"), get("/feed.rss", if_none_match="*"))
    assert [reply.status_code for reply in replies] == [200, 304]
    said = {reply.headers["cache-control"] for reply in replies}
    assert said == {"max-age=900, stale-while-revalidate=5, stale-if-error=7"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_known_tag_is_answered_without_making_the_feed(get, shelf, method):
    tag = shelf.look_up("/feed.rss").etag()
    response = get("/feed.rss", method, if_none_match=tag)
    assert response.status_code == 304
    assert response.content == b""
    assert shelf.printed == []


def test_an_answer_without_body_repeats_the_fields_that_caches_update(get):
    whole = get("/feed.rss")
    same = get("/feed.rss", if_none_match=whole.headers["etag"])
    for name in ("etag", "last-modified", "cache-control", "vary", "link", "date"):
        assert same.headers[name] == whole.headers[name]
    for name in ("content-type", "content-length", "content-encoding"):
        assert name not in same.headers


def test_a_client_that_changes_its_codings_is_still_up_to_date(get):
    plain = get("/feed.rss").headers["etag"]
    packed = get("/feed.rss", accept_encoding="gzip").headers["etag"]
    assert packed != plain
    for ours, accepted, selected in [(plain, "gzip", packed), (packed, "", plain)]:
        response = get("/feed.rss", if_none_match=ours, accept_encoding=accepted)
        assert (response.status_code, response.headers["etag"]) == (304, selected)


def test_the_tag_of_another_format_is_not_ours(get):
    assert get("/feed.rss", if_none_match=get("/feed.atom").headers["etag"]).status_code == 200


def test_a_date_alone_is_enough(get):
    assert get("/feed.rss", if_modified_since=CHANGED_AS_DATE).status_code == 304
    assert get("/feed.rss", if_modified_since="Wed, 29 Dec 2021 05:14:22 GMT").status_code == 200


def test_a_wrong_tag_beats_a_right_date(get):
    assert get("/feed.rss", if_none_match='"old"', if_modified_since=CHANGED_AS_DATE).status_code == 200


def test_tags_on_two_lines_are_one_list(shelf, tmp_path):
    client = TestClient(create_app(FakeSite(shelf, tmp_path), clock=lambda: NOW))
    ours = shelf.look_up("/feed.rss").etag()
    response = client.get("/feed.rss", headers=[("If-None-Match", '"old"'), ("If-None-Match", ours)])
    assert response.status_code == 304


def test_a_last_modified_ahead_of_the_clock_is_not_sent_nor_compared(get, shelf):
    shelf.put("/feed", "burst", changed=NOW + 1)
    response = get("/feed.rss", if_modified_since="Thu, 01 Jan 2099 00:00:00 GMT")
    assert response.status_code == 200
    assert "last-modified" not in response.headers
    assert "last-modified" not in get("/feed.rss", if_none_match=response.headers["etag"]).headers


def test_a_last_modified_of_this_very_second_is_sent(get, shelf):
    shelf.put("/feed", "now", changed=NOW)
    response = get("/feed.rss")
    assert response.headers["last-modified"] == response.headers["date"]


def test_a_body_is_made_once_for_each_coding(get, shelf):
    for _ in range(3):
        get("/feed.rss")
        get("/feed.rss", accept_encoding="gzip")
    assert len(shelf.printed) == 1  # this shelf makes all at once


def test_a_feed_that_moved_while_it_was_made_is_told_with_its_own_tag(get, shelf):
    fill = shelf.fill

    def fill_late(_rendition, coding):
        shelf.put("/feed", "newer", changed=CHANGED + 5)
        return fill(shelf.look_up("/feed.rss"), coding)

    shelf.fill = fill_late
    response = get("/feed.rss")
    assert response.text == "rss newer"
    assert response.headers["etag"] == shelf.look_up("/feed.rss").etag()
    assert response.headers["last-modified"] == "Wed, 29 Dec 2021 05:14:28 GMT"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unknown_feed_is_a_small_answer_that_may_be_kept_a_minute(get, method):
    response = get("/category/nobody.rss", method)
    assert response.status_code == 404
    assert response.headers["cache-control"] == "max-age=60"
    assert int(response.headers["content-length"]) < 200


@pytest.mark.parametrize(
    "path",
    [
        "/category/%FF%FE.rss",
        "/category/%00.rss",
        "/category/%ED%A0%80.rss",
        "/category/%.rss",
        "/category/..%2F..%2Fetc%2Fpasswd.rss",
        "/category/%0d%0aX:%20y.rss",
        "/.rss",
        "/" + "a" * 5000 + ".json",
        "/category/%F0%9F%98%80.rss",
        "/feed.RSS",
        "/feed.xml",
        "/feed.rss/",
        "/category",
    ],
)
def test_a_strange_path_is_not_found(get, path):
    assert get(path).status_code == 404


@pytest.mark.parametrize("path", ["/category/\udcff.rss", "/category/\ud800.atom", "/\udcff", "//feed.rss", ".rss"])
def test_a_path_that_no_client_library_would_send_is_not_found(shelf, tmp_path, path):
    status, *_ = ask(create_app(FakeSite(shelf, tmp_path), clock=lambda: NOW), path)
    assert status == 404


def ask(app, path, method="GET"):
    """Speak ASGI directly, for paths that no client library would send."""
    import asyncio

    messages = []

    async def send(message):
        messages.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "root_path": ""}
    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return messages[0]["status"], dict(messages[0]["headers"]), body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/feed.rss", "/category/nobody.rss", "/"])
def test_other_methods_are_told_what_is_allowed(get, method, path):
    response = get(path, method)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/feed.rss", "/"])
def test_options_tells_a_browser_that_it_may_ask(get, shelf, path):
    response = get(path, "OPTIONS", origin="https://reader.example", access_control_request_method="GET")
    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in response.headers["access-control-allow-headers"]
    assert shelf.printed == []


@pytest.mark.parametrize("path", ["/feed.rss", "/"])
@pytest.mark.parametrize("fields", [{}, {"origin": "https://reader.example"}, {"access_control_request_method": "GET"}])
def test_options_tells_whoever_is_no_browser_nothing_of_other_origins(get, path, fields):
    response = get(path, "OPTIONS", **fields)
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    told = {name for name in response.headers if name.startswith("access-control-")}
    assert told == {"access-control-allow-origin", "access-control-expose-headers"}


def test_the_raw_name_of_a_term_leads_to_its_feed(get, shelf):
    shelf.move("/category/新 京报.rss", "/category/新_京报.rss")
    response = get("/category/%E6%96%B0%20%E4%BA%AC%E6%8A%A5.rss")
    assert response.status_code == 308
    assert response.headers["location"] == "/category/%E6%96%B0_%E4%BA%AC%E6%8A%A5.rss"


def test_until_the_first_ingest_is_over_readers_are_asked_to_come_again(get, shelf):
    shelf.is_ready = False
    for path in ("/feed.rss", "/category/nobody.rss"):
        response = get(path)
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) > 0
        assert response.headers["cache-control"] == "no-store"
    assert get("/readyz").status_code == 503
    assert int(get("/readyz").headers["retry-after"]) > 0
    assert get("/healthz").status_code == 200


def test_after_the_first_ingest_the_server_is_ready(get, shelf):
    shelf.is_ready = False
    assert get("/feed.rss").status_code == 503
    shelf.is_ready = True
    assert get("/feed.rss").status_code == 200
    assert get("/readyz").status_code == 200


def test_a_query_changes_nothing(get):
    assert get("/feed.rss?utm_source=x").text == "rss news"


@pytest.mark.parametrize("path", ["/news/feed.rss", "/feed.rss"])
def test_a_site_below_a_path_answers_with_and_without_it(shelf, tmp_path, path):
    site = FakeSite(shelf, tmp_path, **{"site.url": "https://example.com/news"})
    get = Reader(create_app(site, clock=lambda: NOW))
    assert get(path).text == "rss news"
    shelf.move("/tag/a b.rss", "/tag/a_b.rss")
    assert get("/tag/a%20b.rss").headers["location"] == "/news/tag/a_b.rss"


def test_head_sends_no_body_whatever_the_server_in_front_does(shelf, tmp_path):
    app = create_app(FakeSite(shelf, tmp_path), clock=lambda: NOW)
    for path in ("/feed.rss", "/category/nobody.rss", "/healthz"):
        assert [body for *_, body in (ask(app, path, "HEAD"),)] == [b""]
        assert ask(app, path)[2] != b""


def test_no_two_codings_share_a_tag(shelf):
    assert len({shelf.look_up("/feed.rss").etag(coding) for coding in CODINGS}) == len(CODINGS)
