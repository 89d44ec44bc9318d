"""Figures can be compared only while the corpus stays the same, and a benchmark that nobody runs rots."""

import hashlib
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest

from feeds.library import CODINGS
from feeds.model import FORMATS

BENCH = Path(__file__).parents[2] / "bench"


def run(script: str, *arguments: object) -> str:
    command = (sys.executable, str(BENCH / script), *map(str, arguments))
    ended = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def digest(folder: Path) -> str:
    state = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            state.update(path.relative_to(folder).as_posix().encode() + b"\0")
            state.update(path.read_bytes())
    return state.hexdigest()


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("jekyll", "999d9fcf5e15fdccb80e2a175586bda1"),
        ("hugo", "662c183fb688f9f153f9e8dd53d6fde5"),
        ("pelican", "9af7d67bfd1320ca2e8ba8999463db41"),
    ],
)
def test_the_corpus_never_changes(layout, expected, tmp_path):
    run("corpus.py", tmp_path, "--posts", 40, "--layout", layout, "--seed", 7)
    assert digest(tmp_path) == expected


def test_the_yardstick_writes_both_formats_for_each_category(tmp_path):
    run("corpus.py", tmp_path, "--posts", 20)
    run("naive.py", tmp_path, tmp_path / "out")
    slugs = [line.split("\t")[0] for line in (tmp_path / "categories.txt").read_text("utf-8").splitlines()]
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {f"{slug}.{ending}" for slug in slugs for ending in ("rss", "atom")}


@pytest.mark.slow
def test_the_start_benchmark_measures_both_starts_and_an_edit():
    lines = run("start.py", "--posts", 30).splitlines()
    for measured in (
        "feedgen script",
        "feeds serve, first start",
        "feeds serve, second start",
        "feeds serve, one edit",
    ):
        assert any(line.startswith(measured) for line in lines)
    assert lines[-1].startswith("index ")


def test_the_yardstick_writes_the_feeds_of_tags_and_of_the_site_where_it_is_asked_to(tmp_path):
    run("corpus.py", tmp_path, "--posts", 20)
    run("naive.py", tmp_path, tmp_path / "out", "--all")
    tags = {line.split("\t")[2] for line in (tmp_path / "categories.txt").read_text("utf-8").splitlines()}
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.rss")}
    assert {"feed.rss", *(f"tag/{tag}.rss" for tag in tags)} <= written


@pytest.mark.slow
def test_the_build_benchmark_measures_each_generator_that_is_there_on_the_same_items():
    told = run("building.py", "--sizes", 60, "--rounds", 1, "--changes", 0)
    tables = [block.splitlines() for block in told.split("\n\n") if block.startswith("|")]
    names = [line.split("|")[1].strip() for line in tables[0][2:]]
    assert {"feedwright", "feedgen script", "lean script", "lean script, as Hugo"} <= set(names)
    alike = re.findall(r"(\d+) of (\d+) in \d+ files", told)
    assert len(alike) == len(names) - 1
    assert all(int(common) == int(ours) > 0 for common, ours in alike)
    anew, changed, unchanged = tables[1:]
    assert [line.split("|")[1].strip() for line in anew[2:]] == names
    assert len(changed) == len(unchanged) == len(anew) - 3  # scripts always do all


@pytest.mark.slow
def test_the_build_benchmark_leaves_out_who_takes_minutes_and_says_so():
    told = run("building.py", "--sizes", 20_000, "--rivals", "feedgen script")
    assert "left out: feedgen script, which takes minutes above 10,000 posts (--all asks it)" in told


@pytest.mark.slow
def test_a_small_soak_loses_nothing_and_tears_nothing():
    told = run("soak.py", "--polls", 4000, "--feeds", 40)
    assert "0 faults" in told
    assert "each feed holds the last revision of each of its 2 posts" in told
    assert "\n304 " in told


@pytest.mark.slow
def test_the_change_benchmark_measures_each_change_and_the_script_beside_it():
    told = run("change.py", "--sizes", 200, "--repeats", 2, "--rival-repeats", 1, "--burst", 40, "--rewritten", 100)
    for row in (
        "feedgen script: all anew",
        "start cold: first feed",
        "start warm: ready",
        "PUT to served, over HTTP",
        "PUT to served, in process",
        "file saved to served",
        "40 posts saved, all served",
        "memory after a warm start",
    ):
        assert any(line.startswith(row) for line in told.splitlines()), told
    assert "100 files rewritten with the same bytes, feeds moved           0" in told
    assert "content.settle" in told


@pytest.mark.slow
def test_a_short_newswire_loses_nothing_and_repeats_nothing():
    told = run("newswire.py", "--seconds", 5, "--every", 4, "--posts", 400, "--late", 60)  # others use the machine, too
    assert "items published 500, received 500; 100 of them" in told
    assert "100 of 100 feeds whose content did not change kept their ETag" in told
    assert "0 faults" in told


def test_the_delta_benchmark_tells_what_one_entry_saves_in_every_format_and_coding():
    rows = [line.split() for line in run("delta.py", "--posts", 20).splitlines()[2:]]
    assert {(form, coding) for form, coding, *_ in rows} == set(itertools.product(FORMATS, CODINGS))
    assert all(0 < int(delta.replace(",", "")) < int(whole.replace(",", "")) / 5 for _, _, whole, delta, _ in rows)


@pytest.mark.slow
def test_the_abuse_benchmark_shows_what_the_server_did_and_that_the_reader_was_answered():
    shown = run("abuse.py", "--seconds", 1, "--idle", 60, "--feeds", 40)
    for did in ("200 408", "200 handshake failed", "200 200", "50 431", "60 left open", "100 reset", " 503"):
        assert did in shown
    assert "0 tracebacks" in shown


@pytest.mark.slow
def test_the_profile_names_rooms_and_libraries():
    told = run("profiling.py", "--posts", 20)
    assert "| feeds/entries |" in told
    assert "| sqlalchemy |" in told


def test_the_floor_bench_shows_the_libraries_beside_ours_and_the_least_program():
    said = run("floor.py", "--posts", 60)
    rows = re.findall(r"^(.+?) +(\d+)$", said, re.MULTILINE)
    assert sum(int(cpu) for name, cpu in rows[:9]) == pytest.approx(int(rows[9][1]), abs=9)
    assert rows[9][0] == "sum of the floor"
    assert int(rows[10][1]) > 0
    assert re.search(r"^the least program, a cold ingest: \d[\d,]* posts a second", said, re.MULTILINE)
    assert "ours, a cold ingest: " in said


@pytest.mark.parametrize(("option", "formats"), [((), {".rss", ".atom"}), (("--all",), {".rss", ".atom", ".json"})])
def test_what_the_least_program_writes_is_what_parsers_read(option, formats, tmp_path):
    run("corpus.py", tmp_path, "--posts", 40)
    run("lean.py", tmp_path, tmp_path / "out", *option)
    feeds = [path for path in (tmp_path / "out").rglob("*.*") if path.name != "manifest.json"]
    assert {path.suffix for path in feeds} == formats
    for path in feeds:
        if path.suffix == ".json":
            assert all(item["id"] and item["content_html"] for item in json.loads(path.read_bytes())["items"])
        else:
            parsed = feedparser.parse(path.read_bytes())
            assert not parsed.bozo
            assert all(entry.id and entry.title and entry.published_parsed for entry in parsed.entries)
    sources = {path.stem for path in (tmp_path / "out").glob("source/*.rss")}
    assert bool(sources) == bool(option)
    if option:
        listed = json.loads((tmp_path / "out/manifest.json").read_bytes())
        assert {one["path"] for one in listed} == {path.relative_to(tmp_path / "out").as_posix() for path in feeds}


def test_the_least_program_shows_the_same_entries_with_an_index_and_without(tmp_path):
    folder = tmp_path / "_posts"
    folder.mkdir()
    for number in range(130):  # more than a window, and than one task
        day = f"2026-10-{1 + number // 10:02}"
        front = f'title: "{number}"\ndate: {day} {number % 10:02}:00:00 +0800\ncategories: red\ntags: blue'
        (folder / f"{day}-{number:03}.md").write_text(f"---\n{front}\n---\n\nText.\n", encoding="utf-8")
    run("lean.py", tmp_path, tmp_path / "memory")
    run("lean.py", tmp_path, tmp_path / "index", "--all")
    for name in ("feed", "category/red", "tag/blue"):
        one, other = (feedparser.parse((tmp_path / way / f"{name}.rss").read_bytes()) for way in ("memory", "index"))
        assert [entry.title for entry in one.entries] == [entry.title for entry in other.entries]
        assert [entry.title for entry in one.entries] == [str(number) for number in range(129, 79, -1)]
