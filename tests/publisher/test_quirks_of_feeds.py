"""The rows of the quirks that show in feeds: moves, rewrites, template migrations, names and tags (rows 4–6, 24, 26)."""

import shutil
from pathlib import Path

import pytest

QUIRKS = Path(__file__).parents[1] / "quirks"
SITE = {"site": {"timezone": "Asia/Shanghai"}, "content": {"roots": ["_posts"], "permalink": "/:slug/"}}


@pytest.fixture
def opened(open_desk, tmp_path):
    def open_(row, **content):
        (folder,) = QUIRKS.glob(f"q{row:02}-*")
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
        desk = open_desk(**{**SITE, "content": {**SITE["content"], **content}})
        desk.publish()
        return desk

    return open_


def test_row_4_a_post_in_both_places_is_published_once_from_the_live_one(opened):
    desk = opened(4, archives=["old_post"])
    live = (desk.folder / "_posts/2021-12-08-202112082206703990.md").name
    before = desk.read("/feed.json")
    assert before.count(b'"id":"tag:example.com,2026:202112082206703990"') == 1
    assert (f"old_post/{live}", "copy-archived") in desk.codes()
    desk.delete(f"_posts/{live}")
    assert desk.publish().removed == 0


def test_row_5_a_rewrite_with_equal_bytes_moves_nothing(opened):
    desk = opened(5)
    (path,) = (desk.folder / "_posts").iterdir()
    before = desk.etags()
    desk.write(f"_posts/{path.name}", path.read_bytes())
    run = desk.publish()
    assert run.read == 1
    assert run.is_nothing
    assert desk.etags() == before


@pytest.mark.parametrize(
    "navigation",
    [
        "[返回东财滚动新闻](../emnews/)\n\n[返回首页](../)\n",
        "[返回东财滚动新闻](//finews.example.com/category/emnews.html)\n[返回首页](//finews.example.com/)",
        "[返回东财滚动新闻](//finews.example.com/category/emnews.html)｜[返回首页](//finews.example.com/)\n",
        "",
    ],
)
@pytest.mark.parametrize("offset", ["", " +0800"])
def test_row_6_a_migration_of_the_template_moves_no_feed(opened, clock, navigation, offset):
    desk = opened(6)
    path = "_posts/2021-12-08-202112082206928461.md"
    text = (desk.folder / path).read_text()
    head, _, _ = text.partition("[返回")
    assert head != text
    before = desk.etags()
    clock.advance(1000)
    desk.write(path, head.replace("12:41:23", f"12:41:23{offset}") + navigation)
    assert desk.publish().read == 1
    assert desk.etags() == before


def test_row_24_a_feed_is_named_by_most_of_its_posts_and_never_by_a_page(opened):
    titles = {one.address: one.title for one in opened(24).site.library.listing()}
    assert titles["/category/Wind"] == "Wind"


def test_row_26_every_tag_of_every_script_has_a_feed_in_every_format(opened):
    desk = opened(26)
    tags = [one.address for one in desk.site.library.listing() if one.key.kind == "tag"]
    assert len(tags) > 5
    for address in tags:
        assert b"<entry" in desk.read(f"{address}.atom")
        assert b"<item" in desk.read(f"{address}.rss")
