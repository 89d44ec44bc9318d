from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.diagnostics import Found
from feeds.entries.compose import compose
from feeds.model import Enclosure, Image, Person, Post, Source
from feeds.settings import Settings

AUTHORITY = "example.com,2021"
SITE = Settings(
    site={"url": "https://finews.example.com", "timezone": "Asia/Shanghai", "author": "Editor"},
    content={"permalink": "date"},
)
BODY = """\
<p>据<strong>消保委</strong>消息，12月28日，委员会收到五个平台的整改报告。</p>
 <p><strong>平台甲：</strong>已将有关商品下架。</p><p class="em_media">（文章来源：新京报）</p>

<http://finews.example.org/html_News/NewsShare.html?infoCode=NW2021>

[返回新京报新闻](//finews.example.com/category/xinjingbao.html)｜[返回首页](//finews.example.com/)"""
NEWS = Post(
    path="_posts/2021-12-29-NW2021.md",
    key="NW2021",
    digest="0",
    title="主播向消保委提交整改报告",
    published=datetime(2021, 12, 29, 5, 14, 23, tzinfo=UTC),
    categories=("xinjingbao",),
    tags=("新京报新闻",),
    slug="NW2021",
    basename="2021-12-29-NW2021",
    body=BODY,
)


def entry_of(post=NEWS, *, settings=SITE, **changes):
    return compose(replace(post, **changes), settings=settings, authority=AUTHORITY, found=Found(post.path))


def codes_of(post=NEWS, **changes):
    found = Found(post.path)
    compose(replace(post, **changes), settings=SITE, authority=AUTHORITY, found=found)
    return [(note.code, note.detail) for note in found]


def on(url):
    return SITE.model_copy(update={"site": SITE.site.model_copy(update={"url": url})})


def test_a_newswire_post_becomes_an_entry():
    entry = entry_of()
    assert entry.id == "tag:example.com,2021:NW2021"
    assert entry.link == "https://finews.example.com/xinjingbao/2021/12/29/NW2021.html"
    assert entry.content_html == (
        "<p>据<strong>消保委</strong>消息，12月28日，委员会收到五个平台的整改报告。</p>"
        "<p><strong>平台甲：</strong>已将有关商品下架。</p><p>（文章来源：新京报）</p>"
        '<p><a href="http://finews.example.org/html_News/NewsShare.html?infoCode=NW2021">阅读原文</a></p>'
    )
    assert entry.summary == "据消保委消息，12月28日，委员会收到五个平台的整改报告。"
    assert entry.source == Source(name="新京报")
    assert entry.via == "http://finews.example.org/html_News/NewsShare.html?infoCode=NW2021"
    assert [(c.scheme, c.term, c.label) for c in entry.categories] == [
        ("category", "xinjingbao", "新京报"),
        ("tag", "新京报新闻", "新京报新闻"),
    ]
    assert codes_of() == []


# Ids and links


@pytest.mark.parametrize(
    ("guid", "name"),
    [
        ("https://example.com/?p=1", "https://example.com/?p=1"),
        ("tag:example.com,2020:x", "tag:example.com,2020:x"),
        ("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"),
        ("42", "tag:example.com,2021:42"),
        ("note: one", "tag:example.com,2021:note:%20one"),
        ("http://[bad", "tag:example.com,2021:http://%5Bbad"),
        ("", "tag:example.com,2021:NW2021"),
    ],
)
def test_a_guid_that_is_a_uri_is_the_id_and_any_other_is_its_key(guid, name):
    assert entry_of(guid=guid).id == name


def test_the_id_survives_a_change_of_everything_that_may_change():
    moved = entry_of(
        settings=on("https://other.example.org/blog"),
        title="x",
        categories=("y",),
        published=NEWS.published + timedelta(days=3),
        permalink="/z/",
        path="old_post/z.md",
    )
    assert moved.id == entry_of().id


@pytest.mark.parametrize(
    ("permalink", "link"),
    [
        ("/own/", "https://h.example/blog/own/"),
        ("own", "https://h.example/blog/own"),
        ("/blog/own", "https://h.example/blog/own"),
        ("/a b/新", "https://h.example/blog/a%20b/%E6%96%B0"),
        ("/:year/:slug", "https://h.example/blog/2021/nw2021"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
        (None, "https://h.example/blog/xinjingbao/2021/12/29/NW2021.html"),
    ],
)
def test_a_posts_own_permalink_wins_and_starts_below_the_sub_path(permalink, link):
    assert entry_of(settings=on("https://h.example/blog/"), permalink=permalink).link == link


def test_an_unusable_permalink_is_said_and_the_template_used():
    assert entry_of(permalink="javascript:x").link == entry_of().link
    assert codes_of(permalink="javascript:x") == [("url-unusable", "javascript:x")]


def test_a_slug_with_question_marks_stays_a_path():
    assert entry_of(slug="", basename="why?#1", categories=()).link.endswith("/2021/12/29/why-1.html")
    assert entry_of(permalink="/:basename/", basename="why?#1").link.endswith("/why%3F%231/")


# Words


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (" a \n b　c ", "a b c"),
        ("a < b &amp; <em>c</em>", "a < b & c"),
        ("《&lt;议定书&gt;修正案》", "《<议定书>修正案》"),
        ("a\x00b", "ab"),
    ],
)
def test_a_title_is_plain_text_on_one_line(written, title):
    assert entry_of(title=written).title == title


@pytest.mark.parametrize(
    ("body", "title", "detail"),
    [
        ("> 【央行：稳健】正文如下。又一句。", "央行：稳健", "the text"),
        ("第一句话。第二句话。", "第一句话", "the text"),
        ("Is it? Yes.", "Is it?", "the text"),
        ("字" * 100, "字" * 59 + "…", "the text"),
        ("（文章来源：新京报）", "新京报 2021-12-29 13:14", "the source and the date"),
        ("", "新京报 2021-12-29 13:14", "the source and the date"),
    ],
)
def test_a_missing_title_is_derived_and_said(body, title, detail):  # quirk 10
    assert entry_of(title="", body=body).title == title
    assert codes_of(title=" ", body=body) == [("title-missing", detail)]


def test_a_post_without_title_text_and_source_is_called_by_its_key():
    assert entry_of(title="", body="", tags=()).title == "NW2021"


def test_the_summary_is_the_description_else_the_excerpt_else_the_first_paragraph():
    body = "One *two*.\n\nThree.\n\n<!--more-->\n\nFour."
    assert entry_of(body=body, description="Said <b>so</b>").summary == "Said so"
    assert entry_of(body=body).summary == "One two. Three."
    assert entry_of(body=body.replace("<!--more-->", "<!-- more -->")).summary == "One two. Three."
    assert entry_of(body=body.replace("<!--more-->", "")).summary == "One two."
    assert entry_of(body=body.replace("<!--more-->", "[cut]"), excerpt_separator="[cut]").summary == "One two. Three."


def test_the_separator_is_no_content():
    html = "<p>a</p><p>b</p>"
    assert entry_of(body="a\n\n<!-- more -->\n\nb", tags=()).content_html == html
    assert entry_of(body="a\n\n[cut]\n\nb", tags=(), excerpt_separator="[cut]").content_html == html


def test_a_long_paragraph_is_cut():
    summary = entry_of(body="很长的一段话" * 100 + "\n\n完").summary
    assert len(summary) <= 200
    assert summary.endswith("…")


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("主播向消保委提交整改报告。\n\n更多。", ""),  # quirk 31
        ("主播向消保委提交\n\n更多。", ""),
        ("【主播向消保委提交整改报告】委员会今日收到报告。\n\n更多。", "委员会今日收到报告。"),
        ("只有这一句话。", ""),  # quirk 50
        ("只有这一句话。\n\n（文章来源：新京报）", ""),
        ("（文章来源：新京报）", ""),
        ("第一段。\n\n第二段。", "第一段。"),
        ("<p>&nbsp;</p><p>只有这一句话。</p>", ""),
        ("<p>——</p><p>只有这一句话。</p>", ""),
        ("只有这一句话。\n\n（责任编辑：甲）", ""),
        ("只有这一句话（\n\n责任编辑：甲）。", ""),
        ("只有这一句话（文章来源：\n\n甲）。", "只有这一句话（文章来源："),
        ("只有（这一句）话（\n\n责任编辑：甲）。", ""),
        ("只有这一句话。\n\n![](/a.png)\n\n。", ""),
        ("第一段。\n\n（责任编辑：甲）\n\n第二段。", "第一段。"),
        ("甲 & 乙。\n\n&amp; 丙。", "甲 & 乙。"),
    ],
)
def test_a_summary_never_just_repeats_title_or_body(body, summary):
    assert entry_of(body=body).summary == summary


# Terms, people, sources


def test_terms_are_normal_distinct_and_in_order():
    entry = entry_of(categories=("b", " a  x ", "b", "a x", " "), tags=("b", "b"))
    assert [(c.scheme, c.term, c.label) for c in entry.categories] == [
        ("category", "b", "b"),
        ("category", "a x", "a x"),
        ("tag", "b", "b"),
    ]


def test_only_a_single_category_is_called_by_the_source():
    assert [c.label for c in entry_of(categories=("a", "b")).categories] == ["a", "b", "新京报新闻"]
    assert [c.label for c in entry_of(tags=("站长消息",)).categories] == ["xinjingbao", "站长消息"]


def test_the_front_matter_wins_over_body_and_tag():
    entry = entry_of(source=Source(name=" 甲  报 ", url="//jia.example", feed="x:y"), original="/1")
    assert entry.source == Source(name="甲 报", url="https://jia.example")
    assert entry.via == "https://finews.example.com/1"


def test_the_tag_names_the_source_where_the_body_does_not():  # quirks 25, 40
    assert entry_of(body="正文").source == Source(name="新京报")
    assert entry_of(body="正文", tags=("站长消息",)).source is None


def test_the_source_speaks_where_the_site_signs_everything():  # quirk 57
    assert entry_of(authors=(Person(name="Editor"),)).authors == ()
    assert entry_of(authors=(Person(name="Editor"),), body="x", tags=()).authors == (Person(name="Editor"),)
    both = (Person(name="Editor"), Person(name="Li"))
    assert entry_of(authors=both).authors == both


def test_people_without_a_name_are_left_out_and_their_addresses_made_absolute():
    people = (Person(name=" Li\n Wei ", uri="/li"), Person(name=" "), Person(name="Li Wei", uri="/li"))
    assert entry_of(authors=people).authors == (Person(name="Li Wei", uri="https://finews.example.com/li"),)


# Media


def test_the_front_matters_image_wins_over_the_contents():
    body = "![A cat](/cat.webp?s=1)\n\nx"
    assert entry_of(body=body, image="/a.png").image == Image(url="https://finews.example.com/a.png", type="image/png")
    assert entry_of(body=body).image == Image(
        url="https://finews.example.com/cat.webp?s=1", type="image/webp", alt="A cat"
    )
    assert entry_of(body=body, image="data:x").image == entry_of(body=body).image
    assert entry_of(body="<img src='/image.php'>").image.type == "image/jpeg"


def test_enclosures_are_absolute_and_unusable_ones_are_said():
    files = (
        Enclosure(url="/a.mp3", type="", length=-1),
        Enclosure(url="https://cdn.example.net/b", type="audio/x", length=9),
        Enclosure(url="data:x", type="audio/mpeg"),
    )
    assert entry_of(enclosures=files).enclosures == (
        Enclosure(url="https://finews.example.com/a.mp3", type="audio/mpeg"),
        Enclosure(url="https://cdn.example.net/b", type="audio/x", length=9),
    )
    assert codes_of(enclosures=files) == [("url-unusable", "data:x")]


# Time


def test_updated_starts_at_published_and_a_stated_one_wins_but_never_precedes_it():
    assert entry_of().updated == NEWS.published
    assert not entry_of().is_updated_stated
    later = NEWS.published + timedelta(hours=1)
    assert entry_of(updated=later).updated == later
    assert entry_of(updated=later).is_updated_stated
    assert entry_of(updated=NEWS.published - timedelta(hours=1)).updated == NEWS.published


# Significance


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Anders"},
        {"body": BODY.replace("下架", "封存")},
        {"body": BODY.replace("NW2021>", "NW2022>")},
        {"description": "Neu"},
        {"source": Source(name="乙")},
        {"image": "/a.png"},
        {"lang": "zh"},
        {"authors": (Person(name="Li"),)},
        {"enclosures": (Enclosure(url="/a.mp3", type="audio/mpeg"),)},
    ],
)
def test_what_readers_see_moves_the_fingerprint(changes):
    assert entry_of(**changes).fingerprint != entry_of().fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"categories": ("other",)},
        {"published": NEWS.published + timedelta(days=40)},
        {"permalink": "/own/place/"},
        {"path": "old_post/x.md"},
        {"body": BODY.replace("\n", "\r\n") + "\r\n \r\n"},
        {"body": BODY.replace("//finews.example.com/category/xinjingbao.html", "../x/").replace("｜", "\n")},
        {"body": BODY.partition("[返回")[0]},
        {
            "body": BODY.replace(
                "平台甲", '<span id="stock_1"><a class="keytip" href="/q">平台</a></span><span></span>甲'
            )
        },
        {"body": "<!-- x -->\n" + BODY.replace("</p><p class", '</p>\n<p style="display:none">x</p><p class')},
    ],
)
def test_navigation_tickers_white_space_and_places_do_not_move_the_fingerprint(changes):
    assert entry_of(**changes).fingerprint == entry_of().fingerprint


@pytest.mark.parametrize("url", ["http://finews.example.com", "https://other.example", "https://other.example/sub/"])
def test_a_move_to_another_host_does_not_move_the_fingerprint(url):
    body = "![x](pic.png) [y](#z) [q](//cdn.example.net/x)\n\nz"
    moved = entry_of(settings=on(url), body=body, image="/a.png")
    assert moved.fingerprint == entry_of(body=body, image="/a.png").fingerprint


def test_another_permalink_style_does_not_move_the_fingerprint_of_relative_references():
    body = "![x](pic.png) [y](#z)\n\nz"
    assert entry_of(body=body, permalink="/a/b/c/").fingerprint == entry_of(body=body).fingerprint


def test_a_live_chart_does_not_move_the_fingerprint():  # quirk 44
    chart = '<img src="http://webquoteklinepic.example.com/GetPic.aspx?token={}">'
    one, other = (entry_of(body=f"<p>x{chart.format(day)}</p>") for day in "12")
    assert one.content_html != other.content_html
    assert one.fingerprint == other.fingerprint
    assert one.image is None


# Whatever comes


def test_illegal_characters_are_dropped_everywhere_and_counted_once():  # quirk 52
    changes = {"title": "a\x00", "body": "b\x1f\ud800c", "tags": ("t\ufffe",), "description": "d\x01"}
    entry = entry_of(**changes)
    assert (entry.title, entry.content_html, entry.summary) == ("a", "<p>bc</p>", "d")
    assert [c.term for c in entry.categories] == ["xinjingbao", "t"]
    assert codes_of(**changes) == [("text-illegal-characters", "5")]


_TEXT = st.text(alphabet=st.characters(), max_size=60)


@given(title=_TEXT, body=_TEXT, term=_TEXT, address=_TEXT, is_html=st.booleans())
def test_any_post_becomes_an_entry_that_xml_can_carry(title, body, term, address, is_html):
    entry = entry_of(
        title=title,
        body=body,
        body_format="html" if is_html else "markdown",
        categories=(term,),
        tags=(f"{term}新闻",),
        guid=term,
        permalink=address,
        original=address,
        image=address,
        description=body[:9],
        source=Source(name=term, url=address),
        authors=(Person(name=term, uri=address),),
        enclosures=(Enclosure(url=address, type=""),),
    )
    assert entry.title
    for text in (entry.id, entry.title, entry.content_html, entry.summary, repr(entry.categories), entry.link):
        text.encode()
        assert not set(text) & {*map(chr, range(9)), "\x0b", "\x0c", "\ufffe", "\uffff"}
    assert entry.link.startswith("http")


@given(_TEXT)
def test_the_same_post_gives_the_same_entry(body):
    assert entry_of(body=body) == entry_of(body=body)


def test_a_post_whose_bare_addresses_become_no_links_says_so():
    crowded = "a@b.example " * 1_000
    assert codes_of(body=crowded) == [("addresses-crowded", "")]
    assert codes_of(body=crowded, body_format="html") == []
    assert codes_of(body="a@b.example " * 100) == []
