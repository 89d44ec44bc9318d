"""The access log: what its lines say, that no client can forge one, and that it survives rotating and full disks."""

import errno
import json
import os
import re
import threading
from contextlib import suppress
from select import PIPE_BUF

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from feeds.metrics import Answer
from feeds.web import accesslog
from feeds.web.accesslog import FORMS, AccessLog, AccessLogError, pieces
from feeds.web.app import create_app
from feeds.web.visits import as_common, as_json, subscribers, visit_of

FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)"
MOMENT = 1795504095.25  # Tue, 24 Nov 2026 07:08:15 GMT


def scope_of(path=b"/feed.rss", query=b"", method="GET", client="192.0.2.7", **fields):
    return {
        "method": method,
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "http_version": "1.1",
        "client": (client, 1) if client else None,
        "headers": [(name.replace("_", "-").encode(), value) for name, value in fields.items()],
    }


def visit(*, status=200, sent=5120, moment=MOMENT, seconds=0.000213, **scope):
    answer = Answer("category", status, "gzip")
    client = scope.pop("client", "192.0.2.7")
    return visit_of(scope_of(**scope), answer, sent, client=client, moment=moment, seconds=seconds)


@pytest.mark.parametrize(
    ("agent", "people"),
    [
        (FEEDLY, 12),
        ("Feedbin feed-id:1234 - 37 subscribers", 37),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 5 subscribers; )", 5),
        ("NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/1/x (Mozilla/5.0)", 1),
        ("Mozilla/5.0 (compatible; theoldreader.com; 3 subscribers; feed-id=5f1)", 3),
        ("BazQux/2.4 (+https://bazqux.com/fetcher; 1 subscribers)", 1),
        ("Feed Wrangler/1.0 (7 Subscribers; feed-id=9)", 7),
        ("livedoor FeedFetcher/0.01 (http://reader.livedoor.com/; 4 readers)", 4),
        ("newsboat/2.30.1 (Linux x86_64)", None),
        ("x 9999999999 subscribers", None),
        ("10subscribers", None),
        ("", None),
    ],
)
def test_the_subscribers_of_an_aggregator_are_read(agent, people):
    assert subscribers(agent) == people


def test_a_line_in_the_common_form_is_the_combined_log_format():
    asked = {"path": b"/category/%E6%96%B0.atom", "query": b"limit=10", "user_agent": FEEDLY.encode()}
    assert as_common(visit(**asked, referer=b"https://example.com/")) == (
        '192.0.2.7 - - [24/Nov/2026:07:08:15 +0000] "GET /category/%E6%96%B0.atom?limit=10 HTTP/1.1" 200 5120 '
        f'"https://example.com/" "{FEEDLY}"'
    )
    bare = as_common(visit(client="", status=304, sent=0))
    assert bare == '- - - [24/Nov/2026:07:08:15 +0000] "GET /feed.rss HTTP/1.1" 304 - "-" "-"'


def test_a_line_in_json_says_what_the_common_form_cannot():
    line = as_json(visit(path=b"/a.atom", query=b"limit=1", user_agent=FEEDLY.encode(), if_none_match=b'"x"'))
    assert json.loads(line) == {
        "time": "2026-11-24T07:08:15.250Z",
        "client": "192.0.2.7",
        "method": "GET",
        "path": "/a.atom",
        "query": "limit=1",
        "status": 200,
        "bytes": 5120,
        "seconds": 0.000213,
        "user_agent": FEEDLY,
        "subscribers": 12,
        "kind": "category",
        "coding": "gzip",
        "etag_matched": False,
    }


@pytest.mark.parametrize(("status", "tag", "said"), [(304, b'"a"', True), (200, b'"a"', False), (304, None, None)])
def test_whether_the_tag_was_right_is_told_where_there_was_one(status, tag, said):
    fields = {"if_none_match": tag} if tag else {}
    assert json.loads(as_json(visit(status=status, **fields)))["etag_matched"] is said


_ODD = st.binary(max_size=3000) | st.text(max_size=1500).map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(path=_ODD, query=_ODD, agent=_ODD, referer=_ODD, client=st.text(max_size=100))
@example(path=b'/"' * 2000, query=b"\xff" * 3000, agent=b"\x00" * 3000, referer=b"\\" * 3000, client="\n" * 99)
@example(path=b"/" * 3000, query=b"?" * 3000, agent=b"~" * 3000, referer=b"~" * 3000, client="1" * 99)
@example(path=b"/", query=b"", agent=b'" 200 0 "-" "-"\r\n127.0.0.1 - - [', referer=b"\x1b[2J", client='1 - - "')
@example(path=b"/\xf0\x9f\x98\x80" * 500, query=b"", agent="\u2028\x85\x0b".encode(), referer=b"", client="")
def test_nothing_that_a_client_sends_ends_a_line_or_a_field_or_is_too_long_for_a_pipe(
    path, query, agent, referer, client
):
    one = visit(path=path, query=query, user_agent=agent, referer=referer, client=client)
    for line in (as_common(one), as_json(one)):
        assert line.isascii()
        assert line.isprintable()
        assert len(line) < PIPE_BUF
    assert set(json.loads(as_json(one))) >= {"path", "user_agent", "subscribers"}
    assert as_common(one).count('"') == 6
    assert re.match(r"\S+ - - \[24/Nov/2026:07:08:15 \+0000\] ", as_common(one))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "access.log"


@pytest.fixture
def log(file):
    log = AccessLog(as_common, file, clock=lambda: MOMENT)
    yield log
    log.close()


def note(log, path=b"/feed.rss"):
    log.note(scope_of(path=path), Answer("site", 200, "identity"), 5, seconds=0.1)


def paths(file):
    return re.findall(r'"GET (\S+)', file.read_text())


def test_lines_come_in_the_order_of_the_answers_behind_what_is_there(file, log):
    file.write_text("an older line\n")
    for path in (b"/a", b"/b"):
        note(log, path)
    log.write()
    note(log, b"/c")
    log.write()
    assert file.read_text().startswith("an older line\n")
    assert paths(file) == ["/a", "/b", "/c"]


def test_a_log_that_was_renamed_is_begun_anew(file, log, tmp_path):
    note(log, b"/a")
    log.write()
    file.rename(tmp_path / "access.log.1")
    note(log, b"/b")
    log.write()
    assert (paths(tmp_path / "access.log.1"), paths(file)) == (["/a"], ["/b"])
    file.unlink()
    note(log, b"/c")
    log.write()
    assert paths(file) == ["/c"]


def test_lines_that_cannot_be_written_are_counted_and_told_once(file, log, monkeypatch, caplog):
    def fail(_descriptor, _piece):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(accesslog.os, "write", fail)
        for _ in range(3):
            note(log)
            log.write()
    note(log, b"/again")
    log.write()
    assert log.lost == 3
    assert caplog.text.count("No space left") == 1
    assert paths(file) == ["/again"]


def test_requests_that_wait_for_a_slow_disk_are_bounded(file, log, monkeypatch):
    monkeypatch.setattr(accesslog, "_MOST", 2)
    for path in (b"/a", b"/b", b"/c"):
        note(log, path)
    log.write()
    assert log.lost == 1
    assert paths(file) == ["/a", "/b"]


def test_a_write_that_takes_only_a_part_is_gone_on_with(file, log, monkeypatch):
    write = os.write
    monkeypatch.setattr(accesslog.os, "write", lambda descriptor, piece: write(descriptor, piece[:7]))
    note(log, b"/whole")
    log.write()
    assert paths(file) == ["/whole"]


def test_pieces_end_with_lines_and_fit_into_a_pipe():
    lines = [b"x" * size + b"\n" for size in (1, 4000, 4000, 90, 5, 5000, 1)]
    joined = list(pieces(lines))
    assert b"".join(joined) == b"".join(lines)
    assert all(piece.endswith(b"\n") for piece in joined)
    assert [len(piece) > PIPE_BUF for piece in joined].count(True) == 1  # the one line that is longer by itself
    assert list(pieces([])) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_site_writes_what_was_asked_once_it_ends(open_desk, form):
    desk = open_desk(server={"access_log": form, "access_log_file": "logs.txt"})
    desk.post("content/2026-10-01-a.md", categories="[red]")
    desk.publish()
    with TestClient(create_app(desk.site), client=("192.0.2.7", 1)) as client:
        client.headers.clear()
        tag = client.get("/category/red.atom?limit=1").headers["etag"]
        client.get("/category/red.atom?limit=1", headers={"if-none-match": tag, "user-agent": FEEDLY})
        size = len(client.get("/").content)
    lines = (desk.folder / "logs.txt").read_text().splitlines()
    assert len(lines) == 3
    if form == "json":
        said = [json.loads(line) for line in lines]
        assert [one["kind"] for one in said] == ["category", "category", "index"]
        assert [one["etag_matched"] for one in said] == [None, True, None]
        assert [one["bytes"] > 0 for one in said] == [True, False, True]
        assert said[1]["subscribers"] == 12
        assert all(0 < one["seconds"] < 60 for one in said)
    else:
        assert '"GET /category/red.atom?limit=1 HTTP/1.1" 304 - "-" "Feedly/1.0' in lines[1]
        assert f'"GET / HTTP/1.1" 200 {size} ' in lines[2]


def test_the_client_is_the_one_that_trusted_proxies_name(open_desk):
    desk = open_desk(server={"access_log": "json", "access_log_file": "log", "trusted_proxies": ["127.0.0.1"]})
    desk.publish()
    with TestClient(create_app(desk.site), client=("127.0.0.1", 1)) as client:
        client.get("/feed.rss", headers={"x-forwarded-for": "6.6.6.6, 2001:DB8::7"})
    with TestClient(create_app(desk.site), client=("198.51.100.1", 1)) as client:
        client.get("/feed.rss", headers={"x-forwarded-for": "6.6.6.6"})
    lines = (desk.folder / "log").read_text().splitlines()
    assert [json.loads(line)["client"] for line in lines] == ["2001:db8::7", "198.51.100.1"]


def test_a_client_on_a_socket_has_no_address(file, log):
    log.note(scope_of(client=None), Answer("site", 200, "identity"), 5, seconds=0.1)
    log.write()
    assert file.read_text().startswith("- - - [")


def test_standard_output_that_nobody_reads_does_not_keep_the_server_alive(monkeypatch):
    theirs, ours = os.pipe()
    os.set_blocking(ours, False)
    with suppress(BlockingIOError):
        while os.write(ours, b"x" * PIPE_BUF):
            pass
    os.set_blocking(ours, True)
    monkeypatch.setattr(accesslog, "_STDOUT", ours)
    monkeypatch.setattr(accesslog, "_EVERY", 0)
    monkeypatch.setattr(accesslog, "_PATIENCE", 0)
    log = AccessLog(as_common)
    note(log)
    with log.writing():
        while log._waiting:  # until the thread is at it
            pass
    assert "access-log" in [thread.name for thread in threading.enumerate()]
    while b"GET /feed.rss" not in os.read(theirs, 2**20):
        pass


def test_the_log_goes_to_standard_output_where_no_file_is_named(capfd):
    log = AccessLog(as_common)
    note(log)
    log.write()
    assert '"GET /feed.rss HTTP/1.1" 200 5 ' in capfd.readouterr().out


def test_without_the_setting_there_is_no_log(desk, capfd):
    desk.publish()
    with TestClient(create_app(desk.site)) as client:
        client.get("/feed.rss")
    assert capfd.readouterr().out == ""


def test_a_file_that_cannot_be_opened_is_told_with_what_to_do(open_desk):
    desk = open_desk(server={"access_log": "json", "access_log_file": "no/such/folder/log"})
    with pytest.raises(AccessLogError, match=r"no/such/folder/log: No such file .*; set server.access_log_file"):
        create_app(desk.site)
