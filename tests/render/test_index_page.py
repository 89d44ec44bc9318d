from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from feeds.render.html import FeedGroup, FeedLine, Frame, Templates, index_page

TEMPLATES = Templates()
FRAME = Frame(
    title="金融消息",
    name="编辑部",
    description="所有消息",
    language="zh-CN",
    url="https://example.com/",
    zone=ZoneInfo("Asia/Shanghai"),
)


@pytest.fixture
def page():
    def write(*feeds, **changes):
        whole = {
            "templates": TEMPLATES,
            "groups": [
                FeedGroup(kind="category", feeds=feeds),
                FeedGroup(kind="tag", feeds=()),
            ],
            "site_feed": FeedLine(title="金融消息", address="/feed", count=1, newest=None),
        }
        frame = {name: changes.pop(name) for name in list(changes) if name in FRAME.__slots__}
        return index_page(**(whole | changes), frame=replace(FRAME, **frame))

    return write


def feed(number=0, **changes):
    whole = {
        "title": f"新京报新闻{number}",
        "address": f"/category/新京报新闻{number}",
        "count": 50,
        "newest": datetime(2021, 12, 28, 17, tzinfo=UTC),
    }
    return FeedLine(**(whole | changes))


def parse(body):
    return html.document_fromstring(body.decode())


def test_a_browser_finds_the_site_feed_in_all_formats(page):
    links = parse(page()).xpath("//head/link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in links] == [
        ("application/atom+xml", "/feed.atom"),
        ("application/rss+xml", "/feed.rss"),
        ("application/feed+json", "/feed.json"),
    ]


def test_a_feed_shows_its_name_count_newest_day_and_formats(page):
    (row,) = parse(page(feed())).xpath("//tbody/tr")
    assert [cell.text_content() for cell in row] == ["新京报新闻0", "50", "2021-12-29", "Atom RSS JSON"]
    assert row.xpath(".//a/@href") == [f"/category/新京报新闻0.{suffix}" for suffix in ("atom", "rss", "json")]


def test_a_site_below_a_path_links_below_it(page):
    addresses = [one for one in parse(page(feed(), base="/news")).xpath("//@href") if one != "#content"]
    assert len(addresses) == 10
    assert all(address.startswith("/news/") for address in addresses)


def test_a_feed_without_entries_has_no_day(page):
    assert parse(page(feed(count=0, newest=None))).xpath("//time") == []


def test_a_kind_without_feeds_is_left_out(page):
    assert parse(page(feed())).xpath("//h2/text()") == ["分类"]


def test_names_are_text_and_never_markup(page):
    body = page(feed(title="<script>1</script>", address="/tag/a&'b\""), title="<b>", description='"><script>')
    assert b"<script" not in body
    assert parse(body).xpath("//tbody/tr/th/text()") == ["<script>1</script>"]
    assert parse(body).xpath("//tbody/tr//a/@href")[0] == "/tag/a&'b\".atom"


def test_two_thousand_feeds_fit_into_600_kilobytes(page):
    body = page(*(feed(number) for number in range(2000)))
    assert len(parse(body).xpath("//tbody/tr")) == 2000
    assert len(body) < 600_000


def test_the_page_runs_nothing_and_loads_only_its_stylesheet(page):
    assert parse(page(feed())).xpath("//script | //style | //img | //@style") == []


def test_the_lists_of_sources_are_found_by_programs_and_by_people(page):
    sources = FeedGroup(kind="source", feeds=(feed(address="/source/a"),))
    parsed = parse(page(groups=[sources], base="/news"))
    assert parsed.xpath("//head/link[@type='text/x-opml']/@href") == ["/news/sources.opml"]
    assert parsed.xpath("//p//a/@href")[-2:] == ["/news/sources.opml", "/news/sources.json"]


def test_a_site_without_sources_shows_no_lists_of_them(page):
    assert b"/sources." not in page(feed())
