"""Whole versions: what is read is one of them at each moment, whatever happens to whoever builds."""

import os
import shutil
from contextlib import suppress

import pytest

from feeds.errors import FeedsError
from feeds.export import Builder, files, trees

SWITCHES = ("folder", "link", "file")


class Killed(BaseException):
    """What a process does not survive."""


@pytest.fixture
def kill(monkeypatch):
    """Let the process die at its n-th step on the disk, before it is done."""

    def kill_(step):
        left = [step]

        def dying(call):
            def called(*words, **named):
                left[0] -= 1
                if left[0] < 0:
                    raise Killed
                return call(*words, **named)

            return called

        for module, names in ((trees, ("share", "drop", "move", "exchange", "put_pieces")), (files, ("_link",))):
            for name in names:
                monkeypatch.setattr(module, name, dying(getattr(module, name)))
        monkeypatch.setattr(trees.Trees, "_turn_to", dying(trees.Trees._turn_to))
        return left

    yield kill_
    monkeypatch.undo()


def edit(tree, title):
    tree.desk.clock.advance(60)
    tree.desk.post("content/fog.md", title=title, categories=f"[{title}]", date="2026-10-02 08:00:00")
    tree.desk.publish()


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_tree_is_whole_after_each_of_many_builds(open_tree, switch):
    tree = open_tree(build={"switch": switch})
    for title in ("One", "Two", "Three", "Four"):
        edit(tree, title)
        tree.build()
        assert tree.is_whole()
        assert f"category/{title}.rss" in tree.paths()
    assert tree.output.is_symlink() == (switch == "link")


@pytest.mark.parametrize("switch", ["folder", "link"])
def test_a_build_that_dies_at_any_step_leaves_one_whole_version(open_tree, switch, monkeypatch, kill):
    tree = open_tree(build={"switch": switch})
    tree.build()
    edit(tree, "Even")
    edit(tree, "Odd")
    tree.build()
    for step in range(0, 300, 5):
        title = "Odd" if step % 2 else "Even"
        edit(tree, title)
        left = kill(step)
        try:
            tree.build()
        except Killed:
            assert tree.is_whole(), step
        monkeypatch.undo()
        if left[0] >= 0:
            break
    assert 30 < step < 290
    assert tree.is_whole()
    assert tree.build().written == ()


def test_a_build_that_dies_while_files_are_replaced_is_made_good_by_the_next(open_tree, monkeypatch, kill):
    tree = open_tree(build={"switch": "file"})
    tree.build()
    before = {path: tree.read(path) for path in tree.paths()}
    for step in range(0, 40, 2):
        edit(tree, "Thick")
        left = kill(step)
        with suppress(Killed):
            tree.build()
        monkeypatch.undo()
        if left[0] >= 0:
            break
        tree.desk.post("content/fog.md", title="Fog", categories="[Weather]", date="2026-10-02 08:00:00")
        tree.desk.publish()
        tree.build()
        assert tree.is_whole(), step
        assert {path for path in before if "category/新" in path and tree.read(path) != before[path]} == set()
        assert b"Thick" not in tree.read("category/Weather.rss")
    assert 8 < step < 38


def test_a_switch_that_was_all_that_was_missing_is_made_by_the_next_run(tree, monkeypatch):
    tree.build()
    edit(tree, "Thick")

    def die(*_words):
        raise Killed

    monkeypatch.setattr(trees, "exchange", die)
    with pytest.raises(Killed):
        tree.build()
    monkeypatch.undo()
    assert "category/Thick.rss" not in tree.paths()
    assert tree.build().written == ()
    assert "category/Thick.rss" in tree.paths()
    assert tree.is_whole()


def test_who_reads_an_old_version_goes_on_reading_it(tree):
    tree.build()
    old = (tree.output / "feed.rss").read_bytes()
    with (tree.output / "feed.rss").open("rb") as reader:
        head = reader.read(100)
        for title in ("One", "Two", "Three"):
            edit(tree, title)
            tree.build()
        assert head + reader.read() == old


def test_a_second_build_at_the_same_time_is_refused(tree):
    said = f"process {os.getpid()} is building"
    with Builder(tree.desk.site, tree.output), pytest.raises(FeedsError, match=said):
        Builder(tree.desk.site, tree.output)
    tree.build()


def test_where_folders_cannot_be_exchanged_a_link_is(tree, monkeypatch):
    monkeypatch.setattr(trees, "can_exchange", lambda _folder: False)
    tree.build()
    assert tree.output.is_symlink()
    edit(tree, "Thick")
    tree.build()
    assert tree.is_whole()


def test_a_tree_that_was_copied_elsewhere_is_known_by_its_manifest(tree):
    tree.build()
    copy = tree.output.with_name("copy")
    shutil.copytree(tree.output, copy)
    tree.output = copy
    before = tree.looks()
    edit(tree, "Thick")
    built = tree.build()
    assert sorted(built.written) == sorted(path for path, look in tree.looks().items() if before.get(path) != look)
    assert "category/新京报.rss" not in built.written
    assert tree.is_whole()


@pytest.mark.parametrize("switch", ["folder", "link"])
def test_files_that_somebody_took_away_are_written_again(open_tree, switch):
    tree = open_tree(build={"switch": switch})
    tree.build()
    (tree.output / "category/Weather.rss").unlink()
    shutil.rmtree(tree.output / "tag")
    tree.build()
    assert tree.is_whole()
    edit(tree, "Thick")
    tree.build()
    assert tree.is_whole()


def test_an_output_that_is_gone_is_made_anew(tree):
    tree.build()
    edit(tree, "Thick")
    tree.build()
    shutil.rmtree(tree.output)
    tree.build()
    assert tree.is_whole()


def test_changing_how_a_tree_is_switched_keeps_it_whole(open_tree):
    tree = open_tree(build={"switch": "folder"})
    tree.build()
    before = tree.looks()
    for switch in ("file", "folder", "file", "folder"):
        tree.desk.restart_with(build={"switch": switch})
        tree.build()
        assert tree.is_whole()
        edit(tree, "Thick" if switch == "file" else "Thin")
        tree.build()
        assert tree.is_whole()
    assert tree.looks()["category/新京报.rss"] == before["category/新京报.rss"]


def test_a_link_of_the_operators_stays_and_what_it_means_is_switched(tree, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    tree.output.symlink_to(elsewhere)
    for title in ("One", "Two", "Three"):
        edit(tree, title)
        tree.build()
        assert tree.output.readlink() == elsewhere
        assert not elsewhere.is_symlink()
        assert tree.is_whole()
        assert f"category/{title}.rss" in tree.paths()


def test_an_empty_folder_is_taken_as_it_is(tree):
    tree.output.mkdir()
    tree.build()
    assert tree.is_whole()


def test_an_output_that_is_a_file_is_the_operators_mistake(tree):
    tree.output.write_text("x")
    with pytest.raises(FeedsError, match="public"):
        tree.build()
    assert tree.output.read_text() == "x"
