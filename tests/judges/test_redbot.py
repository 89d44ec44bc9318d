"""REDbot asks for each address plain, coded, conditionally and in part, and finds nothing wrong."""

import gzip
import runpy
import time
from pathlib import Path

import pytest

pytest.importorskip("redbot", reason="needs redbot, of the extra `test`")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "show_redbot.py"), run_name="show_redbot")
STATUS = {
    "/feed.xml": 301,
    "/tag/Cafe%CC%81.atom": 308,
    "/category/sunk.rss": 410,
    "/category/nobody.rss": 404,
}
OF_A_FEED = {"CL_CORRECT", "INM_304", "IMS_304", "CONNEG_GZIP_GOOD", "FRESHNESS_FRESH", "DATE_CORRECT", "LM_PRESENT"}


@pytest.fixture(scope="module")
def address():
    with SCRIPT["served"](ROOT) as address:
        yield address


@pytest.mark.parametrize("path", SCRIPT["ADDRESSES"])
def test_redbot_finds_nothing_wrong(address, path):
    report = SCRIPT["ask"](address + path)
    assert report.status == STATUS.get(path, 200)
    assert report.troubles == (), SCRIPT["text_of"](path, report)
    found = {note.id for note in report.notes}
    assert found >= (OF_A_FEED if report.status == 200 else {"CL_CORRECT", "DATE_CORRECT"})


@pytest.mark.parametrize(
    "path", ["/opml.xml", "/feeds.json", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml", "/sources/"]
)
def test_redbot_finds_nothing_wrong_with_what_programs_discover(serve_desk, path):
    port = serve_desk(clock=time.time, pages={"entries": True}).port
    report = SCRIPT["ask"](f"http://127.0.0.1:{port}{path}")
    assert report.status == 200
    assert report.troubles == (), SCRIPT["text_of"](path, report)
    assert {note.id for note in report.notes} >= {"CL_CORRECT", "INM_304", "FRESHNESS_FRESH"}


def test_redbot_tells_one_tag_for_two_codings(serve):
    async def app(scope, _receive, send):
        is_coded = b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"")
        body = b"<feed/>" * 100
        body = gzip.compress(body) if is_coded else body
        fields = [
            (b"content-type", b"application/atom+xml"),
            (b"content-length", b"%d" % len(body)),
            (b"etag", b'"one"'),
            *([(b"content-encoding", b"gzip")] if is_coded else []),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    report = SCRIPT["ask"](f"http://127.0.0.1:{serve(app).port}/feed.atom")
    told = {note.id for note in report.troubles}
    assert {"CONNEG_NO_VARY", "VARY_ETAG_DOESNT_CHANGE", "INM_FULL"} <= told


@pytest.mark.parametrize("format_", ["atom", "rss", "json"])
def test_redbot_finds_nothing_wrong_with_a_feed_that_names_hubs(serve_desk, format_):
    hubs = ["http://127.0.0.1:1/", "https://hub.example/?for=us&all=1"]
    served = serve_desk(clock=time.time, feeds={"hubs": hubs})
    report = SCRIPT["ask"](f"http://127.0.0.1:{served.port}/feed.{format_}")
    assert report.status == 200
    assert report.troubles == (), SCRIPT["text_of"](f"/feed.{format_}", report)
    assert {note.id for note in report.notes} >= OF_A_FEED
