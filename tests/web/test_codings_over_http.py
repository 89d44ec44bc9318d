"""Feeds and pages of a real site as clients receive them, byte for byte, in each content coding."""

import gzip
import sys
import threading

import brotli
import pytest
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.render import ENCODERS
from feeds.web.app import create_app

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODERS = {"identity": bytes, "br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstd.decompress}
PATHS = ["/feed.rss", "/feed.atom", "/feed.json", "/tag/empty.rss", "/", "/sources.json"]
FEEDS_VARY = "Accept-Encoding, Accept, Sec-Fetch-Dest"
VARY = dict.fromkeys(["/", "/sources.json"], "Accept-Encoding")


@pytest.fixture
def published(desk):
    desk.post("content/1.md", title="浙江消保委", body="据浙江消保委微信公众号消息。\n" * 40)
    desk.post("content/2.md", tags="[empty]")
    desk.publish()
    desk.delete("content/2.md")
    desk.publish()
    return desk


@pytest.fixture
def get(published):
    client = TestClient(create_app(published.site, clock=lambda: published.clock().timestamp()))
    client.headers.clear()

    def ask(path, accepted="", method="GET", **fields):
        """Return status, fields and the bytes on the wire, which no client library has decoded."""
        named = {"accept-encoding": accepted, **{name.replace("_", "-"): value for name, value in fields.items()}}
        with client.stream(method, path, headers=named) as response:
            return response.status_code, response.headers, b"".join(response.iter_raw())

    return ask


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", CODINGS)
def test_each_coding_is_read_by_its_decoder_and_says_what_it_is(get, path, coding):
    _, _, plain = get(path)
    status, fields, body = get(path, coding)
    assert status == 200
    assert fields.get("content-encoding", "identity") == coding
    assert int(fields["content-length"]) == len(body)
    assert DECODERS[coding](body) == plain


@pytest.mark.parametrize("path", PATHS)
def test_every_coding_has_its_own_strong_tag_and_every_answer_varies(get, path):
    answers = [get(path, coding) for coding in CODINGS]
    tags = [fields["etag"] for _, fields, _ in answers]
    suffixes = {"identity": "", "br": "-br", "gzip": "-gz", "zstd": "-zst"}
    assert tags == [f'{tags[0][:-1]}{suffixes[coding]}"' for coding in CODINGS]
    assert {fields["vary"] for _, fields, _ in answers} == {VARY.get(path, FEEDS_VARY)}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", CODINGS)
def test_head_tells_the_length_of_that_coding_and_sends_nothing(get, path, coding):
    head, whole = get(path, coding, "HEAD"), get(path, coding)
    assert head[1] == whole[1]
    assert int(head[1]["content-length"]) == len(whole[2])
    assert (head[0], head[2]) == (200, b"")


@pytest.mark.parametrize("path", ["/feed.rss", "/"])
@pytest.mark.parametrize("held", CODINGS)
@pytest.mark.parametrize("coding", CODINGS)
def test_a_tag_of_another_coding_is_up_to_date_and_answered_with_the_selected_one(get, path, held, coding):
    ours, selected = get(path, held)[1]["etag"], get(path, coding)[1]["etag"]
    status, fields, body = get(path, coding, if_none_match=ours)
    assert (status, fields["etag"], fields["vary"], body) == (304, selected, VARY.get(path, FEEDS_VARY), b"")
    assert "content-encoding" not in fields


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("identity;q=0", "identity"),  # nothing is left, and a feed is better than 406
        ("*;q=0", "identity"),
        ("identity;q=0, zstd;q=0.1", "zstd"),
        ("identity;q=0, *", "gzip"),
    ],
)
def test_without_identity_a_feed_is_still_an_answer(get, accepted, coding):
    status, fields, body = get("/feed.rss", accepted)
    assert (status, fields.get("content-encoding", "identity")) == (200, coding)
    assert DECODERS[coding](body) == get("/feed.rss")[2]


def test_feeds_and_pages_are_coded_once_by_threads_of_their_own_and_never_in_the_event_loop(get, monkeypatch):
    coded = []

    def watched(coding, encode):
        return lambda body: coded.append((coding, threading.current_thread().name)) or encode(body)

    for coding, encode in list(ENCODERS.items()):
        monkeypatch.setitem(ENCODERS, coding, watched(coding, encode))
    for path, own in (("/feed.rss", "press"), ("/", "pages")):
        coded.clear()
        for coding in (*CODINGS, *CODINGS):
            get(path, coding)
        assert [coding for coding, _ in coded] == list(ENCODERS)
        assert all(thread.startswith(own) for _, thread in coded)
