"""Readers take in the lists of feeds, and subscribe to each, with its title and in its group."""

import json
import urllib.request

import pytest

from feeds.urls import wire

from .held import Taken

pytestmark = pytest.mark.slow

SOURCES = ("潮声日报", 'Smith & Sons "Daily"', "Gazette, the <old> one", "O'Clock", "A  B", "a/b")


@pytest.fixture
def listed(open_desk, server):
    """The feed of each source as the site has it."""
    desk = open_desk(site={"url": server.address})
    for number, name in enumerate(SOURCES):
        desk.post(f"content/{number}.md", source=json.dumps({"name": name}))
    desk.publish()
    server.start(desk.site)
    listing = desk.site.library.listing()
    return sorted(server.address + wire(one.address) + ".rss" for one in listing if one.key.kind == "source")


@pytest.mark.parametrize("reader", ["newsboat", "rss2email"], indirect=True)
def test_the_list_of_all_sources_is_taken_in_with_every_feed(listed, server, reader, tmp_path):
    opml = tmp_path / "sources.opml"
    with urllib.request.urlopen(server.address + "/sources.opml") as response:
        opml.write_bytes(response.read())
    assert len(listed) == len(SOURCES)
    taken = reader.take_in(opml)
    assert sorted(taken) == listed
    for address in taken:
        with urllib.request.urlopen(address) as response:
            assert response.status == 200


# --- all feeds, by kind


@pytest.fixture
def all_listed(open_desk, server):
    """Every feed as the site has it: address, title, kind."""
    desk = open_desk(site={"url": server.address, "language": "zh-CN"})
    desk.post(
        "content/1.md",
        categories="['Red & <Green>', 国际]",
        tags="[新京报新闻]",
        author='"O\'Clock"',
        source="潮声日报",
    )
    desk.post("content/2.md", categories="['Red & <Green>']", tags="['Zoë \"Z\"']")
    desk.publish()
    server.start(desk.site)
    return [
        (server.address + wire(one.address) + ".rss", one.title, one.key.kind) for one in desk.site.library.listing()
    ]


GROUPS = {"site": "", "category": "分类", "tag": "标签", "source": "来源", "author": "作者"}
OWN_TITLE = {"newsboat": "{} · Example", "Liferea": "{}"}  # as the feed itself has it; as the list has it


@pytest.mark.parametrize("reader", ["newsboat", "Liferea"], indirect=True)
def test_the_list_of_all_feeds_is_taken_in_with_titles_and_groups(all_listed, server, reader, tmp_path):
    opml = tmp_path / "opml.xml"
    with urllib.request.urlopen(server.address + "/opml.xml") as response:
        opml.write_bytes(response.read())
    taken = reader.take_in_groups(opml)
    titles = OWN_TITLE[reader.name]
    assert len(all_listed) == 7
    assert taken == sorted(
        Taken(url, title if kind == "site" else titles.format(title), GROUPS[kind]) for url, title, kind in all_listed
    )


@pytest.mark.parametrize("kind", ["categories", "tags", "authors"])
@pytest.mark.parametrize("reader", ["newsboat"], indirect=True)
def test_the_list_of_one_kind_is_taken_in(all_listed, server, reader, kind, tmp_path):
    opml = tmp_path / "list.opml"
    with urllib.request.urlopen(f"{server.address}/{kind}.opml") as response:
        opml.write_bytes(response.read())
    of = {"categories": "category", "tags": "tag", "authors": "author"}[kind]
    assert sorted(reader.take_in(opml)) == sorted(url for url, _, each in all_listed if each == of)
