"""Files of a build on hosts that we did not write, told by the files that lie beside them."""

import gzip
import os
import re
import runpy
import subprocess
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

pytest.importorskip("redbot", reason="needs redbot, of the extra `test`")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "scripts"))
try:
    SCRIPT = runpy.run_path(str(ROOT / "scripts" / "show_static.py"), run_name="show_static")
finally:
    sys.path.remove(str(ROOT / "scripts"))
TYPES = {
    "/feed.atom": "application/atom+xml; charset=utf-8",
    "/tag/%E6%BD%AE%E5%A3%B0%E6%97%A5%E6%8A%A5%E6%96%B0%E9%97%BB.rss": "application/rss+xml; charset=utf-8",
    "/feed.json": "application/feed+json",
    "/feeds.json": "application/json",
    "/manifest.json": "application/json",
    "/opml.xml": "text/x-opml; charset=utf-8",
    "/feed.css": "text/css; charset=utf-8",
    "/": "text/html; charset=utf-8",
}


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """The sample site, built for each host."""
    folder = tmp_path_factory.mktemp("hosts")
    return {host: SCRIPT["build"](ROOT, host, folder / host) for host in ("nginx", "caddy", "plain")}


@pytest.fixture(scope="module")
def nginx(trees, tmp_path_factory):
    with SCRIPT["served"]("nginx", trees["nginx"], tmp_path_factory.mktemp("nginx")) as address:
        yield int(address.rpartition(":")[2])


@pytest.fixture(scope="module")
def plain(trees, tmp_path_factory):
    with SCRIPT["served"]("plain", trees["plain"], tmp_path_factory.mktemp("plain")) as address:
        yield int(address.rpartition(":")[2])


@pytest.fixture(scope="module")
def caddy(trees, tmp_path_factory):
    folder = tmp_path_factory.mktemp("caddy")
    port = SCRIPT["free_port"]()
    config = folder / "Caddyfile"
    text = f"{{\n\tadmin off\n}}\nhttp://127.0.0.1:{port} {{\n\troot * {trees['caddy']}\n\timport {trees['caddy']}/Caddyfile\n}}\n"
    config.write_text(text, encoding="utf-8")
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
    with subprocess.Popen(command, env={**os.environ, **home}, stderr=subprocess.DEVNULL) as process:
        try:
            SCRIPT["wait_for"](port)
            yield port
        finally:
            process.terminate()


@pytest.fixture(params=["nginx", "caddy"])
def host(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("path", TYPES)
def test_files_go_out_under_their_types(host, tools, path):
    answer = tools.ask(host, path)
    assert (answer.status, answer["content-type"]) == (200, TYPES[path])
    assert re.fullmatch("max-age=60, stale-while-revalidate=600, stale-if-error=86400", answer["cache-control"])


def test_readers_get_the_coding_that_they_take(host, tools):
    plain, coded = tools.ask(host, "/feed.atom"), tools.ask(host, "/feed.atom", accept_encoding="gzip")
    assert coded["content-encoding"] == "gzip"
    assert gzip.decompress(coded.body) == plain.body
    assert coded["content-type"] == plain["content-type"]
    assert coded["vary"] == "Accept-Encoding"
    assert coded["etag"] != plain["etag"]


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_known_etag_is_304(host, tools, coding):
    etag = tools.ask(host, "/feed.rss", accept_encoding=coding)["etag"]
    assert tools.ask(host, "/feed.rss", accept_encoding=coding, if_none_match=etag).status == 304


def test_last_modified_is_when_the_feed_changed(nginx, tools, trees):
    said = parsedate_to_datetime(tools.ask(nginx, "/feed.rss")["last-modified"])
    assert said.timestamp() == (trees["nginx"] / "feed.rss").stat().st_mtime


def test_old_addresses_lead_on(host, tools):
    answer = tools.ask(host, "/feed.xml")
    assert answer.status == 301
    assert answer["location"].endswith("/feed.atom")


@pytest.mark.parametrize("path", ["/nginx.conf", "/Caddyfile"])
def test_what_is_for_the_host_is_not_for_readers(host, tools, path):
    assert tools.ask(host, path).status == 404


def test_a_plain_host_answers_at_an_old_address(trees):
    assert (trees["plain"] / "feed.xml").read_bytes() == (trees["plain"] / "feed.atom").read_bytes()


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/feed.xml", "/category/nobody.rss"])
def test_redbot_finds_nothing_wrong_with_nginx(nginx, path):
    judge("nginx", nginx, path)


@pytest.mark.parametrize("path", ["/feed.rss", "/feed.xml"])
def test_redbot_finds_nothing_wrong_with_a_plain_host(plain, path):
    judge("plain", plain, path)


def judge(kind, port, path):
    report = SCRIPT["ask"](f"http://127.0.0.1:{port}{path}")
    assert SCRIPT["troubles"](kind, report) == [], SCRIPT["text_of"](path, report)
    if report.status == 200:
        assert {"INM_304", "IMS_304", "LM_PRESENT", "CL_CORRECT"} <= {note.id for note in report.notes}
