"""What readers make of an entry's origin: software that we did not write, asked for the fields that it shows or stores."""

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import atoma
import feedparser
import pytest

from feeds.model import FORMATS, Source

JUDGES = Path(__file__).parents[1] / "judges"
FEEDSMITH = JUDGES / "node_modules" / "feedsmith" / "package.json"
NODE = shutil.which("node")
# Where everything must be installed, a missing judge is a failure and not a skipped test.
needs_node = pytest.mark.skipif(
    not (NODE and FEEDSMITH.exists()) and not os.environ.get("CI"), reason="`make judges` installs feedsmith, with npm"
)
READ = """
import { readFileSync } from 'node:fs'
import { parseFeed, parseOpml } from 'feedsmith'
const [kind, file] = process.argv.slice(-2)
process.stdout.write(JSON.stringify((kind === 'opml' ? parseOpml : parseFeed)(readFileSync(file, 'utf8'))))
"""

HOME, FEED = "https://bjnews.example/", "https://bjnews.example/feed.xml"
BY, BY_NC = (f"https://creativecommons.org/licenses/{kind}/4.0/" for kind in ("by", "by-nc"))


@pytest.fixture
def feedsmith(tmp_path):
    """Ask feedsmith what it reads."""

    def read(body, kind="feed"):
        file = tmp_path / "document"
        file.write_bytes(body)
        command = [NODE or "node", "--input-type=module", "-e", READ, "--", kind, str(file)]
        done = subprocess.run(command, cwd=JUDGES, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return read


@pytest.fixture
def stored(tmp_path):
    """Ask the library `reader` what it keeps of a document's first entry."""
    from reader import make_reader

    def read(format_, body):
        (tmp_path / f"feed.{format_}").write_bytes(body)
        with make_reader(":memory:", feed_root=str(tmp_path)) as library:
            library.add_feed(f"feed.{format_}")
            library.update_feed(f"feed.{format_}")
            return next(iter(library.get_entries()))

    return read


def by_rel(links, rel):
    return [link["href"] for link in links if link["rel"] == rel]


# --- feedparser


@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_feedparser_finds_origin_original_author_and_licence(make, format_):
    (entry,) = feedparser.parse(io.BytesIO(make.document(format_, make.entry()))).entries
    assert entry.source.title == "新京报"
    assert by_rel(entry.links, "via") == [make.entry().via]
    assert entry.author_detail.name == "李雷"
    licences = by_rel(entry.links, "license")
    assert licences == [BY_NC]


def test_feedparser_reads_the_whole_source_of_an_atom_entry(make):
    (entry,) = feedparser.parse(io.BytesIO(make.document("atom", make.entry()))).entries
    assert (entry.source.id, entry.source.link) == (FEED, HOME)
    assert by_rel(entry.source.links, "self") == [FEED]
    assert entry.source.rights == BY
    assert entry.source.logo == "https://bjnews.example/logo.png"
    assert entry.source.updated_parsed == entry.updated_parsed
    assert entry.links[0].href == entry.link == make.entry().link


def test_feedparser_reads_publisher_and_rights_of_an_rss_item(make):
    (entry,) = feedparser.parse(io.BytesIO(make.document("rss", make.entry(license="CC BY 4.0")))).entries
    assert (entry.publisher, entry.source.href, entry.rights) == ("新京报", FEED, "CC BY 4.0")


# --- atoma


def test_atoma_reads_the_source_and_the_links_of_an_atom_entry(make):
    (entry,) = atoma.parse_atom_bytes(make.document("atom", make.entry(license="CC BY 4.0"))).entries
    source = entry.source
    assert (source.title.value, source.id_, source.rights.value) == ("新京报", FEED, BY)
    assert [(link.rel, link.href) for link in source.links[:2]] == [("alternate", HOME), ("self", FEED)]
    assert [link.href for link in entry.links if link.rel == "via"] == [make.entry().via]
    assert entry.rights.value == "CC BY 4.0"
    assert [author.name for author in entry.authors] == ["李雷"]


def test_atoma_reads_the_source_of_an_rss_item(make):
    (item,) = atoma.parse_rss_bytes(make.document("rss", make.entry())).items
    assert (item.source.title, item.source.url) == ("新京报", FEED)


def test_atoma_reads_the_original_of_a_json_item(make):
    (item,) = atoma.parse_json_feed_bytes(make.document("json", make.entry())).items
    assert (item.external_url, item.author and item.author.name) == (make.entry().via, None)


# --- reader


@pytest.mark.parametrize("format_", FORMATS)
def test_reader_keeps_title_link_authors_and_content_of_every_format(make, stored, format_):
    entry = stored(format_, make.document(format_, make.entry()))
    assert (entry.id, entry.title, entry.link) == (make.entry().id, make.entry().title, make.entry().link)
    assert [author.name for author in entry.authors] == ["李雷"]
    assert "收到报告" in entry.get_content().value
    assert entry.published == make.entry().published


@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_reader_keeps_the_name_and_the_feed_of_the_source(make, stored, format_):
    entry = stored(format_, make.document(format_, make.entry()))
    assert (entry.source.title, entry.source.url) == ("新京报", FEED)
    assert entry.source.link == (HOME if format_ == "atom" else None)


@pytest.mark.parametrize("format_", FORMATS)
def test_reader_shows_the_origin_as_author_where_nobody_signed(make, stored, format_):
    entry = stored(format_, make.document(format_, make.entry(authors=())))
    assert entry.authors_str == "新京报"


def test_reader_keeps_the_name_of_a_source_that_has_no_address(make, stored):
    assert stored("atom", make.document("atom", make.entry(source=Source(name="新京报")))).source.title == "新京报"


# --- feedsmith


@needs_node
def test_feedsmith_reads_source_original_and_licence_of_an_atom_entry(make, feedsmith):
    read = feedsmith(make.document("atom", make.entry()))
    assert read["format"] == "atom"
    (entry,) = read["feed"]["entries"]
    source = entry["source"]
    assert (source["id"], source["title"]["value"], source["rights"]["value"]) == (FEED, "新京报", BY)
    assert source["links"][:2] == [{"href": HOME, "rel": "alternate"}, {"href": FEED, "rel": "self"}]
    assert (source["updated"], source["logo"]) == ("2021-12-29T14:00:00+08:00", "https://bjnews.example/logo.png")
    assert by_rel(entry["links"], "via") == [make.entry().via]
    assert by_rel(entry["links"], "license") == [BY_NC]
    assert entry["authors"][0]["name"] == "李雷"


@needs_node
def test_feedsmith_reads_rights_that_are_a_name(make, feedsmith):
    entry = make.entry(license="CC BY 4.0")
    assert feedsmith(make.document("atom", entry))["feed"]["entries"][0]["rights"]["value"] == "CC BY 4.0"
    assert feedsmith(make.document("rss", entry))["feed"]["items"][0]["dc"]["rights"] == ["CC BY 4.0"]


@needs_node
def test_feedsmith_reads_source_original_and_licence_of_an_rss_item(make, feedsmith):
    read = feedsmith(make.document("rss", make.entry()))
    assert read["format"] == "rss"
    (item,) = read["feed"]["items"]
    assert item["source"] == {"title": "新京报", "url": FEED}
    assert item["dc"] == {"creators": ["李雷"], "publishers": ["新京报"]}
    assert item["atom"]["links"] == [{"href": make.entry().via, "rel": "via"}]
    assert item["creativeCommons"] == {"licenses": [BY_NC]}


@needs_node
def test_feedsmith_reads_the_original_and_the_authors_of_a_json_item(make, feedsmith):
    read = feedsmith(make.document("json", make.entry(authors=())))
    assert read["format"] == "json"
    (item,) = read["feed"]["items"]
    assert item["external_url"] == make.entry().via
    assert item["authors"] == [{"name": "新京报", "url": HOME}]


@needs_node
def test_feedsmith_reads_the_list_of_sources(feedsmith, source_lines):
    from feeds.render.pieces import OutlineGroup, opml
    from feeds.render.sources import source_outline

    outlines = [source_outline(line, home="https://example.com/") for line in source_lines]
    read = feedsmith(opml([OutlineGroup("", outlines)], title="A & B"), "opml")
    assert read["head"]["title"] == "A & B"
    assert [(one["text"], one["type"], one["xmlUrl"], one["htmlUrl"]) for one in read["body"]["outlines"]] == [
        ("新京报", "rss", "https://example.com/source/1.rss", HOME),
        ("<A> & B", "rss", "https://example.com/source/2.rss", "https://example.com/"),
    ]


@needs_node
def test_feedsmith_reads_the_list_of_all_feeds_with_its_groups(feedsmith):
    from feeds.render.discovery import FoundFeed, feed_outline
    from feeds.render.pieces import OutlineGroup, opml

    feed = FoundFeed(
        kind="tag",
        term="<A> & B",
        title='<A> & "B"',
        page="https://example.com/tag/a/",
        urls={"rss": "https://example.com/tag/a.rss"},
        etags={},
        count=1,
        newest=None,
        language="zh-CN",
    )
    groups = [OutlineGroup("", [feed_outline(feed)]), OutlineGroup("标签", [feed_outline(feed)])]
    read = feedsmith(opml(groups, title="A & B"), "opml")
    told = {
        "text": '<A> & "B"',
        "title": '<A> & "B"',
        "type": "rss",
        "xmlUrl": "https://example.com/tag/a.rss",
        "htmlUrl": "https://example.com/tag/a/",
        "language": "zh-CN",
    }
    assert read["body"]["outlines"] == [told, {"text": "标签", "title": "标签", "outlines": [told]}]


@needs_node
def test_feedsmith_rejects_what_is_no_feed(feedsmith):
    with pytest.raises(AssertionError, match=r"nrecognized|nvalid"):
        feedsmith(b"<html></html>")
