"""`feeds doctor` as an operator runs it."""

import os
import sqlite3
import stat
from contextlib import closing

import pytest
from click.testing import CliRunner

from feeds.cli import main
from feeds.settings import load_settings
from feeds.site import open_site

POST = '---\ntitle: "{title}"\ndate: 2026-10-01 08:00:00\ncategory: sport\n---\n\nSome text.\n'


class Terminal:
    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *words):
        """Run a command; what it said stands in `stdout` and `stderr`."""
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)

    def post(self, name, title="First"):
        path = self.folder / "content" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(POST.format(title=title), encoding="utf-8")
        os.utime(path, (1_600_000_000, 1_600_000_000))  # it has rested

    def damage(self, statement="UPDATE feeds SET total = 77 WHERE kind = 'category'"):
        with closing(sqlite3.connect(self.folder / ".feeds/index.sqlite3")) as connection, connection:
            connection.execute(statement)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FEEDS_")]:
        monkeypatch.delenv(name)
    terminal = Terminal(tmp_path)
    terminal.post("one")
    terminal.post("two")
    assert terminal("list").exit_code == 0
    return terminal


def test_a_site_that_is_well_is_one_line(run):
    result = run("doctor")
    assert (result.exit_code, result.stdout) == (0, "All is well: 2 posts, 2 entries, 2 feeds.\n")


def test_what_is_wrong_is_a_line_each_and_how_to_mend_it_is_said(run):
    run.damage()
    result = run("doctor", run.folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "/category/sport: its number of entries is wrong",
        "1 fault in 2 posts, 2 entries, 2 feeds.",
    ]
    assert f"feeds doctor --repair {run.folder}" in result.stderr


def test_after_mending_all_is_well(run):
    run.damage()
    result = run("doctor", "--repair")
    assert (result.exit_code, result.stdout) == (0, "All is well: 2 posts, 2 entries, 2 feeds.\n")
    assert "/category/sport: its number of entries is wrong" in result.stderr
    assert run("doctor").exit_code == 0


def test_without_the_environment_of_the_server_it_says_which_setting_differs_and_mends_nothing(run, monkeypatch):
    monkeypatch.setenv("FEEDS_SITE__URL", "https://example.com")
    assert run("list").exit_code == 0
    monkeypatch.delenv("FEEDS_SITE__URL")
    looked, mended = run("doctor"), run("doctor", "--repair")
    differs = 'site.url is "http://127.0.0.1:8000" here, and was "https://example.com"'
    assert (looked.exit_code, differs in looked.stdout) == (1, True)
    assert "set the FEEDS_ variables here that the server has" in looked.stderr
    assert "--repair" not in looked.stderr
    assert (mended.exit_code, differs in mended.stderr, "Traceback" in mended.stderr) == (2, True, False)
    monkeypatch.setenv("FEEDS_SITE__URL", "https://example.com")
    assert run("doctor").exit_code == 0


def test_a_damaged_file_is_mended_and_said(run):
    before = run("show", "/feed.atom").stdout
    index = run.folder / ".feeds/index.sqlite3"
    index.write_bytes(b"this is no database" * 1000)
    result = run("doctor")
    assert result.exit_code == 1
    assert "the file is damaged" in result.stdout
    result = run("doctor", "--repair")
    assert result.exit_code == 0
    assert "was set aside as index." in result.stderr
    assert run("show", "/feed.atom").stdout == before


def test_where_there_is_no_index_one_line_says_what_makes_it(tmp_path):
    (tmp_path / "content").mkdir()
    result = CliRunner().invoke(main, ["doctor", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].endswith("there is no index yet; `feeds serve` and `feeds build` make it")
    assert not (tmp_path / ".feeds").exists()


def test_while_another_process_publishes_it_looks_and_does_not_mend(run):
    with open_site(run.folder, load_settings(run.folder)) as site:
        assert site.publisher
        run.post("three")
        result = run("doctor")
        assert result.exit_code == 0
        assert "content/three.md: changed meanwhile" in result.stdout
        run.damage()
        assert run("doctor").exit_code == 1
        for words in (["--repair"], ["--restore", run.folder / "feeds-backup"]):
            (run.folder / "feeds-backup").write_text("anything")
            result = run("doctor", *words)
            assert result.exit_code == 2
            assert result.stderr.splitlines()[-1].endswith(
                "only one may change its index; stop that server first, and start it again afterwards"
            )
        assert run("doctor", "--backup", run.folder / "feeds-backup").exit_code == 0


def test_a_backup_is_written_and_restored(run):
    before = run("show", "/feed.atom").stdout
    file = run.folder / "kept"
    result = run("doctor", "--backup", file)
    assert (result.exit_code, result.stdout) == (0, f"8 lines written to {file}\n")
    result = run("doctor", "--restore", file)
    assert result.exit_code == 0
    assert "was set aside as" in result.stderr
    assert len(list((run.folder / ".feeds").glob("*.aside.sqlite3"))) == 1
    assert run("show", "/feed.atom").stdout == before
    assert run("doctor").exit_code == 0


def test_a_backup_can_go_to_standard_output(run):
    result = run("doctor", "--backup", "-")
    assert result.exit_code == 0
    run("doctor", "--backup", "kept")
    assert result.stdout == (run.folder / "kept").read_text(encoding="utf-8")


def test_a_backup_is_for_its_owner_alone(run):
    run("doctor", "--backup", "kept")
    assert stat.S_IMODE((run.folder / "kept").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--backup", "nowhere/kept"], "nowhere/kept: No such file or directory; name a file in a folder"),
        (["--restore", "nowhere"], "nowhere: No such file or directory; name a file that can be read"),
        (["--restore", "content/one.md"], "content/one.md is not a backup; name a file that `feeds doctor --backup`"),
        (["--repair", "--backup", "kept"], "Give one of --repair, --backup and --restore."),
    ],
)
def test_what_cannot_be_done_is_one_line(run, words, said):
    result = run("doctor", *words)
    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]
    assert run("doctor").exit_code == 0
