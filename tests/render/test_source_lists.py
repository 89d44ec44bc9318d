import json
from zoneinfo import ZoneInfo

import orjson
import pytest
from lxml import etree

from feeds.render.discovery import feeds_json
from feeds.render.pieces import OutlineGroup, json_object, opml
from feeds.render.sources import source_json, source_outline, sources_json

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LINES = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def _json(lines):
    return sources_json([source_json(line, zone=SHANGHAI) for line in lines])


def _opml(lines, title="T"):
    return opml([OutlineGroup("", [source_outline(line, home="https://example.com/") for line in lines])], title=title)


def test_the_json_list_says_all_that_is_known_of_a_source(source_lines):
    whole, bare = json.loads(_json(source_lines))
    assert whole == {
        "name": "新京报",
        "feeds": {
            "atom": "https://example.com/source/1.atom",
            "rss": "https://example.com/source/1.rss",
            "json": "https://example.com/source/1.json",
        },
        "url": "https://bjnews.example/",
        "feed": "https://bjnews.example/feed.xml",
        "logo": "https://bjnews.example/logo.png",
        "language": "zh-CN",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "items": 12,
        "newest": "2021-12-29T13:14:23+08:00",
        "aliases": ["新京报网", "BJNews"],
    }
    assert bare.keys() == {"name", "feeds", "items"}
    assert (bare["name"], bare["items"]) == ("<A> & B", 0)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_is_put_together_from_pieces_is_what_would_be_written_whole(source_lines, count):
    document = _json(source_lines[:count])
    assert document == orjson.dumps(orjson.loads(document), option=_LINES)
    objects = [json_object({"title": "A\nB", "urls": {"rss": "x"}, "etags": {}}, depth=2)] * count
    document = feeds_json(objects, title='[] "A"', home="https://example.com/")
    assert document == orjson.dumps(orjson.loads(document), option=_LINES)
    assert len(orjson.loads(document)["feeds"]) == count


def test_the_subscription_list_is_flat_opml(source_lines):
    root = etree.fromstring(_opml(source_lines, title="Example: sources"))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Example: sources"
    assert [outline.get("text") for outline in root.findall("body/outline")] == ["新京报", "<A> & B"]
    assert dict(root.find("body/outline").attrib) == {
        "type": "rss",
        "text": "新京报",
        "title": "新京报",
        "xmlUrl": "https://example.com/source/1.rss",
        "htmlUrl": "https://bjnews.example/",
    }


def test_lists_without_sources_are_empty_and_whole():
    assert json.loads(_json(())) == []
    assert etree.fromstring(_opml(())).find("body") is not None


def test_control_characters_of_the_settings_break_no_list(source_lines):
    assert etree.fromstring(_opml(source_lines, title="A\x0bB")) is not None
