"""Readers take in the list of all sources, and subscribe to the feed of each."""

import json
import urllib.request

import pytest

from feeds.urls import wire

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
