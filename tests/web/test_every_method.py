"""Every method at every kind of address: status, fields and body as HTTP and browsers want them."""

import asyncio
import json

import pytest

from feeds.web.app import create_app

ALLOWED = "GET, HEAD, OPTIONS"
OTHER_METHODS = ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "BREW", "get", ""]
WINDOW = 600  # seconds that eager pollers wait

# What is there → its address, what GET gets, and whether readers that run in a browser may see it.
PLACES = {
    "feed": ("/category/Local_News.rss", 200, True),
    "feed in JSON": ("/category/Local_News.json", 200, True),
    "feed by its raw name": ("/category/Local News.rss", 308, True),
    "feed that is gone": ("/category/gone.atom", 410, True),
    "feed that never was": ("/category/nobody.rss", 404, True),
    "old address": ("/categories/local-news/index.xml", 301, True),
    "old address of nothing": ("/categories/nobody/index.xml", 404, True),
    "page of an entry": ("/entry/1/", 200, False),
    "page without its slash": ("/entry/1", 308, True),
    "page that never was": ("/entry/nobody/", 404, False),
    "looks of feeds": ("/feed.css", 200, False),
    "list of all feeds": ("/", 200, False),
    "list of sources": ("/sources.json", 200, True),
    "health": ("/healthz", 200, False),
    "readiness": ("/readyz", 200, False),
    "numbers, to strangers": ("/metrics", 404, False),
    "nothing": ("/nothing.css", 404, True),
}
NAMES = list(PLACES)


class Answer:
    def __init__(self, messages):
        start, *rest = messages
        self.status = start["status"]
        self.lines = [(name.decode(), value.decode()) for name, value in start["headers"]]
        self.fields = dict(self.lines)
        self.body = b"".join(message.get("body", b"") for message in rest)


@pytest.fixture
def open_site(open_desk):
    """Ask as a server does, so that nothing between us and the application mends its answers."""

    def open_(*, is_published=True, **settings):
        desk = open_desk(
            feeds={"retired": ["/category/gone"]},
            aliases={"styles": ["hugo"]},
            pages={"entries": True},
            server=settings.pop("server", {}),
        )
        desk.post("content/1.md", title="First", categories='["Local News"]')
        if is_published:
            desk.publish()
        app = create_app(desk.site, clock=lambda: desk.clock().timestamp())

        def ask(method, path, query=b"", **fields):
            headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
            scope = {
                "type": "http",
                "method": method,
                "path": path,
                "query_string": query,
                "headers": headers,
                "root_path": "",
                "client": ("198.51.100.7", 1),
            }
            messages = []

            async def send(message):
                messages.append(message)

            async def receive():
                return {"type": "http.request", "body": b"", "more_body": False}

            asyncio.run(app(scope, receive, send))
            return Answer(messages)

        ask.desk = desk
        return ask

    return open_


@pytest.fixture
def ask(open_site):
    return open_site()


@pytest.mark.parametrize("name", NAMES)
def test_get_gets_what_is_there_with_its_length_and_one_date(ask, name):
    path, status, _ = PLACES[name]
    answer = ask("GET", path)
    assert answer.status == status
    assert int(answer.fields["content-length"]) == len(answer.body) > 0
    assert [field for field, _ in answer.lines].count("date") == 1
    assert len(answer.fields) == len(answer.lines), "a field is sent twice"
    assert answer.fields["x-content-type-options"] == "nosniff"
    assert not {"set-cookie", "age", "allow", "server", "transfer-encoding", "accept-ranges"} & answer.fields.keys()


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("name", NAMES)
def test_head_gets_the_same_fields_and_no_body(ask, name, coding):
    path, _, _ = PLACES[name]
    for order in (("GET", "HEAD"), ("HEAD", "GET")):
        answers = {method: ask(method, path, accept_encoding=coding) for method in order}
        assert (answers["HEAD"].status, answers["HEAD"].lines) == (answers["GET"].status, answers["GET"].lines)
        assert answers["HEAD"].body == b""


@pytest.mark.parametrize("name", ["feed", "feed in JSON", "list of all feeds", "list of sources"])
def test_what_has_not_changed_is_told_to_get_and_head_alike_without_a_body(ask, name):
    path = PLACES[name][0]
    tag = ask("GET", path).fields["etag"]
    get, head = (ask(method, path, if_none_match=tag) for method in ("GET", "HEAD"))
    assert (get.status, head.status, get.body, head.body) == (304, 304, b"", b"")
    assert get.lines == head.lines
    assert not {"content-length", "content-type", "content-encoding", "transfer-encoding"} & get.fields.keys()


@pytest.mark.parametrize("name", NAMES)
def test_options_says_what_may_be_asked_and_has_no_body(ask, name):
    answer = ask("OPTIONS", PLACES[name][0])
    if name == "nothing":
        assert answer.status == 404
        return
    assert (answer.status, answer.fields["allow"], answer.body) == (204, ALLOWED, b"")
    assert "content-length" not in answer.fields  # RFC 9110 §8.6
    assert "date" in answer.fields


@pytest.mark.parametrize("name", NAMES)
def test_any_other_method_is_told_which_ones_there_are(ask, name):
    answers = {method: ask(method, PLACES[name][0]) for method in OTHER_METHODS}
    expected = (404, None) if name == "nothing" else (405, ALLOWED)
    assert {(answer.status, answer.fields.get("allow")) for answer in answers.values()} == {expected}
    assert all(int(answer.fields["content-length"]) == len(answer.body) > 0 for answer in answers.values())


@pytest.mark.parametrize("name", ["list of sources", "health", "readiness", "numbers, to strangers"])
def test_programs_are_told_of_problems_as_programs_read_them(ask, name):
    answer = ask("POST", PLACES[name][0])
    assert answer.fields["content-type"] == "application/problem+json"
    told = json.loads(answer.body)
    assert (told["status"], told["title"]) == (405, "Method Not Allowed")
    assert ALLOWED.replace(", OPTIONS", " and OPTIONS") in told["detail"]


@pytest.mark.parametrize("name", ["feed", "page of an entry", "list of all feeds"])
def test_people_are_told_of_problems_in_words(ask, name):
    assert ask("POST", PLACES[name][0]).fields["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/healthz/", "/sources.json/", "/metrics/", "/feed.css/", "/entry", "/-"])
def test_an_address_with_a_slash_more_or_less_leads_to_no_host_that_the_client_made_up(ask, path):
    answer = ask("GET", path, host="elsewhere.example")
    assert (answer.status, answer.fields.get("location")) == (404, None)
    assert answer.fields["cache-control"] == "max-age=60"


@pytest.mark.parametrize("path", ["/readyz", "/sources.json"])
def test_programs_that_come_too_early_are_told_when_to_come_again(open_site, path):
    answer = open_site(is_published=False)("GET", path)
    assert (answer.status, answer.fields["content-type"]) == (503, "application/problem+json")
    assert int(answer.fields["retry-after"]) > 0
    assert answer.fields["cache-control"] == "no-store"
    assert json.loads(answer.body)["status"] == 503


# --- readers that run in a browser, as the Fetch standard lets them see answers


def seen_in_a_browser(ask, path, **conditions):
    """Return what a script of another site gets; None where the browser would hide it behind a network error."""
    wanted = {name.replace("_", "-") for name in conditions}
    preflight = ask(
        "OPTIONS",
        path,
        origin="https://reader.example",
        access_control_request_method="GET",
        access_control_request_headers=",".join(sorted(wanted)),
    )
    allowed = {name.strip().lower() for name in preflight.fields.get("access-control-allow-headers", "").split(",")}
    if not 200 <= preflight.status < 300 or preflight.fields.get("access-control-allow-origin") != "*":
        return None
    if not wanted <= allowed:
        return None
    answer = ask("GET", path, origin="https://reader.example", **conditions)
    return answer if answer.fields.get("access-control-allow-origin") == "*" else None


def exposed(answer):
    return {name.strip().lower() for name in answer.fields["access-control-expose-headers"].split(",")}


@pytest.mark.parametrize("name", [name for name in NAMES if PLACES[name][2] and name != "nothing"])
def test_a_reader_in_a_browser_sees_whatever_becomes_of_its_feed(ask, name):
    path, status, _ = PLACES[name]
    answer = seen_in_a_browser(ask, path, if_none_match='"old"', if_modified_since="x", cache_control="no-cache")
    assert answer is not None, "hidden"
    assert answer.status == status


def test_a_reader_in_a_browser_sees_its_validators_and_polls_with_them(ask):
    feed = seen_in_a_browser(ask, PLACES["feed"][0])
    assert exposed(feed) >= {"etag", "link"}  # Last-Modified and Cache-Control are always shown
    same = seen_in_a_browser(ask, PLACES["feed"][0], if_none_match=feed.fields["etag"])
    assert same.status == 304
    assert exposed(same) >= {"etag", "link"}


def test_a_reader_in_a_browser_that_comes_too_early_sees_when_to_come_again(open_site):
    early = seen_in_a_browser(open_site(is_published=False), PLACES["feed"][0], if_none_match='"old"')
    assert (early.status, exposed(early)) == (503, {"retry-after"})


def test_a_reader_in_a_browser_that_comes_too_often_sees_when_to_come_again(open_site):
    path = PLACES["feed"][0]
    ask = open_site(server={"polite_seconds": WINDOW})
    ask("GET", path)
    eager = seen_in_a_browser(ask, path)
    assert (eager.status, exposed(eager), eager.fields["retry-after"]) == (429, {"retry-after"}, str(WINDOW))


def test_nothing_is_said_of_credentials(ask):
    for name in NAMES:
        for method in ("GET", "OPTIONS", "POST"):
            fields = ask(method, PLACES[name][0], origin="https://reader.example", cookie="a=b").fields
            assert not {"access-control-allow-credentials", "set-cookie"} & fields.keys()


# --- time and place


def test_date_is_the_moment_of_the_answer_and_no_age_is_ours_to_tell(ask):
    for path in ("/category/Local_News.rss", "/", "/category/nobody.rss", "/nothing.css"):
        before = ask("GET", path)
        ask.desk.clock.advance(61)
        after = ask("GET", path)
        assert before.fields["date"] != after.fields["date"]
        assert after.fields["date"] == f"{ask.desk.clock():%a, %d %b %Y %H:%M:%S} GMT"
        assert "age" not in after.fields  # RFC 9111 §5.1: a cache's word


@pytest.mark.parametrize("range_", ["bytes=0-9", "bytes=-1", "bytes=999999999-", "bytes=0-0,2-2", "items=1-2", "x"])
def test_a_part_is_never_sent_in_place_of_the_whole(ask, range_):
    whole = ask("GET", "/feed.rss")
    answer = ask("GET", "/feed.rss", range=range_, if_range=whole.fields["etag"])
    assert (answer.status, answer.body, answer.lines) == (200, whole.body, whole.lines)
    assert ask("GET", "/feed.rss", range=range_, if_none_match=whole.fields["etag"]).status == 304


@pytest.mark.parametrize("name", ["feed", "feed in JSON"])
def test_no_accept_field_is_answered_with_not_acceptable(ask, name):
    path = PLACES[name][0]
    plain = ask("GET", path).body
    for accept in ("application/json", "text/html", "image/png;q=1, */*;q=0", "*/*;q=0", "", "é;;q=,"):
        answer = ask("GET", path, accept=accept)
        assert (answer.status, answer.body) == (200, plain)
