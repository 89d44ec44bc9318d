"""What is our own mistake ends in one line, and in a traceback only for those who ask for it."""

import logging

import pytest
from click.testing import CliRunner

from feeds import __version__
from feeds.cli import main
from feeds.web.logs import Coloured, OneLine


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """A command in which something of ours is wrong."""

    def fail(*_arguments, **_named):
        raise KeyError("no such\nthing")

    monkeypatch.setattr("feeds.opening.read_folder", fail)
    monkeypatch.setenv("FEEDS_DEBUG", "")
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, words, catch_exceptions=False)


def test_our_own_mistake_is_one_line_that_says_what_to_do(broken):
    result = broken("list")
    assert result.exit_code == 70
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"feeds: a mistake of Feedwright {__version__} itself (KeyError: 'no such")
    assert "test_last_resort.py:" in line
    assert "feeds --debug" in line
    assert "report" in line


@pytest.mark.parametrize("words", [("--debug", "list"), ("list",)])
def test_who_asks_for_it_gets_the_traceback(broken, words, monkeypatch):
    if words == ("list",):
        monkeypatch.setenv("FEEDS_DEBUG", "1")
    result = broken(*words)
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr


def test_the_variable_that_asks_for_tracebacks_is_no_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("FEEDS_DEBUG", "1")
    assert CliRunner().invoke(main, ["list", str(tmp_path)]).exit_code == 0


def test_a_bug_in_one_post_is_one_line_beside_the_report(tmp_path, monkeypatch, capsys):
    def fail(*_arguments, **_named):
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("feeds.entries.compose.compose", fail)
    monkeypatch.setenv("FEEDS_DEBUG", "")
    (tmp_path / "feeds.toml").write_text("[content]\nsettle = 0\nroots = ['.']\n")
    (tmp_path / "one.md").write_text("---\ntitle: One\ndate: 2026-10-01\n---\nText\n")
    result = CliRunner().invoke(main, ["check", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 1
    assert "post-failed" in result.stdout
    assert "Traceback" not in result.stderr + capsys.readouterr().err


# --- logs


def record(error=None):
    try:
        if error:
            raise error
        info = None
    except ValueError:
        import sys

        info = sys.exc_info()
    return logging.LogRecord("feeds", logging.ERROR, "x.py", 1, "post.failed: %s", ("a.md",), info)


def test_an_error_in_a_log_is_one_line(monkeypatch):
    monkeypatch.setenv("FEEDS_DEBUG", "0")
    line = OneLine("%(levelname)s %(message)s").format(record(ValueError("two\nlines")))
    assert line.startswith("ERROR post.failed: a.md: ValueError: two lines (test_last_resort.py:")
    assert "\n" not in line


def test_an_error_in_a_log_has_its_traceback_where_that_is_asked_for(monkeypatch):
    monkeypatch.setenv("FEEDS_DEBUG", "1")
    assert "Traceback" in OneLine("%(message)s").format(record(ValueError("x")))


def test_on_a_terminal_the_time_is_dim_and_the_level_has_its_colour():
    line = Coloured("%(message)s", "%H:%M:%S").format(record())
    assert line.startswith("\x1b[2m")
    assert line.endswith("\x1b[31merror\x1b[0m post.failed: a.md")
    assert "\n" not in line
