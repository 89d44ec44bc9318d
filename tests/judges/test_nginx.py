"""nginx with its cache in front, configured by contrib/nginx.conf as it stands but for ports and places."""

import gzip
import http.client
import json
import subprocess
from contextlib import ExitStack, closing

import brotli
import pytest

from feeds.library import CODINGS

pytestmark = pytest.mark.slow

MAIN = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/feedwright.conf;
}}
"""
A_SECOND = ((b"x-accel-expires", b"1"),)  # to nginx alone: keep this no longer; our shortest lifetime is a minute


class Front:
    """nginx on a port, in front of an application."""

    def __init__(self, folder, contrib, program, served, tools):
        self.folder, self.served, self.program = folder, served, program
        self.port = tools.free_port()
        self._tools = tools
        text = (contrib / "nginx.conf").read_text(encoding="utf-8")
        for old, new in {
            "127.0.0.1:8000": f"127.0.0.1:{served.port}",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "/var/cache/nginx/feedwright": f"{folder}/cache",
        }.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        (folder / "feedwright.conf").write_text(text, encoding="utf-8")
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")

    def command(self, *words):
        return [self.program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), *words]

    def get(self, path="/feed.atom", **fields):
        return self._tools.ask(self.port, path, **fields)

    def upstream(self):
        """Status and If-None-Match of each request that came through."""
        return [(asked.status, asked.fields.get("if-none-match")) for asked in self.served.asked]


@pytest.fixture
def open_front(tmp_path_factory, contrib, peer, serve_desk, tools):
    with ExitStack() as ending:

        def open_(**settings):
            program = peer("nginx", "nginx-light")
            front = Front(tmp_path_factory.mktemp("nginx"), contrib, program, serve_desk(**settings), tools)
            ending.enter_context(tools.running(front.command(), front.port))
            return front

        yield open_


@pytest.fixture
def front(open_front):
    return open_front()


def plain(answer):
    coding = answer["content-encoding"]
    return {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[coding](answer.body)


def test_nginx_finds_no_fault_in_the_configuration(front):
    tried = subprocess.run(front.command("-t"), capture_output=True, text=True, check=False)
    assert tried.returncode == 0
    assert "[warn]" not in tried.stderr


def test_each_coding_is_kept_apart(front):
    def everyone():
        return {coding: front.get(accept_encoding=coding) for coding in CODINGS}

    first, second = everyone(), everyone()
    assert {coding: answer["x-cache"] for coding, answer in first.items()} == dict.fromkeys(CODINGS, "MISS")
    assert {coding: answer["x-cache"] for coding, answer in second.items()} == dict.fromkeys(CODINGS, "HIT")
    assert len({answer["etag"] for answer in first.values()}) == len(front.served.asked) == len(CODINGS)
    for coding, answer in second.items():
        assert answer["content-encoding"] == (None if coding == "identity" else coding)
        assert "Accept-Encoding" in answer["vary"]
        assert (answer["etag"], answer.body) == (first[coding]["etag"], first[coding].body)
    assert plain(second["gzip"]) == plain(second["br"]) == second["identity"].body


def test_a_copy_has_all_fields_that_the_application_gave(front, tools):
    front.get()
    kept, given = front.get(), tools.ask(front.served.port, "/feed.atom")
    shown = {name.lower(): value for name, value in kept.fields}
    assert {name: shown.get(name) for name, _ in given.fields} == dict(given.fields)
    assert shown.keys() - dict(given.fields).keys() == {"connection", "server", "x-cache"}


@pytest.mark.parametrize("coding", CODINGS)
def test_nginx_answers_a_known_etag_from_its_copy(front, coding):
    etag = front.get(accept_encoding=coding)["etag"]
    same = front.get(accept_encoding=coding, if_none_match=etag)
    assert (same.status, same.body, same["etag"], same["x-cache"]) == (304, b"", etag, "HIT")
    assert len(front.served.asked) == 1


def test_an_old_copy_is_renewed_by_its_etag_and_not_sent_again(front, tools):
    front.served.adds = A_SECOND
    first = front.get(accept_encoding="gzip")
    front.served.desk.clock.advance(50)
    tools.wait_until(lambda: (304, first["etag"]) in (front.get(accept_encoding="gzip") and front.upstream()))
    front.served.adds = ()
    again = front.get(accept_encoding="gzip")
    assert again["date"] == first["date"]  # nginx keeps it as it was: a little too old, never too young
    assert (again.status, again["etag"], again.body) == (200, first["etag"], first.body)
    statuses = [status for status, _ in front.upstream()]
    assert statuses.count(200) == 1
    assert set(statuses) == {200, 304}


def test_a_change_is_out_once_the_copy_is_old(front, tools):
    front.served.adds = A_SECOND
    first = front.get()
    front.served.desk.clock.advance(60)
    front.served.desk.post("content/2.md", title="Second")
    front.served.desk.publish()
    second = tools.wait_until(lambda: (answer := front.get())["etag"] != first["etag"] and answer)
    assert second.status == 200
    assert b"Second" in second.body
    assert second["last-modified"] != first["last-modified"]
    assert front.upstream()[0] == (200, None)
    assert (200, first["etag"]) in front.upstream()  # it asked by the old tag, and had a whole answer


def test_an_old_copy_stands_in_while_the_application_is_away(front, tools):
    front.served.adds = A_SECOND
    first = front.get(accept_encoding="gzip")
    front.served.stop()
    stale = tools.wait_until(lambda: (answer := front.get(accept_encoding="gzip"))["x-cache"] != "HIT" and answer)
    assert (stale.status, stale["etag"], stale.body) == (200, first["etag"], first.body)
    same = front.get(accept_encoding="gzip", if_none_match=first["etag"])
    assert (same.status, same.body) == (304, b"")
    assert front.get("/feed.rss").status == 502  # of which there is no copy
    front.served.start()
    tools.wait_until(lambda: (304, first["etag"]) in (front.get(accept_encoding="gzip") and front.upstream()))


def test_a_copy_tells_its_age_by_its_date(front, tools):
    made = tools.ask(front.served.port, "/feed.atom")["date"]
    front.get()
    front.served.desk.clock.advance(50)
    kept = front.get()
    assert (kept["x-cache"], kept["date"]) == ("HIT", made)
    assert front.get(if_none_match=kept["etag"])["date"] == made


def test_head_is_answered_from_the_same_copy(front):
    whole = front.get(accept_encoding="br")
    head = front.get(method="HEAD", accept_encoding="br")
    assert (head.status, head.body, head["x-cache"]) == (200, b"", "HIT")
    assert (head["content-length"], head["etag"]) == (whole["content-length"], whole["etag"])


@pytest.mark.parametrize(
    ("path", "status"),
    [("/feed.xml", 301), ("/tag/Cafe%CC%81.atom", 308), ("/nobody.atom", 404), ("/tag/old.rss", 410)],
)
def test_what_is_no_feed_is_kept_as_long_as_it_says(open_front, path, status):
    front = open_front(aliases={"styles": ["jekyll"]}, feeds={"retired": ["/tag/old"]})
    front.served.desk.post("content/2.md", tags="[Café]")
    front.served.desk.publish()
    answers = [front.get(path) for _ in range(2)]
    assert [(answer.status, answer["x-cache"]) for answer in answers] == [(status, "MISS"), (status, "HIT")]
    assert len({answer["location"] for answer in answers}) == 1


def test_what_may_not_be_kept_is_asked_each_time(front):
    for _ in range(2):
        assert front.get(method="POST").status == 405
        assert front.get("/healthz")["x-cache"] == "MISS"
    assert len(front.served.asked) == 4


def test_the_application_learns_who_asked_and_how(front):
    front.get("/feed.rss", x_forwarded_for="192.0.2.7")
    fields = front.served.asked[-1].fields
    assert fields["x-forwarded-for"] == "192.0.2.7, 127.0.0.1"
    assert (fields["x-forwarded-proto"], fields["host"]) == ("http", "127.0.0.1")


def test_what_scripts_send_arrives_whatever_its_size_and_nothing_of_it_is_kept(open_front, tools):
    token = "0123456789abcdef-desk"
    front = open_front(admin={"tokens": {"desk": token}})
    asking = http.client.HTTPConnection("127.0.0.1", front.port, timeout=tools.PATIENCE)
    with closing(asking):
        asking.request("PUT", "/-/posts/large.md", body=b"x" * 2_000_000)
        answer = asking.getresponse()
        assert (answer.status, json.load(answer)["status"]) == (401, 401)
    for _ in range(2):
        assert front.get("/-/problems.json", authorization=f"Bearer {token}")["x-cache"] is None
    assert len(front.served.asked) == 3


def test_events_come_through_while_the_answer_goes_on(open_front, tools):
    token = "0123456789abcdef-desk"
    front = open_front(admin={"tokens": {"desk": token}})
    listening = [http.client.HTTPConnection("127.0.0.1", front.port, timeout=tools.PATIENCE) for _ in range(2)]
    try:
        for one in listening:
            one.request("GET", "/-/events", headers={"Authorization": f"Bearer {token}"})
            answer = one.getresponse()
            assert (answer.status, answer.readline()) == (200, b"retry: 3000\n")
    finally:
        for one in listening:
            one.close()


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_the_doors_of_those_who_look_after_the_server_are_shut(front, path):
    assert front.get(path).status == 404
    assert front.served.asked == []
