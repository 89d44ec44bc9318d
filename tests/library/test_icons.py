"""The icon that feeds name: the site's own, or one that is drawn."""

import json

import pytest
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
DRAWN = {
    "atom": "https://example.com/news/icon-64.png",
    "rss": "https://example.com/news/icon-144.png",
    "icon": "https://example.com/news/icon-512.png",
    "favicon": "https://example.com/news/icon-64.png",
}


def named(desk):
    """What each format names as the icon of the site's feed."""
    atom, rss = (etree.fromstring(desk.read(f"/feed.{form}")) for form in ("atom", "rss"))
    document = json.loads(desk.read("/feed.json"))
    channel, image = rss.find("channel"), rss.find("channel/image")
    assert [image.findtext("title"), image.findtext("link")] == [channel.findtext("title"), channel.findtext("link")]
    return {
        "atom": atom.findtext(f"{ATOM}icon"),
        "rss": image.findtext("url"),
        "icon": document["icon"],
        "favicon": document["favicon"],
    }


@pytest.mark.parametrize("own", [None, "/favicon.ico", "/images/own.SVG", "/own.png"])
def test_feeds_name_the_sites_own_icon_and_the_drawn_one_where_they_cannot_show_it(open_desk, own):
    desk = open_desk(site={"url": "https://example.com/news", "icon": own})
    desk.post("content/a.md")
    desk.publish()
    address = f"https://example.com/news{own}"
    expected = DRAWN if own is None else dict.fromkeys(DRAWN, address)
    if own in ("/favicon.ico", "/images/own.SVG"):
        expected = DRAWN | {"atom": address, "favicon": address}
    assert named(desk) == expected


def test_a_logo_is_the_image_of_rss_and_leaves_the_icon_to_be_drawn(open_desk):
    desk = open_desk(site={"url": "https://example.com/news", "logo": "/wide.png"})
    desk.post("content/a.md")
    desk.publish()
    assert named(desk) == DRAWN | {"rss": "https://example.com/news/wide.png"}


def test_an_image_for_rss_is_for_rss_alone(open_desk):
    desk = open_desk(site={"url": "https://example.com/news", "logo": "/wide.png", "image": "/small.png"})
    desk.post("content/a.md")
    desk.publish()
    assert named(desk) == DRAWN | {"rss": "https://example.com/news/small.png"}
