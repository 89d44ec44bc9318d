"""Files that are not ours: they stay, whatever they are called and wherever they lie."""

import pytest

from feeds.errors import FeedsError


def edit(tree, title="Thick fog"):
    tree.desk.clock.advance(60)
    tree.desk.post("content/fog.md", title=title, categories="[Weather]", date="2026-10-02 08:00:00")
    tree.desk.publish()


@pytest.mark.parametrize("place", ["notes.txt", "category/notes.txt", ".git/HEAD", "fonts/a/b.woff"])
def test_a_file_that_comes_between_two_builds_stays(tree, place):
    tree.build()
    ours = tree.paths()
    stranger = tree.output / place
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_text("mine")
    look = stranger.stat()
    for title in ("One", "Two", "Three"):
        edit(tree, title)
        tree.build()
        assert (stranger.read_text(), stranger.stat().st_ino) == ("mine", look.st_ino)
        assert tree.paths() == sorted([*ours, place])
        assert title.encode() in tree.read("feed.rss")


def test_it_is_said_once_that_the_tree_is_no_longer_switched_whole(tree):
    tree.build()
    (tree.output / "notes.txt").write_text("mine")
    edit(tree)
    assert tree.build().notes == (f"notes.txt in {tree.output} is not ours; files are replaced one by one from now on",)
    edit(tree, "Thin")
    assert tree.build().notes == ()


def test_a_folder_of_another_program_is_shared(tree):
    tree.output.mkdir()
    (tree.output / "index.html").write_text("their home page")
    (tree.output / "manifest.json").write_text('{"name": "their app"}')
    built = tree.build()
    assert tree.read("index.html") == b"their home page"
    assert tree.read("manifest.json") == b'{"name": "their app"}'
    assert [note for note in built.notes if "index.html" in note]
    assert "feed.rss" in built.written
    assert not {"index.html", "manifest.json"} & set(built.written)
    edit(tree)
    assert "category/Weather.rss" in tree.build().written
    assert tree.read("index.html") == b"their home page"


def test_what_another_program_gives_up_is_written(tree):
    tree.output.mkdir()
    (tree.output / "index.html").write_text("their home page")
    tree.build()
    (tree.output / "index.html").unlink()
    assert "index.html" in tree.build().written
    assert tree.is_whole()


def test_a_folder_with_files_of_ours_and_no_others_is_taken_over(tree):
    tree.build()
    (tree.output.with_name(f".{tree.output.name}.feeds") / "record.sqlite3").unlink()
    before = tree.looks()
    assert tree.build().written == ()
    assert tree.looks() == before


def test_a_record_that_is_damaged_is_made_anew(tree):
    tree.build()
    (tree.output.with_name(f".{tree.output.name}.feeds") / "record.sqlite3").write_bytes(b"no database" * 1000)
    edit(tree)
    tree.build()
    assert tree.is_whole()


def test_a_symbolic_link_does_not_lead_out_of_the_folder(tree, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    tree.output.mkdir()
    (tree.output / "category").symlink_to(elsewhere)
    with pytest.raises(FeedsError, match="leads out"):
        tree.build()
    assert list(elsewhere.iterdir()) == []
