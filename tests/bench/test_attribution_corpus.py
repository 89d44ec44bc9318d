"""What the bench of attribution says is worth no more than its corpus: the same bytes, the promised shares, the truth."""

import hashlib
import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, str(BENCH / script), *map(str, arguments))
    return subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", timeout=300)


def digest(folder: Path) -> str:
    state = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            state.update(path.relative_to(folder).as_posix().encode() + b"\0")
            state.update(path.read_bytes())
    return state.hexdigest()


def truths_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A corpus of a thousand posts."""
    folder = tmp_path_factory.mktemp("corpus")
    ended = run("attribution_corpus.py", folder, "--posts", 1000, "--seed", 3)
    assert ended.returncode == 0, ended.stderr
    return folder


def test_the_attribution_corpus_never_changes(tmp_path):
    run("attribution_corpus.py", tmp_path, "--posts", 400, "--seed", 7)
    assert digest(tmp_path) == "6ceb51ab7763d44306eab341aac06235"


def test_another_seed_gives_other_posts(tmp_path):
    run("attribution_corpus.py", tmp_path / "a", "--posts", 40, "--seed", 7)
    run("attribution_corpus.py", tmp_path / "b", "--posts", 40, "--seed", 8)
    assert digest(tmp_path / "a" / "_posts") != digest(tmp_path / "b" / "_posts")


def test_every_post_has_its_truth(corpus):
    written = {path.relative_to(corpus).as_posix() for path in (corpus / "_posts").iterdir()}
    assert len(truths_in(corpus)) == 1000
    assert {truth["path"] for truth in truths_in(corpus)} == written


def test_all_shapes_are_there_and_the_stating_ones_equally_often(corpus):
    counts = Counter(truth["shape"] for truth in truths_in(corpus))
    assert [shape[:2] for shape in sorted(counts)] == [f"{number:02}" for number in range(1, 17)]
    assert set(counts.values()) == {60, 100}


def test_a_tenth_has_no_source_and_a_twentieth_misleads_in_all_kinds_of_shapes(corpus):
    truths = truths_in(corpus)
    assert sum(truth["origin"] is None for truth in truths) == 100
    misleading = [truth["shape"] for truth in truths if truth["misleading"]]
    assert len(misleading) == 50
    assert len(set(misleading)) >= 12


def test_about_half_of_the_sources_are_unknown_to_the_register(corpus):
    known = {table["name"] for table in tomllib.loads((corpus / "feeds.toml").read_text("utf-8"))["source"]}
    origins = {truth["origin"] for truth in truths_in(corpus)} - {None}
    assert 0.3 <= len(origins & known) / len(origins) <= 0.7


def test_the_truth_stands_in_the_posts(corpus):
    """Each original is written in its post; each stated origin too, unless the post has another of its names."""
    registered = tomllib.loads((corpus / "feeds.toml").read_text("utf-8"))["source"]
    known = {table["name"] for table in registered}
    for truth in truths_in(corpus):
        text = (corpus / truth["path"]).read_text("utf-8")
        assert truth["original"] is None or truth["original"] in text
        assert truth["key"] is None or f"infoCode={truth['key']}" in text
        if truth["is_stated"] and truth["origin"] not in known and not truth["shape"].startswith("02"):
            assert truth["origin"] in text.replace("&amp;", "&")


def test_a_post_without_a_source_names_none_but_in_misleading_lines(corpus):
    for truth in truths_in(corpus):
        if truth["origin"] is None and not truth["misleading"]:
            text = (corpus / truth["path"]).read_text("utf-8")
            assert not any(mark in text for mark in ("来源", "Source:", "Originally", "（"))


def test_twins_are_rare_and_look_alikes_frequent(tmp_path):
    run("attribution_corpus.py", tmp_path, "--posts", 5000)
    origins = Counter(truth["origin"] for truth in truths_in(tmp_path))
    planted = json.loads((tmp_path / "twins.json").read_text("utf-8"))
    typos = [twin["names"] for twin in planted["twins"] if twin["kind"] == "typo"]
    assert all(1 <= origins[twin] <= origins[name] * 0.03 for name, twin in typos)
    frequent = [pair for pair in planted["distinct"] if min(origins[name] for name in pair) > 50]
    assert len(frequent) == 4


@pytest.mark.slow
def test_four_hundred_posts_meet_the_aims():
    ended = run("attribution.py", "--posts", 400)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for line in ("  origin, where stated", "origin by shape", "original by rule", "met: precision"):
        assert f"\n{line}" in ended.stdout
