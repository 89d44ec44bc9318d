"""Whole documents before judges: parsers that none of us wrote, and our own schemas; each judge must reject bad samples."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import atoma
import feedparser
import pytest

from feeds.model import FORMATS
from feeds.render import RENDERERS

BAD = sorted((Path(__file__).parent / "bad").iterdir())
MODES = ("full", "summary", "title")


@pytest.fixture
def entries(make):
    return (
        make.entry(),
        make.entry(id="tag:example.com,2021:bare", **make.bare),
        make.entry(id="https://example.com/posts/NW202112292229869269/", title="A & B <i>x</i>", summary="]]>"),
        make.entry(id="tag:example.com,2021:english", lang="en", authors=(), summary=""),
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("format_", FORMATS)
def test_our_judge_has_no_complaint(make, judge, entries, format_, mode):
    assert judge(format_, make.document(format_, *entries, mode=mode)) == []


@pytest.mark.parametrize("format_", FORMATS)
def test_a_feed_without_entries_is_valid(make, judge, format_):
    plain = make.feed(description="", rights=None, icon=None, logo=None)
    assert judge(format_, make.document(format_)) == []
    assert judge(format_, make.document(format_, feed=plain)) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_our_judge_rejects_a_bad_sample(judge, path):
    """The name of the sample says what is wrong with it: `atom-date…` must be complained of as `date`."""
    wrong = path.stem.split("-")[1]
    complaints = judge(path.suffix[1:], path.read_bytes())
    assert any(wrong in complaint for complaint in complaints), complaints


def test_there_are_bad_samples_for_every_judge():
    assert {path.suffix[1:] for path in BAD} == set(FORMATS)


@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_feedparser_reads_the_seed_post(make, format_):
    read = feedparser.parse(io.BytesIO(make.document(format_, make.entry())))
    assert not read.bozo
    assert (read.feed.title, read.feed.language) == ("金融消息", "zh-CN")
    (entry,) = read.entries
    assert (entry.id, entry.title) == (make.entry().id, make.entry().title)
    assert entry.link == make.entry().link
    assert entry.published_parsed[:6] == (2021, 12, 29, 5, 14, 23)
    assert entry.updated_parsed[:6] == (2021, 12, 29, 6, 0, 0)
    assert entry.content[0].value == make.entry().content_html
    assert entry.author_detail.name == "李雷"
    assert entry.source.title == "新京报"
    assert [link.href for link in entry.links if link.rel == "via"] == [make.entry().via]
    assert entry.enclosures[0].href == "https://example.com/a.mp3"
    assert {tag.term for tag in entry.tags} == {"xinjingbao", "新京报新闻"}
    assert entry.media_thumbnail[0]["url"] == "https://example.com/a.jpg"


def test_feedparser_rejects_a_torn_document(make):
    assert feedparser.parse(io.BytesIO(make.document("atom", make.entry())[:-5])).bozo


def test_atoma_reads_atom(make, entries):
    read = atoma.parse_atom_bytes(make.document("atom", *entries))
    assert [entry.id_ for entry in read.entries] == [entry.id for entry in entries]
    assert read.updated == datetime(2021, 12, 29, 6, tzinfo=UTC)
    assert read.entries[0].source.id_ == "https://bjnews.example/feed.xml"
    assert read.entries[2].title.value == "A & B <i>x</i>"


def test_atoma_rejects_atom_without_an_id(make):
    body = make.document("atom", make.entry()).replace(b"<id>tag:example.com,2021:feed</id>", b"")
    with pytest.raises(atoma.FeedParseError):
        atoma.parse_atom_bytes(body)


def test_atoma_reads_rss(make, entries):
    read = atoma.parse_rss_bytes(make.document("rss", *entries))
    assert [item.guid for item in read.items] == [entry.id for entry in entries]
    assert read.items[0].pub_date == make.entry().published
    assert (read.items[0].source.title, read.items[0].source.url) == ("新京报", "https://bjnews.example/feed.xml")
    assert read.items[2].title == "A & B <i>x</i>"


def test_atoma_reads_json(make, entries):
    read = atoma.parse_json_feed_bytes(make.document("json", *entries))
    assert [item.id_ for item in read.items] == [entry.id for entry in entries]
    assert read.items[0].external_url == make.entry().via
    assert read.items[0].content_html == make.entry().content_html


def test_the_source_in_json_feed_is_an_extension_of_ours(make):
    (item,) = json.loads(make.document("json", make.entry()))["items"]
    about = item["_source"].pop("about")
    assert about.startswith("https://")
    assert item["_source"] == {
        "name": "新京报",
        "url": "https://bjnews.example/",
        "feed": "https://bjnews.example/feed.xml",
        "original": make.entry().via,
        "via": "东方财富",
        "rule": "marked-class",
        "confidence": "stated",
    }
    assert item["authors"] == [{"name": "李雷", "url": "https://example.com/lilei"}]
    assert item["tags"] == ["xinjingbao", "新京报新闻"]
    assert [each.get("size_in_bytes") for each in item["attachments"]] == [1234, None]


@pytest.mark.parametrize("format_", FORMATS)
def test_less_content_means_less_text_in_every_format(make, format_):
    whole, summary, title = (make.document(format_, make.entry(), mode=mode).decode() for mode in MODES)
    assert "12月28日" in whole
    assert "12月28日" not in summary
    assert "浙江省消保委收到报告" in summary
    assert "浙江省消保委收到报告" not in title
    assert make.entry().title in title


def test_titles_alone_are_no_rss_descriptions(make):
    assert make.document("rss", make.entry(), mode="title").count(b"<description>") == 1  # the channel's


def test_media_types_say_their_charset_where_they_have_one():
    assert {format_: renderer.media_type for format_, renderer in RENDERERS.items()} == {
        "atom": "application/atom+xml; charset=utf-8",
        "rss": "application/rss+xml; charset=utf-8",
        "json": "application/feed+json",
    }
    assert {renderer.suffix for renderer in RENDERERS.values()} == {".atom", ".rss", ".json"}


def test_settings_with_control_characters_break_no_feed(make, judge):
    for format_ in FORMATS:
        feed = make.feed(title="金融\x0b消息", description="\x00", author="\ufffe", rights="\x1f")
        assert judge(format_, make.document(format_, make.entry(), feed=feed)) == []
