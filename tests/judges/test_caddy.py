"""Caddy in front, configured by contrib/Caddyfile as it stands."""

import subprocess

import pytest

from feeds.library import CODINGS

pytestmark = pytest.mark.slow


@pytest.fixture
def caddy(peer):
    return peer("caddy", "caddy")


@pytest.fixture
def front(tmp_path_factory, contrib, caddy, serve_desk, tools):
    """A port of Caddy and the application behind it."""
    served, port = serve_desk(), tools.free_port()
    folder = str(tmp_path_factory.mktemp("caddy"))
    environment = {
        "SITE": f"http://127.0.0.1:{port}",
        "FEEDWRIGHT": f"127.0.0.1:{served.port}",
        "HOME": folder,
        "XDG_DATA_HOME": folder,
        "XDG_CONFIG_HOME": folder,
    }
    config = tmp_path_factory.mktemp("config") / "Caddyfile"
    config.write_text("{\n\tadmin off\n}\n\n" + (contrib / "Caddyfile").read_text(encoding="utf-8"), encoding="utf-8")
    with tools.running([caddy, "run", "--adapter", "caddyfile", "--config", str(config)], port, **environment):
        yield port, served


def test_caddy_finds_no_fault_in_the_configuration(caddy, contrib, tmp_path):
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    words = ["validate", "--adapter", "caddyfile", "--config", str(contrib / "Caddyfile")]
    tried = subprocess.run([caddy, *words], env=environment, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert '"level":"warn"' not in tried.stderr


@pytest.mark.parametrize("coding", CODINGS)
def test_answers_come_through_as_they_were_given(front, tools, coding):
    port, served = front
    through = tools.ask(port, "/tag/%E6%96%B0%E4%BA%AC%E6%8A%A5%E6%96%B0%E9%97%BB.atom", accept_encoding=coding)
    given = tools.ask(served.port, "/tag/%E6%96%B0%E4%BA%AC%E6%8A%A5%E6%96%B0%E9%97%BB.atom", accept_encoding=coding)
    assert through.status == given.status == 200
    assert through.body == given.body
    shown = [(name.lower(), value) for name, value in through.fields]
    assert sorted(shown) == sorted([*given.fields, ("server", "Caddy")])


@pytest.mark.parametrize("coding", CODINGS)
def test_a_known_etag_is_304(front, tools, coding):
    port, _ = front
    etag = tools.ask(port, "/feed.rss", accept_encoding=coding)["etag"]
    same = tools.ask(port, "/feed.rss", accept_encoding=coding, if_none_match=etag)
    assert (same.status, same.body, same["etag"]) == (304, b"", etag)


def test_the_application_learns_who_asked_and_how(front, tools):
    port, served = front
    tools.ask(port, "/feed.rss")
    fields = served.asked[-1].fields
    assert (fields["x-forwarded-for"], fields["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert fields["host"] == f"127.0.0.1:{port}"


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_the_doors_of_those_who_look_after_the_server_are_shut(front, tools, path):
    port, served = front
    assert tools.ask(port, path).status == 404
    assert served.asked == []
