import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from turbohtml import Text

from feeds.diagnostics import Found
from feeds.entries.markup import (
    Links,
    clean,
    finish,
    finished,
    markdown,
    serialised,
    text_of,
    tidy,
    tree_of,
)

BASE = "https://example.com/2021/post.html"


def links():
    return Links(base=BASE, found=Found("post.md"))


def cleaned(html):
    return clean(html, links())


def codes_of(html):
    into = links()
    clean(html, into)
    return [note.code for note in into.found]


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p style="display:none;height:1px"><br /></p><p>a</p>', "<p>a</p>"),  # quirk 43
        ("<p STYLE='color:red; Display : None'>x</p>a", "a"),
        ("<p hidden>x</p>a", "a"),
        ("<!-- EM_StockImg_Start -->a<!-- EM_StockImg_End -->", "a"),  # quirk 44
        (
            '<p>甲<span id="stock_1.6"><a class="keytip" data-code="6">乙</a></span><span id="quote_1"></span></p>',
            "<p>甲乙</p>",
        ),
        ('<span web="1" href="http://example.org/" class="em_stock_key_common">甲</span>', "甲"),  # quirk 45
        (
            '<center><img border="0" src="/a.png" width="580"></center>',
            '<div><img src="https://example.com/a.png" width="580"></div>',
        ),
        ("<p>《&lt;议定书&gt;修正案》</p>", "<p>《&lt;议定书&gt;修正案》</p>"),  # quirk 48
        ("<p>&amp;lt;</p>", "<p>&amp;lt;</p>"),
        ("<div><p> <span></span> </p></div>a", "a"),
        ("<p>&nbsp;</p><p>　</p>a", "a"),
        ("<b>a</b><span> </span><b>b</b>", "<b>a</b> <b>b</b>"),
        ("<font color=red>a</font><marquee>b</marquee>", "ab"),
        ("<script>x</script><style>x</style><iframe src=x></iframe><svg><text>x</text></svg>a", "a"),
        ('<p onclick="x" style="color:red" class="x" id="x" data-x="x">a</p>', "<p>a</p>"),
        ('<code class="x language-c++ y">a</code>', '<code class="language-c++">a</code>'),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>"),
        ("<details open><summary>a</summary>b</details>", '<details open=""><summary>a</summary>b</details>'),
        ("<noscript><img src=/a.png></noscript>", '<img src="https://example.com/a.png">'),
    ],
)
def test_only_what_readers_want_stays(html, kept):
    assert cleaned(html) == kept


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<a href="../x y">a</a>', '<a href="https://example.com/x%20y">a</a>'),
        ('<a href="//example.net/">a</a>', '<a href="https://example.net/">a</a>'),
        ('<a href="#top">a</a>', f'<a href="{BASE}#top">a</a>'),
        ('<a href="mailto:a@example.com">a</a>', '<a href="mailto:a@example.com">a</a>'),
        ('<a href="tel:+86100">a</a>', '<a href="tel:+86100">a</a>'),
        ('<a href="javascript:x">a</a>', "a"),
        ('<a href="">a</a><a name="x"></a>', "a"),
        ('<img src="a.png" srcset="b.png 1x, /c,d.png 2x">', '<img src="https://example.com/2021/a.png" srcset="https://example.com/2021/b.png 1x, https://example.com/c,d.png 2x">'),
        ('<img src="data:image/gif;base64,AA" data-src="/a.png">', '<img src="https://example.com/a.png">'),
        ('<video src="v.mp4" poster="/p.png" autoplay></video>', '<video src="https://example.com/2021/v.mp4" poster="https://example.com/p.png" controls=""></video>'),
        ('<audio><source src="javascript:x">none</audio>', "none"),
        ('<blockquote cite="/q">a</blockquote>', '<blockquote cite="https://example.com/q">a</blockquote>'),
    ],
)  # fmt: skip
def test_every_address_is_absolute_or_gone(html, kept):
    assert cleaned(html) == kept


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="/a.png" width="1" height="1">',
        '<img src="/a.png" height="0">',
        '<img src="https://pixel.wp.com/b.gif?x">',
        '<img src="/img/spacer.gif">',
        '<img src="https://www.google-analytics.com/collect?x">',
    ],
)
def test_a_pixel_that_counts_readers_goes(tag):
    assert cleaned(f"<p>a{tag}</p>") == "<p>a</p>"


def test_a_picture_is_no_pixel():
    for tag in ('<img src="/pixel-art/cat.png">', '<img src="/a.png" width="10" height="100%">'):
        assert "<img" in cleaned(tag)


@pytest.mark.parametrize(
    "html",
    ["<p>a b</p><p>c</p>", "<p>a\r\nb</p>\r\n<p>c</p>\r\n", "\n <p> a\n\n  b </p>  <!-- x --> \t<p>c</p><p></p>"],
)
def test_line_ends_indentation_and_blanks_do_not_count(html):
    assert cleaned(html) == "<p>a b</p><p>c</p>"


def test_white_space_in_preformatted_text_counts():
    assert cleaned("<p>a</p>\n<pre>\n  x\n\n  y </pre>\n<p>b</p>") == "<p>a</p><pre>  x\n\n  y </pre><p>b</p>"


def test_an_empty_link_is_dropped_and_said():
    assert cleaned("<p>a</p><p>&lt;&gt;</p>") == "<p>a</p>"
    assert codes_of("<p>&lt;&gt;</p>") == ["link-empty"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>a &lt;&gt; b</p>",
        "<p>a <i></i>&lt;&gt;</p>",
        "<p><b>a</b>&lt;&gt;</p>",
        "<table><td>&lt;&gt;</td></table>",
        "<code>&lt;&gt;</code>",
    ],
)
def test_two_brackets_with_a_meaning_stay(html):
    assert "&lt;&gt;" in cleaned(html)
    assert not codes_of(html)


def test_control_characters_written_as_references_are_dropped_and_said():
    assert cleaned("<p>a&#1;b</p><p>&#2;</p>") == "<p>ab</p>"
    assert codes_of("a&#1;") == ["text-illegal-characters"]


def test_an_unusable_address_is_said():
    assert codes_of('<img src="http://[bad"><a href="javascript:x">x</a>') == ["url-unusable", "url-unusable"]


def test_html_that_is_too_deep_is_published_as_text():
    html = "<div>" * 500 + "<p>a &lt; b</p><script>x</script><p>c</p>"
    assert cleaned(html) == "<p>a &lt; b</p><p>c</p>"
    assert codes_of(html) == ["body-too-deep"]


def test_a_long_flat_body_is_not_too_deep():
    assert codes_of("<p>a</p>" * 500) == []


def test_a_script_hidden_in_broken_markup_never_comes_through():
    for html in (
        "<svg><p><style><g title='</style><img src=x onerror=alert(1)>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<img src=x:alert(1) onerror=alert(1)>",
    ):
        kept = cleaned(html)
        assert "<script" not in kept
        assert "javascript:" not in kept
        assert "onerror" not in kept.replace("&quot;", "").split("&lt;")[0]


_TAGS = (
    "p div span b i em a img ul li ol table tr td th caption pre code blockquote h1 br hr details summary ruby rt rp dl"
    " dt dd button form center font nobr svg math select option textarea script style template video source picture"
    " figure input xmp plaintext noscript iframe title frameset object mi foreignObject"
)
_OTHER = (
    "<a href=/x>|<a href=#y>|<img src=a.png>|<p hidden>|<!-- c -->|<>|<?pi>|<![CDATA[x]]>|&amp;lt;|&nbsp;|&#1;|&#13;|\n| "
    "|\r\n|x|字|　|**|`|> |- |[^1]|{% x %}|<span lang=zh>|<input type=checkbox>|<svg><title>"
    "|<a href='http://a.b/，x'>http://a.b/，x</a>"
)
_PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in _TAGS.split()]),
    st.sampled_from([f"</{tag}>" for tag in _TAGS.split()]),
    st.sampled_from(_OTHER.split("|")),
    st.text(max_size=5),
)
_BODIES = st.lists(_PIECES, max_size=25).map("".join)


@given(_BODIES)
@example("<p>\x1b")
@example("<nobr><>")
@example("<>&#12;")
@example("<p><button><p>x</p></button></p>")
def test_cleaning_what_is_clean_changes_nothing(html):
    once = cleaned(html)
    assert cleaned(once) == once


@given(_BODIES)
def test_any_text_becomes_clean_html(text):
    once = cleaned(markdown(text))
    assert cleaned(once) == once
    assert isinstance(text_of(once), str)


_TEXTS = st.sampled_from(["a", " ", "（来源：甲）", "\n", "b < c", "&amp;", "http://x.example/", "　"])
_NESTING = st.recursive(
    _TEXTS,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(
            (
                "p",
                "div",
                "b",
                "a",
                "ul",
                "li",
                "pre",
                "table",
                "tr",
                "td",
                "span",
                "h2",
                "em",
                "blockquote",
                "svg",
                "script",
            )
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.lists(_NESTING, max_size=4).map("".join), st.data())
def test_what_is_left_of_a_fine_tree_needs_no_sanitiser(html, data):
    root = tree_of(html)
    tidy(root, links())
    if not finished(root, links()).was_fine:
        return
    texts = [node for node in root.descendants if isinstance(node, Text)]
    for text in data.draw(st.lists(st.sampled_from(texts), unique=True)) if texts else ():
        text.data = text.data[: data.draw(st.integers(0, 2))]
    assert serialised(root) == finish(root, links())
