"""What a reader is given: validators that never lie, bytes made once, windows as the settings cut them."""

import gzip
import json

import pytest

from feeds.library import CODINGS, Library, parse_path
from feeds.model import FORMATS
from feeds.render import RENDERERS


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/feed.atom", ("site", "", "atom")),
        ("/category/新京报.rss", ("category", "新京报", "rss")),
        ("/tag/v1.0.json", ("tag", "v1.0", "json")),
        ("/source/a.atom.atom", ("source", "a.atom", "atom")),
    ],
)
def test_paths_of_feeds_are_read(path, expected):
    assert parse_path(path) == expected


@pytest.mark.parametrize(
    "path",
    ["", "/", "feed.atom", "/feed", "/feed.xml", "/feed/.atom", "/site/x.atom", "/tag/.atom", "/tag/a/b.atom",
     "tag/x.atom", "//tag/x.atom", "/nothing/x.atom", "/.atom"],
)  # fmt: skip
def test_other_paths_are_no_feeds(path):
    assert parse_path(path) is None


def test_every_format_and_coding_has_its_own_strong_etag(desk):
    desk.post("content/one.md")
    desk.publish()
    found = [desk.look_up(f"/feed.{format_}") for format_ in FORMATS]
    tags = [rendition.etag(coding) for rendition in found for coding in CODINGS]
    assert len(set(tags)) == len(FORMATS) * len(CODINGS) == 12
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_a_look_up_renders_nothing_and_a_second_fill_nothing_more(desk, monkeypatch):
    desk.post("content/one.md")
    desk.publish()
    rendition = desk.look_up("/feed.atom")
    assert not rendition.has("identity")
    filled = desk.site.library.fill(rendition, "gzip")
    body = filled.body("identity")
    assert gzip.decompress(filled.body("gzip")) == body
    assert desk.look_up("/feed.atom").body("identity") is body


def test_a_change_renders_only_the_changed_entry_again(desk, monkeypatch):
    for number in range(5):
        desk.post(f"content/{number}.md", categories="red")
    desk.publish()
    rendered = []
    atom = RENDERERS["atom"]

    def fragment(entry, **how):
        rendered.append(entry.path)
        return atom.fragment(entry, **how)

    counting = type(atom)(media_type=atom.media_type, suffix=atom.suffix, fragment=fragment, document=atom.document)
    monkeypatch.setattr("feeds.library.library.RENDERERS", {**RENDERERS, "atom": counting})
    desk.read("/feed.atom")
    desk.read("/category/red.atom")
    assert sorted(rendered) == [f"content/{number}.md" for number in range(5)]
    rendered.clear()
    desk.post("content/3.md", body="Changed.", categories="red")
    desk.publish()
    desk.read("/feed.atom")
    desk.read("/category/red.atom")
    assert rendered == ["content/3.md"]


def test_a_rendition_looked_up_before_a_change_is_filled_with_what_its_validator_says(desk):
    desk.post("content/one.md", body="Old.")
    desk.publish()
    old = desk.look_up("/feed.atom")
    desk.post("content/one.md", body="New.")
    desk.publish()
    filled = desk.site.library.fill(old)
    assert b"New." in filled.body()
    assert filled.etag() != old.etag()
    assert filled.etag() == desk.look_up("/feed.atom").etag()


def test_a_coding_made_after_a_change_does_not_bring_the_past_back(desk):
    desk.post("content/one.md", title="Before")
    desk.publish()
    library = desk.site.library
    before = library.fill(desk.look_up("/feed.atom"))
    desk.post("content/one.md", title="After the change")
    desk.publish()
    now = desk.look_up("/feed.atom")
    assert library.fill(before, "gzip").etag() != now.etag()
    assert desk.look_up("/feed.atom").etag() == now.etag()
    assert b"After the change" in library.fill(desk.look_up("/feed.atom")).body()


def test_another_process_sees_the_change_and_gives_the_same_validators(desk):
    desk.post("content/one.md", categories="red")
    desk.publish()
    worker = Library(desk.settings, desk.site.store)
    assert worker.look_up("/category/red.rss").etag() == desk.look_up("/category/red.rss").etag()
    desk.post("content/one.md", body="Changed.", categories="red")
    desk.publish()
    after = worker.look_up("/category/red.rss")
    assert after.etag() == desk.look_up("/category/red.rss").etag()
    assert b"Changed." in worker.fill(after).body()


def window(desk, path="/feed.json"):
    return [item["title"] for item in json.loads(desk.read(path))["items"]]


def test_a_feed_is_newest_first_and_ties_are_broken_by_id(desk):
    desk.post("content/b.md", title="B", date="2026-10-02")
    desk.post("content/a.md", title="A", date="2026-10-02")
    desk.post("content/c.md", title="C", date="2026-10-03")
    desk.publish()
    assert window(desk) == ["C", "A", "B"]


def test_the_window_holds_the_newest(open_desk):
    desk = open_desk(feeds={"window": 2})
    for day in range(1, 6):
        desk.post(f"content/{day}.md", title=str(day), date=f"2026-10-0{day}")
    desk.publish()
    assert window(desk) == ["5", "4"]


def test_the_window_is_united_with_the_hours_before_the_newest(open_desk):
    desk = open_desk(feeds={"window": 2, "hours": 3})
    for hour in range(1, 9):
        desk.post(f"content/{hour}.md", title=str(hour), date=f"2026-10-01 0{hour}:00:00")
    desk.publish()
    assert window(desk) == ["8", "7", "6", "5"]


@pytest.mark.parametrize(
    "settings", [{"window": 3}, {"window": 3, "hours": 30}, {"window": 50, "max_bytes": 2000}, {"window": 1}]
)
def test_windows_asked_for_together_are_those_asked_for_one_by_one(open_desk, tmp_path, monkeypatch, settings):
    tags = []
    for few in (0, 1_000):
        monkeypatch.setattr("feeds.store.window._FEW", few)
        desk = open_desk(tmp_path / str(few), feeds=settings)
        for number in range(40):
            date = f"2026-09-{number % 7 + 1:02} {number % 3 + 8:02}:00:00"  # many of the same moment
            desk.post(f"content/{number}.md", date=date, categories=f"c{number % 4}", tags=f"t{number % 11}")
        desk.publish()
        tags.append(desk.etags())
    assert tags[0] == tags[1]
    assert len(tags[0]) > 15


def test_hours_never_make_the_window_smaller_than_its_number(open_desk):
    desk = open_desk(feeds={"window": 3, "hours": 1})
    for hour in range(1, 9):
        desk.post(f"content/{hour}.md", title=str(hour), date=f"2026-10-01 0{hour}:00:00")
    desk.publish()
    assert window(desk) == ["8", "7", "6"]


def test_a_feed_stays_below_its_bytes_but_keeps_one_entry(open_desk):
    desk = open_desk(feeds={"max_bytes": 40_000})
    for day in range(1, 6):
        desk.post(f"content/{day}.md", title=str(day), date=f"2026-10-0{day}", body="<p>文字 & more</p>\n" * 400)
    desk.publish()
    assert window(desk) == ["5", "4"]
    assert all(len(desk.read(f"/feed.{format_}")) <= 40_000 for format_ in FORMATS)
    desk.restart_with(feeds={"max_bytes": 1_000})
    desk.publish()
    assert window(desk) == ["5"]


def test_one_feed_has_settings_of_its_own(open_desk):
    own = {"address": "/category/red", "title": "Rouge", "window": 1, "slug": "rouge", "content": "title"}
    desk = open_desk(feed=[own])
    for day in range(1, 4):
        desk.post(f"content/{day}.md", title=str(day), date=f"2026-10-0{day}", categories="red", body="Much text.")
    desk.publish()
    assert window(desk, "/category/rouge.json") == ["3"]
    assert b"<title>Rouge" in desk.read("/category/rouge.atom")
    assert b"Much text." not in desk.read("/category/rouge.atom")
    assert len(window(desk)) == 3
    assert desk.look_up("/category/red.json") is None


def test_a_slug_of_the_settings_can_be_given_back_and_exchanged(open_desk):
    desk = open_desk(feed=[{"address": "/tag/a", "slug": "x"}, {"address": "/tag/b", "slug": "y"}])
    desk.post("content/1.md", title="1", tags="[a]")
    desk.post("content/2.md", title="2", tags="[b]")
    desk.publish()
    assert window(desk, "/tag/x.json") == ["1"]
    desk.restart_with(feed=[{"address": "/tag/a", "slug": "y"}, {"address": "/tag/b", "slug": "x"}])
    desk.publish()
    assert window(desk, "/tag/y.json") == ["1"]
    assert window(desk, "/tag/x.json") == ["2"]
    desk.restart_with()
    desk.publish()
    assert window(desk, "/tag/a.json") == ["1"]


def test_a_feed_is_called_what_most_of_its_posts_call_it(desk):
    desk.post("content/1.md", categories="xinjingbao", tags="新京报新闻")
    desk.post("content/2.md", categories="xinjingbao", tags="新京报新闻")
    desk.post("content/3.md", categories="xinjingbao", tags="别的新闻")
    desk.publish()
    assert {one.address: one.title for one in desk.site.library.listing()}["/category/xinjingbao"] == "新京报"
    assert "<title>新京报 · Example</title>".encode() in desk.read("/category/xinjingbao.atom")


def test_a_path_with_the_raw_name_of_a_term_leads_to_its_feed(desk):
    desk.post("content/1.md", categories="['Career  In touxingPEVC', '*ST']")
    desk.publish()
    library = desk.site.library
    assert library.redirect("/category/Career In touxingPEVC.rss") == "/category/Career_In_touxingPEVC.rss"
    assert library.redirect("/category/*ST.atom") == "/category/~2AST.atom"
    assert library.redirect("/category/unknown name.atom") is None
    assert library.redirect("/category/Career_In_touxingPEVC.rss") is None


def test_a_known_but_empty_term_is_a_valid_empty_feed_and_an_unknown_one_is_none(desk):
    desk.post("content/1.md", tags="[here]")
    desk.publish()
    desk.delete("content/1.md")
    desk.publish()
    assert window(desk, "/tag/here.json") == []
    assert desk.look_up("/tag/never.json") is None


def test_a_memo_forgets_what_was_used_longest_ago_and_nothing_lies_then(desk, monkeypatch):
    monkeypatch.setattr("feeds.library.shelf._BYTES", 1)
    desk.post("content/1.md", tags="[a, b]")
    desk.publish()
    first = desk.read("/tag/a.atom")
    desk.read("/tag/b.atom")
    assert desk.read("/tag/a.atom") == first


def test_every_coding_of_a_body_counts_against_the_budget(desk, monkeypatch):
    desk.post("content/1.md", tags="[a, b]")
    desk.publish()
    plain = len(desk.read("/tag/a.atom")) + len(desk.read("/tag/b.atom"))
    monkeypatch.setattr("feeds.library.shelf._BYTES", plain + 1)
    assert desk.look_up("/tag/a.atom").has()
    desk.site.library.fill(desk.look_up("/tag/b.atom"), "zstd")
    assert not desk.look_up("/tag/a.atom").has()
    assert desk.look_up("/tag/b.atom").has("zstd")


def test_a_coding_is_made_once_and_the_others_only_when_asked_for(desk):
    desk.post("content/1.md")
    desk.publish()
    first = desk.site.library.fill(desk.look_up("/feed.atom"), "br").body("br")
    again = desk.site.library.fill(desk.look_up("/feed.atom"), "br")
    assert again.body("br") is first
    assert [coding for coding in CODINGS if again.has(coding)] == ["identity", "br"]


def test_other_ways_of_writing_the_same_entries_move_every_validator(desk, monkeypatch):
    desk.post("content/one.md", categories="red")
    desk.publish()
    before = desk.etags()
    changed = desk.look_up("/feed.rss").last_modified
    monkeypatch.setattr("feeds.shapes._WRITING", "another")
    desk.clock.advance(60)
    desk.restart()
    desk.publish()
    after = desk.etags()
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert desk.look_up("/feed.rss").last_modified == changed + 60


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.com", "/site-feed.css"),
        ("https://example.com/news/", "/news/site-feed.css"),
        ("https://example.com/a%20b/新闻", "/a%20b/%E6%96%B0%E9%97%BB/site-feed.css"),
    ],
)
def test_a_feed_finds_its_stylesheet_below_the_path_of_its_site(open_desk, url, href):
    desk = open_desk(site={"url": url})
    desk.post("content/one.md")
    desk.publish()
    for format_ in ("atom", "rss"):
        assert f'<?xml-stylesheet href="{href}" type="text/css"?>' in desk.read(f"/feed.{format_}").decode()
