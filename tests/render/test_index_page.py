"""The page at the site's root, from what the index holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from feeds.render.html import FeedLine, FeedList, Frame, KindLine, Pager, Templates, index_page

TEMPLATES = Templates()
FRAME = Frame(
    title="金融消息",
    name="编辑部",
    description="所有消息",
    language="zh-CN",
    url="https://example.com/",
    zone=ZoneInfo("Asia/Shanghai"),
)


def pager(page=1, pages=1):
    return Pager(page=page, pages=pages, turn=lambda number: f"/?page={number}")


@pytest.fixture
def page(make):
    def write(*feeds, frame=FRAME, shown=None, **changes):
        whole = {
            "templates": TEMPLATES,
            "kinds": [KindLine(kind="category", count=len(feeds))],
            "feeds": FeedList(lines=feeds, count=len(feeds), pager=pager(), **(shown or {})),
            "site_feed": FeedLine(kind="site", title="金融消息", address="/feed", count=1, newest=None),
        }
        return index_page(**(whole | changes), frame=frame)

    return write


def feed(number=0, **changes):
    whole = {
        "kind": "category",
        "title": f"新京报新闻{number}",
        "address": f"/category/新京报新闻{number}",
        "count": 50,
        "newest": datetime(2021, 12, 28, 17, tzinfo=UTC),
        "rhythm": timedelta(hours=2),
    }
    return FeedLine(**(whole | changes))


def parse(body):
    return html.document_fromstring(body.decode())


def test_a_browser_finds_the_site_feed_in_all_formats(page):
    links = parse(page()).xpath("//head/link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in links][:3] == [
        ("application/atom+xml", "/feed.atom"),
        ("application/rss+xml", "/feed.rss"),
        ("application/feed+json", "/feed.json"),
    ]


def test_a_feed_shows_its_name_kind_count_newest_day_rhythm_and_formats(page):
    (row,) = parse(page(feed())).xpath("//tbody/tr")
    assert [cell.text_content() for cell in row] == [
        "新京报新闻0", "分类", "50", "2021-12-29", "每 2 小时", "AtomRSSJSON",
    ]  # fmt: skip
    assert row.xpath("./th/a/@href") == ["/category/新京报新闻0/"]
    assert row.xpath("./td//a/@href") == [f"/category/新京报新闻0.{suffix}" for suffix in ("atom", "rss", "json")]


def test_a_site_below_a_path_links_below_it(page):
    body = parse(page(feed(), frame=replace(FRAME, base="/news")))
    addresses = [one for one in body.xpath("//@href | //@src | //@action") if not one.startswith(("#", "https:"))]
    assert len(addresses) > 15
    assert all(address.startswith("/news/") for address in addresses)


def test_a_feed_without_entries_has_no_day_and_no_rhythm(page):
    (row,) = parse(page(feed(count=0, newest=None, rhythm=None))).xpath("//tbody/tr")
    assert [cell.text_content() for cell in row][2:5] == ["0", "", ""]


def test_names_are_text_and_never_markup(page):
    nasty = '"><script>1</script>'
    shown = {"text": nasty}
    body = page(
        feed(title=nasty, address="/tag/a&'b\""), frame=replace(FRAME, title="<b>", description=nasty), shown=shown
    )
    parsed = parse(body)
    assert parsed.xpath("//script/@src") == [f"/pages.js?{TEMPLATES.name}"]
    assert parsed.xpath("//tbody/tr/th/a/text()") == [nasty]
    assert parsed.xpath("//tbody/tr/th/a/@href") == ["/tag/a&'b\"/"]
    assert parsed.xpath("//input[@name='q']/@value") == [nasty]


@pytest.mark.parametrize("language", ["zh-CN", "en", "de"])
def test_a_full_page_of_long_names_stays_below_60_kilobytes(page, make, language):
    feeds = [
        feed(number, title=f"上海证券报中国证券网{number:05}", address=f"/category/上海证券报中国证券网{number:05}")
        for number in range(50)
    ]
    newest = [make.entry() for _ in range(6)]
    body = page(*feeds, newest=newest, frame=replace(FRAME, language=language))
    assert len(parse(body).xpath("//tbody/tr")) == 50
    assert len(body) < 60_000


def test_the_page_loads_nothing_but_its_stylesheet_and_its_script(page):
    parsed = parse(page(feed()))
    assert parsed.xpath("//style | //img | //iframe | //@style | //script[text()]") == []
    assert parsed.xpath("//link[@rel='stylesheet']/@href") == [f"/pages.css?{TEMPLATES.name}"]


def test_the_lists_for_other_programs_are_found_by_programs_and_by_people(page):
    kinds = [KindLine(kind="category", count=1), KindLine(kind="source", count=1)]
    parsed = parse(page(kinds=kinds, frame=replace(FRAME, base="/news")))
    assert parsed.xpath("//head/link[@type='text/x-opml']/@href") == ["/news/opml.xml", "/news/sources.opml"]
    assert parsed.xpath("//a[@download]/@href") == [
        "/news/opml.xml",
        "/news/categories.opml",
        "/news/sources.opml",
        "/news/opml.xml?active=7",
        "/news/opml.xml?active=30",
    ]


def test_a_site_without_sources_shows_no_lists_of_them(page):
    assert b"/sources." not in page(feed())


def test_words_of_the_site_are_marked_with_its_language_where_we_speak_another(page):
    parsed = parse(page(feed(), frame=replace(FRAME, language="ja")))
    assert parsed.get("lang") == "en"
    assert [one.get("lang") for one in parsed.xpath("//h1 | //tbody//th")] == ["ja", "ja"]
    assert parse(page(feed(), language="en")).get("lang") == "en"


def test_pages_near_this_one_and_the_two_ends_are_offered():
    assert pager(1, 1).near == [1]
    assert pager(1, 54).near == [1, 2, 0, 54]
    assert pager(9, 54).near == [1, 0, 8, 9, 10, 0, 54]
    assert pager(54, 54).near == [1, 0, 53, 54]


def test_as_a_file_it_asks_nothing_of_a_server(page):
    parsed = parse(page(feed(), shown={"is_served": False, "has_pages": False}))
    assert parsed.xpath("//form | //script") == []
    assert [one for one in parsed.xpath("//body//a/@href") if "?" in one] == []
    assert parsed.xpath("//tbody//th/a") == []
