"""What commands say of themselves: their examples run, and docs/commands.md, the man page and the shells agree with it."""

import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from feeds.cli import main
from feeds.cli.completion import QuotingBash
from feeds.cli.helping import examples_in

ROOT = Path(__file__).parents[2]
COMMANDS = runpy.run_path(str(ROOT / "scripts" / "commands.py"))
EXAMPLES = [example for command in main.commands.values() for example in examples_in(command.epilog)]
ASKING = ("regenerate", "watch")  # what asks a server elsewhere


def words(example):
    """The arguments of an example, without the file that its output goes to."""
    return shlex.split(example.split(" > ")[0])[1:]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site and a second one in `blog`, with what the examples name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDS_TOKEN", "a-token-of-some-length")
    for folder in (tmp_path, tmp_path / "blog"):
        (folder / "_posts").mkdir(parents=True)
        (folder / "_config.yml").write_text("title: Blog\nurl: https://example.com\n")
        for name in ("2026-10-01-storm", "2026-11-01-first-storm"):
            path = folder / f"_posts/{name}.md"
            front = f"title: {name}\n" + ("categories: [news, Tides]\nsource: Herald\n" if "first" in name else "")
            path.write_text(f"---\n{front}---\nText\n", encoding="utf-8")
            os.utime(path, (1_600_000_000, 1_600_000_000))
    (tmp_path / "token").write_text("a-token-of-some-length")
    return tmp_path


def test_every_command_has_examples():
    assert [name for name, command in main.commands.items() if not examples_in(command.epilog)] == []


@pytest.mark.parametrize("example", [one for one in EXAMPLES if words(one)[0] not in (*ASKING, "serve", "--debug")])
def test_the_examples_run(site, example):
    CliRunner().invoke(main, ["list"], catch_exceptions=False)  # the doctor looks at an index that is there
    result = CliRunner().invoke(main, words(example), catch_exceptions=False)
    assert result.exit_code in (0, 1), result.stderr
    assert result.stdout or "--suggest" in example  # where no two names look alike, nothing is proposed


@pytest.mark.parametrize("example", [one for one in EXAMPLES if words(one)[0] in ASKING])
def test_the_examples_that_ask_a_server_ask_as_they_say(site, example, monkeypatch):
    asked = []
    answer = {"is_done": True, "read": 1, "changed": 0, "removed": 0, "feeds": [], "diagnostics": []}
    monkeypatch.setattr("feeds.cli.regenerate.ask", lambda url, *_rest, **_named: asked.append(url) or answer)
    monkeypatch.setattr("feeds.cli.listener.Listener.frames", lambda listener: asked.append(listener._url) or iter(()))
    assert CliRunner().invoke(main, words(example), catch_exceptions=False).exit_code == 0
    assert asked == ["https://example.com"]


@pytest.mark.slow
@pytest.mark.parametrize("example", [one for one in EXAMPLES if "serve" in words(one)])
def test_the_examples_that_serve_serve(site, example):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "feeds", *words(example), "--host", "127.0.0.1", "--port", "0"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = server.stdout.readline()
            assert line, said
            said += line
        assert re.search(r"http://127\.0\.0\.1:\d+/ ", said)
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0


# --- docs/commands.md and the man page


def test_the_page_of_commands_says_what_the_commands_say():
    written = (ROOT / "docs/commands.md").read_text("utf-8")
    assert written == COMMANDS["page"](), "run `make docs` and commit docs/commands.md"


def test_the_man_page_says_what_the_commands_say():
    assert (ROOT / "man/feeds.1").read_text("utf-8") == COMMANDS["manual"](), "run `make docs` and commit man/feeds.1"


def test_the_wheel_carries_the_man_page():
    assert '"man/feeds.1" = "share/man/man1/feeds.1"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_what_could_be_a_request_is_none():
    assert COMMANDS["roff"](".feeds/ -x \\ 'a'") == "\\&.feeds/ \\-x \\e 'a'"


@pytest.mark.skipif(shutil.which("man") is None or shutil.which("groff") is None, reason="man is not installed")
def test_man_has_nothing_to_mind():
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", str(ROOT / "man/feeds.1")],
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": "", "PAGER": "cat"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert shown.stderr == ""
    for name in main.commands:
        assert f"feeds {name}" in shown.stdout
    assert "--sort" in shown.stdout


# --- shells


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_it_can_read(shell):
    script = CliRunner().invoke(main, ["completion", shell], catch_exceptions=False).stdout
    assert "_FEEDS_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True, timeout=60)


def completed(*typed):
    *before, incomplete = typed
    return [
        one.value for one in ShellComplete(main, {}, "feeds", "_FEEDS_COMPLETE").get_completions(before, incomplete)
    ]


def test_addresses_of_feeds_are_completed(site):
    assert completed("show", "/c") == []  # nobody has read the posts yet, and a key press does not
    CliRunner().invoke(main, ["list"], catch_exceptions=False)
    assert completed("show", "/c") == ["/category/Tides", "/category/news"]
    assert completed("show", "cat") == ["/category/Tides", "/category/news"]
    assert completed("show", "--folder", "blog", "/c") == []


def test_commands_and_options_are_completed():
    assert "completion" in completed("co")
    assert completed("list", "--so") == ["--sort"]
    assert completed("list", "--sort", "n") == ["name", "newest"]


def test_no_error_is_written_into_the_line_that_is_being_typed(site):
    (site / "feeds.toml").write_text("[site]\nnonsense = 1\n")
    assert completed("show", "/c") == []


def test_bash_gets_names_that_it_can_read():
    item = click.shell_completion.CompletionItem("/category/Fish_&_chips ($)")
    shown = QuotingBash(main, {}, "feeds", "_FEEDS_COMPLETE").format_completion(item)
    assert shlex.split(shown.partition(",")[2]) == [item.value]


def test_what_bash_asks_is_answered(site):
    CliRunner().invoke(main, ["list"], catch_exceptions=False)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
    asked = {"_FEEDS_COMPLETE": "bash_complete", "COMP_WORDS": "feeds show /category/n", "COMP_CWORD": "2"}
    ended = subprocess.run(
        [sys.executable, "-c", "from feeds.cli import main; main(prog_name='feeds')"],
        env={**environ, **asked},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == "plain,/category/news\n"
