"""The item that docs/attribution.md shows is what comes out: in each format, and in a reader."""

import json
import re
import textwrap
from pathlib import Path

import pytest
from lxml import etree

DOCUMENT = Path(__file__).parents[2] / "docs" / "attribution.md"
SOURCES = [{"name": "新京报", "url": "https://www.bjnews.example/"}]
SITE = {
    "url": "https://news.example.org",
    "timezone": "Asia/Shanghai",
    "language": "zh-CN",
    "title": "金融消息",
    "authority": "news.example.org,2026",
}


def blocks():
    """What stands in the blocks behind `<!-- shown: NAME -->`, by name."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return dict(re.findall(r"<!-- shown: (\w+) -->\n```\w+\n(.*?)```\n", text, flags=re.DOTALL))


@pytest.fixture
def published(open_desk):
    desk = open_desk(site=SITE, source=SOURCES)
    desk.write("content/2021-12-29-NW202112292229869269.md", blocks()["post"])
    desk.publish()
    return desk


def element(document, path):
    """One element, one line for each of its children, without the names of namespaces."""
    found = etree.fromstring(document).find(path)
    etree.indent(found, "  ")
    text = etree.tostring(found, encoding="unicode", with_tail=False)
    return re.sub(r' xmlns(:\w+)?="[^"]+"', "", text) + "\n"


def test_the_atom_entry_is_as_shown(published):
    assert element(published.read("/feed.atom"), "{http://www.w3.org/2005/Atom}entry") == blocks()["atom"]


def test_the_rss_item_is_as_shown(published):
    assert element(published.read("/feed.rss"), "channel/item") == blocks()["rss"]


def test_the_json_item_is_as_shown(published):
    (item,) = json.loads(published.read("/feed.json"))["items"]
    assert json.dumps(item, ensure_ascii=False, indent=2) + "\n" == blocks()["json"]


@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_a_reader_shows_it_as_shown(published, tmp_path, format_):
    from reader import make_reader

    (tmp_path / f"feed.{format_}").write_bytes(published.read(f"/feed.{format_}"))
    with make_reader(":memory:", feed_root=str(tmp_path)) as library:
        library.add_feed(f"feed.{format_}")
        library.update_feeds()
        (entry,) = library.get_entries()
    lines = (
        f"{entry.title}",
        f"{entry.authors_str} · {entry.source.title} · {entry.published:%Y-%m-%d %H:%M %Z}",
        entry.link,
        "",
        *textwrap.wrap(entry.get_content().value, 110),
    )
    assert "\n".join(lines) + "\n" == blocks()["reader"]
