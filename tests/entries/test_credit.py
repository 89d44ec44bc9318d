from dataclasses import replace
from datetime import UTC, datetime
from html import escape

import pytest

from feeds.diagnostics import Found
from feeds.entries.compose import compose
from feeds.entries.credit import credit_line, filled
from feeds.entries.markup import Links, clean
from feeds.model import Enclosure, Post, Source
from feeds.settings import Settings

LINKS = Links(base="https://example.com/a/", found=Found("a.md"))
TIMES = Source(name="Times & Co", url="https://times.example/?a=1&b=2")
PAGE = "https://times.example/a.html"
POST = Post(
    path="_posts/a.md",
    key="a",
    digest="0",
    title="标题",
    published=datetime(2021, 12, 29, tzinfo=UTC),
    slug="a",
    basename="a",
    lang="zh-CN",
    original="https://xjb.example/1",
    body="正文第一段。\n\n正文第二段。",
)
LINE = "\n\n（文章来源：新京报）"


def line_of(source=TIMES, original=PAGE, *, language="en", templates=None):
    return credit_line(source, original, language=language, templates=templates or {}, links=LINKS)


def entry_of(post=POST, *, source=(), found=None, **attribution):
    settings = Settings.model_validate(
        {"site": {"url": "https://example.com", "language": "zh-CN"}, "source": source, "attribution": attribution}
    )
    return compose(
        post, settings=settings, authority="example.com,2021", found=Found("a.md") if found is None else found
    )


def with_line(**changes):
    return replace(POST, body=POST.body + LINE, **changes)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Source: X · Read the original"),
        ("en-GB", "Source: X · Read the original"),
        ("zh-CN", "来源：X · 阅读原文"),
        ("zh-TW", "來源：X · 閱讀原文"),
        ("zh-Hant-HK", "來源：X · 閱讀原文"),
        ("de", "Quelle: X · Original lesen"),
        ("fr", "Source : X · Lire l’original"),
        ("es", "Fuente: X · Leer el original"),
        ("ja", "出典：X · 元記事を読む"),
        ("ko", "출처: X · 원문 보기"),
        ("cy", "Source: X · Read the original"),
    ],
)
def test_the_credit_line_speaks_the_language_of_the_entry(language, words):
    source, _, original = words.partition(" · ")
    assert line_of(Source(name="X"), language=language) == f'<p>{source} · <a href="{PAGE}">{original}</a></p>'


def test_names_and_addresses_are_escaped():
    assert line_of(original=None) == ('<p>Source: <a href="https://times.example/?a=1&amp;b=2">Times &amp; Co</a></p>')
    assert line_of(Source(name="<b>x</b>", url="javascript:x"), None) == "<p>Source: &lt;b&gt;x&lt;/b&gt;</p>"


@pytest.mark.parametrize(
    ("template", "source_alone", "original_alone"),
    [
        ("Source: {source} · {original}", "Source: S", "O"),
        ("{original} – by {source}", "by S", "O"),
        ("({source} | at {original})", "(S)", "(at O)"),
        ("<em>From {source}, {original}.</em>", "<em>From S.</em>", "<em>O.</em>"),
        ("{source}", "S", ""),
        ("Nothing", "", ""),
    ],
)
def test_an_unknown_half_goes_with_its_words(template, source_alone, original_alone):
    page = "https://o.example/"
    own = {"en": template}
    shown = line_of(Source(name="S"), None, templates=own)
    assert shown == (f"<p>{source_alone}</p>" if source_alone else "")
    shown = line_of(None, page, templates=own).replace(f'<a href="{page}">Read the original</a>', "O")
    assert shown == (f"<p>{original_alone}</p>" if original_alone else "")


def test_a_sites_own_template_wins_and_is_made_harmless():
    own = {"zh": "转自 {source}<script>x</script>", "en": "By {source}"}
    assert line_of(Source(name="X"), None, language="zh-CN", templates=own) == "<p>转自 X</p>"
    assert line_of(Source(name="X"), None, language="cy", templates=own) == "<p>By X</p>"
    assert line_of(None, None) == ""


# In the content


def test_what_the_body_says_is_not_said_again():
    bare = "<p>正文第一段。</p><p>正文第二段。</p>"
    page = '<p><a href="https://xjb.example/1">阅读原文</a></p>'
    assert entry_of(with_line()).content_html == bare + "<p>（文章来源：新京报）</p>" + page
    assert entry_of(replace(POST, tags=("新京报新闻",))).content_html == (
        bare + '<p>来源：新京报 · <a href="https://xjb.example/1">阅读原文</a></p>'
    )
    assert entry_of(with_line(original=None)).content_html == bare + "<p>（文章来源：新京报）</p>"
    linked = replace(POST, body="见[原件](https://xjb.example/1)。正文。", tags=("新京报新闻",))
    assert entry_of(linked).content_html.endswith("<p>来源：新京报</p>")


def test_the_source_line_leaves_and_the_credit_line_says_it():
    entry = entry_of(with_line(), drop_source_line=True)
    assert entry.content_html == (
        '<p>正文第一段。</p><p>正文第二段。</p><p>来源：新京报 · <a href="https://xjb.example/1">阅读原文</a></p>'
    )


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("<p>甲。<br>乙。<br>（文章来源：新京报）</p>", "<p>甲。<br>乙。</p>"),
        ("<p>甲。（文章来源：上海<span>证<b>券</b></span>报）</p>", "<p>甲。</p>"),
        ("<div><p>甲。</p><p><em>来源：新京报</em></p></div>", "<div><p>甲。</p></div>"),
        ('<p>甲。</p><p class="em_media">新京报</p><p>乙。</p>', "<p>甲。</p><p>乙。</p>"),
        ("来源：新京报\n\n甲。", "<p>甲。</p>"),
        ("甲。\n来源：新京报", "<p>甲。</p>"),
        ("甲。（财联社）", "<p>甲。（财联社）</p>"),  # part of the text
    ],
)
def test_only_the_line_that_names_the_source_leaves(body, html):
    entry = entry_of(replace(POST, body=body), drop_source_line=True, credit=False)
    assert entry.source
    assert entry.content_html == html


@pytest.mark.parametrize(
    "body",
    [
        "<p>甲。</p>\n<p>（文章来源：新京报）</p>\n<p>乙。</p>",
        "<p>甲。</p>\n<p>（文章来源：新京报）</p>",
        "<p>（文章来源：新京报）</p>\n<p>甲。</p>",
        "<p>（文章来源：新京报）</p>",
        "甲 <p>（文章来源：新京报）</p> 乙",
        "<p>（文章来源：新京报）</p><p>甲。</p><p>（文章来源：新京报）</p>",
        '<p>（文章来源：新京报）</p><p>甲。</p><p title="乙">（文章来源：新京报）</p>',
        "<p>甲。</p><p>　　（文章来源：新京报） </p><p>乙。</p>",
        '<p>甲。</p><p class="em_media">（文章来源：甲&amp;乙）</p><h2>丙</h2>',
        '<p>甲。</p><p class="em_media">甲。（来源：新京报）</p>',
        "<ul><li>甲</li></ul><p>来源：新京报</p><pre>  乙</pre>",
    ],
)
def test_what_counts_of_a_post_is_the_same_whether_its_source_line_is_shown_or_not(body):
    shown, dropped = (entry_of(replace(POST, body=body), drop_source_line=drop) for drop in (False, True))
    assert shown.source
    assert (shown.fingerprint, shown.summary) == (dropped.fingerprint, dropped.summary)


def test_without_credit_nothing_is_added():
    assert entry_of(replace(POST, tags=("新京报新闻",)), credit=False).content_html == (
        "<p>正文第一段。</p><p>正文第二段。</p>"
    )


@pytest.mark.parametrize(
    ("title", "lang", "shown"),
    [
        ("标题", "zh-CN", "标题（新京报）"),
        ("標題", "ja", "標題（新京报）"),
        ("Title", "en", "Title (新京报)"),
        ("标题（新京报）", "zh", "标题（新京报）"),
    ],
)
def test_the_source_stands_behind_the_title_once(title, lang, shown):
    assert entry_of(with_line(title=title, lang=lang), title_suffix=True).title == shown


# Restrictions and the fingerprint

RESTRICTED = [
    ({"content": "summary"}, '<p>正文第一段。</p><p>来源：新京报 · <a href="https://xjb.example/1">阅读原文</a></p>', "正文第一段。"),
    ({"content": "title"}, '<p>来源：新京报 · <a href="https://xjb.example/1">阅读原文</a></p>', ""),
]  # fmt: skip


@pytest.mark.parametrize(("restriction", "html", "summary"), RESTRICTED)
def test_a_restriction_leaves_what_it_allows_and_the_credit(restriction, html, summary):
    files = (Enclosure(url="/a.mp3", type="audio/mpeg"),)
    entry = entry_of(with_line(enclosures=files), source=[{"name": "新京报", **restriction}])
    assert (entry.content_html, entry.summary, entry.enclosures) == (html, summary, ())


@pytest.mark.parametrize("restriction", [{"content": "none"}, {"republish": False}])
@pytest.mark.parametrize("name", ["新京报", "港口网"])
def test_what_may_not_be_republished_is_no_entry(restriction, name):
    found = Found("a.md")
    post = with_line(via=Source(name="港口网"))
    assert entry_of(post, source=[{"name": name, **restriction}], found=found) is None
    assert [(one.code, one.detail) for one in found] == [("source-withheld", "新京报, 港口网")]


def test_the_stricter_of_origin_and_aggregator_counts():
    register = [{"name": "新京报", "content": "summary"}, {"name": "港口网", "content": "title"}]
    assert entry_of(with_line(via=Source(name="港口网")), source=register).summary == ""


@pytest.mark.parametrize(
    "others",
    [
        {"credit": False},
        {"templates": {"zh": "{original}"}},
        {"drop_source_line": True},
        {"title_suffix": True},
        {"source": [{"name": "新京报", "content": "summary"}]},
        {"source": [{"name": "新京报", "content": "title"}]},
        {"source": [{"name": "新京报", "url": "https://xjb.example/", "license": "CC"}]},
        {"source": [{"name": "北京新闻", "aliases": ["新京报"]}]},
        {"source": [{"name": "新京报", "role": "aggregator"}]},
    ],
)
def test_what_we_say_of_an_entry_does_not_move_its_fingerprint(others):
    assert entry_of(with_line(), **others).fingerprint == entry_of(with_line()).fingerprint


def test_the_source_line_itself_does_not_count_but_another_source_does():
    tagged = replace(POST, tags=("新京报新闻",))
    assert entry_of(replace(tagged, body=POST.body + LINE)).fingerprint == entry_of(tagged).fingerprint
    other = replace(POST, body=POST.body + LINE.replace("新京报", "晨报"))
    assert entry_of(other).fingerprint != entry_of(with_line()).fingerprint


@pytest.mark.parametrize(
    ("title", "site", "words"),
    [
        ("七号泊位本周重新开放", "en", "来源：潮声"),
        ("七号泊位", "ja", "出典：潮声"),
        ("灯台のある港", "en", "出典：潮声"),
        ("항구의 등대", "de", "출처: 潮声"),
        ("The harbour", "de", "Quelle: 潮声"),
        ("IPO 与 ETF", "en", "Source: 潮声"),
    ],
)
def test_a_post_that_names_no_language_is_credited_in_that_of_its_script_or_of_the_site(title, site, words):
    post = replace(POST, title=title, lang=None, source=Source(name="潮声"))
    settings = Settings.model_validate({"site": {"language": site}})
    entry = compose(post, settings=settings, authority="example.com,2026", found=Found(post.path))
    assert words in entry.content_html


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        "https://times.example/?a=1&b=2&copy=3#it's",
        "http://a-b.c.example/%E4%BD%A0/(x);y=~z",
        "http://1.2.3.4/x",
        "https://xn--a.example/",
        "http://host_name.example/",
        "HTTPS://Times.Example/",
        "https://original.invalid/",
    ],
)
def test_a_line_is_what_cleaning_it_alone_gives(address, language):
    template = "Source: {source} · {original}" if language == "en" else "来源：{source} · {original}"
    words = "Read the original" if language == "en" else "阅读原文"
    source = Source(name="Times & Co <x>", url=address)
    shown = {
        "source": f'<a href="{escape(address)}">Times &amp; Co &lt;x&gt;</a>',
        "original": f'<a href="{escape(address)}">{words}</a>',
    }
    assert line_of(source, address, language=language) == clean(f"<p>{filled(template, shown)}</p>", LINKS)
