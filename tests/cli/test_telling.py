import errno
import socket
from io import StringIO
from types import SimpleNamespace

import pytest
from rich.console import Console

from feeds.cli.bars import Rate, bars_on
from feeds.cli.listening import address_of, listening
from feeds.cli.show import spellings
from feeds.cli.telling import lines, tell
from feeds.errors import FeedsError


def test_in_a_pipe_long_work_says_a_line_each_thousand_and_one_at_the_end(capsys):
    report = lines("Reading", "posts")
    for done in range(0, 2501, 100):
        report(done, 2500)
    assert capsys.readouterr().err.splitlines() == [
        "Reading posts: 1,000 of 2,500",
        "Reading posts: 2,000 of 2,500",
        "Reading posts: 2,500 of 2,500",
    ]


def test_on_a_terminal_long_work_shows_how_much_how_fast_and_how_long():
    out = StringIO()
    with bars_on(Console(file=out, force_terminal=True, width=100)) as bars:
        bars.add_task("Writing documents", completed=50, total=100)
        bars.refresh()
    assert "Writing documents" in out.getvalue()
    assert "50/100" in out.getvalue()
    assert "-:--:--" in out.getvalue()  # nobody can tell yet
    assert Rate().render(SimpleNamespace(finished_speed=None, speed=1234.5)).plain == "1,234/s"


def test_what_is_told_cannot_move_the_cursor_of_a_terminal(capsys):
    tell("one\x1b[2J\ntwo")
    assert capsys.readouterr().err == "one\\x1b[2J\ntwo\n"


def test_a_free_port_can_be_had_and_its_number_is_known():
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port)).close()


def test_a_taken_port_is_told_with_a_way_out():
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with (
            pytest.raises(FeedsError, match=f"port {port} of 127.0.0.1 is taken; .*--port"),
            listening("127.0.0.1", port),
        ):
            pass


def test_a_port_is_free_again_at_once():
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
    with listening("127.0.0.1", port):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_a_host_that_is_not_this_machine_is_told(host):
    with pytest.raises(FeedsError, match=host), listening(host, 0):
        pass


def test_a_server_that_listens_everywhere_is_found_here():
    with listening("0.0.0.0", 0) as listener:
        assert address_of(listener).startswith("http://127.0.0.1:")


def test_an_address_of_ip_six_stands_in_brackets():
    try:
        with listening("::1", 0) as listener:
            assert address_of(listener).startswith("http://[::1]:")
    except FeedsError as err:
        if err.__cause__.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            pytest.skip("this machine has no IPv6")
        raise


@pytest.mark.parametrize(
    ("address", "paths"),
    [
        ("feed.rss", ["/feed.rss", "/feed.rss.atom"]),
        ("/tag/a%20b", ["/tag/a%20b", "/tag/a%20b.atom", "/tag/a b", "/tag/a b.atom"]),
        ("https://x.example/tag/a.json?q=1#f", ["/tag/a.json", "/tag/a.json.atom"]),
    ],
)
def test_an_address_may_stand_for_several_paths_the_likeliest_first(address, paths):
    assert list(spellings(address)) == paths
