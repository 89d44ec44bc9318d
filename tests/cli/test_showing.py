"""`feeds show` on a terminal: indented, coloured, paged, and the same document all the same."""

import os

import click
import pytest
from click.testing import CliRunner
from lxml import etree

from feeds.cli import main, reading
from feeds.cli.reading import indented, show_document, shown


def elements(xml):
    root = etree.fromstring(xml if isinstance(xml, bytes) else xml.encode())
    return [(one.tag, dict(one.attrib), None if len(one) else one.text) for one in root.iter()]


@pytest.fixture
def published(desk):
    body = "A <b>word</b> & a [link](https://example.com/a?b=1&c=2).\n\n    code  with   room\n\n]]>"
    desk.post("content/one.md", title="One & <all>", body=body, categories="[a, b]")
    desk.post("content/two.md", title="二", body="", tags="c")
    desk.publish()
    return desk


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_an_indented_feed_is_the_same_document(published, form):
    document = published.read(f"/feed.{form}")
    text = indented(document.decode())
    assert elements(text) == elements(document)
    assert "\n  " in text


def test_each_element_has_a_line():
    xml = "<?xml version='1.0'?>\n<a><b>one</b><c/><d><e x='1'>two\nlines</e></d><f></f><g><![CDATA[<h>]]></g></a>"
    assert indented(xml).splitlines() == [
        "<?xml version='1.0'?>",
        "<a>",
        "  <b>one</b>",
        "  <c/>",
        "  <d>",
        "    <e x='1'>two",
        "lines</e>",
        "  </d>",
        "  <f></f>",
        "  <g><![CDATA[<h>]]></g>",
        "</a>",
    ]


def test_what_a_feed_says_cannot_move_the_cursor():
    assert shown("a\x9b2J\tb\nc") == "a\\x9b2J\tb\nc"


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of 80 columns and 24 lines; what the pager gets is kept."""
    paged = []
    monkeypatch.setattr(reading.shutil, "get_terminal_size", lambda **_: os.terminal_size((80, 24)))
    monkeypatch.setattr(click, "echo_via_pager", paged.append)
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return paged


LONG = b"<a>" + b"<b>c</b>" * 30 + b"</a>"
SHORT = b"<a><b>c</b></a>"


def test_only_what_is_longer_than_the_terminal_is_paged(terminal, capsys):
    show_document(SHORT, is_json=False, is_paged=True)
    assert terminal == []
    assert "\x1b[" in capsys.readouterr().out
    show_document(LONG, is_json=False, is_paged=True)
    assert len(terminal) == 1
    assert "\x1b[" in terminal[0]


def test_no_pager_means_none(terminal, capsys):
    show_document(LONG, is_json=False, is_paged=False)
    assert terminal == []
    assert capsys.readouterr().out.count("\n") == 32


def test_without_colours_it_is_plain(terminal, capsys, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    show_document(SHORT, is_json=False, is_paged=True)
    show_document(b'{"a":[1,"\xe4\xba\x8c"]}', is_json=True, is_paged=True)
    assert capsys.readouterr().out == '<a>\n  <b>c</b>\n</a>\n{\n  "a": [\n    1,\n    "二"\n  ]\n}\n'


def test_in_a_pipe_it_is_the_bytes_that_a_reader_gets(published):
    published.site.close()
    (published.folder / "feeds.toml").write_text("[content]\nsettle = 0\n")
    result = CliRunner().invoke(main, ["show", "/feed.rss", "--folder", str(published.folder)], catch_exceptions=False)
    assert result.stdout_bytes.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<?xml-stylesheet")
    assert b"\x1b" not in result.stdout_bytes
