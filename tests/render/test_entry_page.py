"""The page of one entry, from the entry alone."""

import json
from dataclasses import replace

import pytest
from lxml import html

from feeds.render.html import EntryLink, FeedLink, Frame, Templates, entry_page

FRAME = Frame(title="金融消息", name="编辑部", language="zh-CN", url="https://example.com/")
TEMPLATES = Templates()


@pytest.fixture
def page(make):
    def write(entry_changes=None, **changes):
        whole = {
            "frame": replace(FRAME, zone=make.zone),
            "templates": TEMPLATES,
            "page": "https://example.com/entry/a/",
            "feeds": (),
            "older": None,
            "newer": None,
        }
        return entry_page(make.entry(**(entry_changes or {})), **(whole | changes))

    return write


def parse(body):
    return html.document_fromstring(body.decode())


def test_no_text_leaves_its_place(page):
    nasty = "</script><script>alert(1)</script><!-- \u2028 \"'><b>"
    links = {"older": EntryLink(title=nasty, address="/entry/b/"), "newer": EntryLink(title=nasty, address="/entry/c/")}
    feeds = (FeedLink(kind="tag", title=nasty, address="/tag/x"),)
    body = page({"title": nasty, "summary": nasty, "license": nasty}, feeds=feeds, **links)
    parsed = parse(body)
    assert [script.get("type") for script in parsed.xpath("//script")] == ["application/ld+json"]
    assert json.loads(parsed.xpath("//script")[0].text)["headline"] == nasty
    assert parsed.xpath("//h1/text()") == [nasty]
    assert len(parsed.xpath("//b")) == 0


def test_a_page_speaks_the_language_of_its_site_and_its_entry(page):
    body = parse(page({"lang": "ja"}))
    assert (body.get("lang"), body.xpath("//article/@lang")) == ("zh-CN", ["ja"])


def test_dates_stand_in_the_zone_of_the_entry(page):
    times = parse(page({"offset": 0})).xpath("//time")
    assert [(one.get("datetime"), one.text) for one in times] == [("2021-12-29T05:14:23+00:00", "2021-12-29 05:14")]


def test_an_entry_of_which_nothing_is_known_has_a_page_nevertheless(page, make):
    body = page(make.bare | {"title": ""})
    parsed = parse(body)
    assert parsed.xpath("//h1/text()") == ["https://example.com/posts/NW202112292229869269/"]
    assert parsed.xpath("//footer | //nav") == []
    linked = json.loads(parsed.xpath("//script")[0].text)
    assert (
        linked["author"]
        == linked["publisher"]
        == {
            "@type": "Organization",
            "name": "编辑部",
            "url": "https://example.com/",
        }
    )
    assert not {"isBasedOn", "sameAs", "sourceOrganization", "license", "keywords"} & linked.keys()


def test_the_source_is_the_author_of_the_linked_data_where_nobody_signed(page):
    parsed = parse(page({"authors": ()}))
    assert "新京报" not in parsed.xpath("string(//article)")  # the credit line is the content's affair
    linked = json.loads(parsed.xpath("//script")[0].text)
    assert (linked["author"]["@type"], linked["author"]["name"]) == ("Organization", "新京报")


@pytest.mark.parametrize(("terms", "expected"), [("CC BY 4.0", {"@type": "CreativeWork", "name": "CC BY 4.0"})])
def test_a_licence_without_an_address_is_named(page, terms, expected):
    body = parse(page({"license": terms}))
    assert json.loads(body.xpath("//script")[0].text)["license"] == expected
    assert body.xpath("//*[@rel='license']") == []
    assert terms in body.xpath("string(//footer)")


def test_the_original_is_linked_where_the_content_does_not(page, make):
    original = make.entry().via
    assert parse(page()).xpath("//footer//a[text()='原文']/@href") == [original]
    credited = f'<p><a href="{original.replace("&", "&amp;")}">阅读原文</a></p>'
    assert parse(page({"content_html": credited})).xpath("//footer//a[text()='原文']") == []


def test_the_same_entry_gives_the_same_bytes(page):
    assert page() == page()
