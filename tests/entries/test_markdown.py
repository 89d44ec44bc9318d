import pytest

from feeds.diagnostics import Found
from feeds.entries.markup import Links, clean, markdown, settle_liquid, without_attribute_lists


@pytest.fixture
def found():
    return Found("post.md")


@pytest.fixture
def published(found):
    def publish(text):
        links = Links(base="https://example.com/2021/post.html", found=found)
        return clean(markdown(without_attribute_lists(settle_liquid(text, line=7, found=found))), links)

    return publish


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**稳健的。**央行", "<p><strong>稳健的。</strong>央行</p>"),
        ("~~old~~", "<p><del>old</del></p>"),
        ("- [x] done\n- [ ] open", "<ul><li>☑ done</li><li>☐ open</li></ul>"),
        ("word\n\n: meaning", "<dl><dt>word</dt><dd><p>meaning</p></dd></dl>"),
        ("www.example.org", '<p><a href="http://www.example.org">www.example.org</a></p>'),
        ("a <b>raw</b> b", "<p>a <b>raw</b> b</p>"),
        (
            "|a|b|\n|-|-:|\n|1|2|",
            '<table><thead><tr><th>a</th><th align="right">b</th></tr></thead><tbody><tr><td>1</td><td align="right">2</td></tr></tbody></table>',
        ),
    ],
)
def test_githubs_dialect_is_understood(published, text, html):
    assert published(text) == html


def test_markdown_html_and_links_stand_in_one_body(published):
    text = "> 摘要\n\n<p>正文</p>\n<p>又</p>\n\n<http://example.org/1>"
    assert published(text) == (
        "<blockquote><p>摘要</p></blockquote><p>正文</p><p>又</p>"
        '<p><a href="http://example.org/1">http://example.org/1</a></p>'
    )


def test_footnotes_keep_their_numbers_and_no_ids_that_could_collide(published):
    html = published("a[^1]\n\n[^1]: note")
    assert html == "<p>a<sup>1</sup></p><section><ol><li><p>note</p></li></ol></section>"


def test_a_bare_address_ends_where_chinese_punctuation_begins(published):
    assert published("见http://example.org/a，再见") == (
        '<p>见<a href="http://example.org/a">http://example.org/a</a>，再见</p>'
    )


def test_an_address_may_hold_chinese_letters(published):
    assert '<a href="http://example.org/%E6%96%B0%E9%97%BB">' in published("<http://example.org/新闻>")


def test_raw_liquid_is_published_without_its_markers(published, found):
    assert published("{% raw %}{{ page.title }}{% endraw %}") == "<p>{{ page.title }}</p>"
    assert not list(found)


def test_highlighted_code_becomes_a_code_block(published, found):
    text = "before\n{% highlight ruby linenos %}\nputs 1 < 2\n\n  x\n{% endhighlight %}\nafter"
    assert published(text) == (
        '<p>before</p><pre><code class="language-ruby">puts 1 &lt; 2\n\n  x\n</code></pre><p>after</p>'
    )
    assert not list(found)


def test_a_liquid_comment_is_not_published(published):
    assert published("a {% comment %}secret{% endcomment %}b") == "<p>a b</p>"


def test_other_liquid_stays_and_is_said_once_for_each_name(published, found):
    html = published("a {% include x.html %}\n\nb {%- include y.html -%} {{ site.url }} {{ site.url | upcase }}")
    assert html == "<p>a {% include x.html %}</p><p>b {%- include y.html -%} {{ site.url }} {{ site.url | upcase }}</p>"
    assert [(note.code, note.line, note.detail) for note in found] == [
        ("liquid-left", 7, "{% include x.html %}"),
        ("liquid-left", 9, "{{ site.url }}"),
    ]


def test_liquid_that_is_never_closed_stays(published):
    assert published("a {% raw %} b {{ c") == "<p>a {% raw %} b {{ c</p>"


def test_a_link_that_only_a_template_could_fill_is_unwrapped(published, found):
    assert published('<a href="{{ site.url }}/x">x</a>') == "<p>x</p>"
    assert "url-unusable" in {note.code for note in found}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n{: .lead #top}", "<p>a</p>"),
        ('*a*{: .x title="t"} b', "<p><em>a</em> b</p>"),
        ("* TOC\n{:toc}\n\na", "<p>a</p>"),
        ("1. here\n{: toc}\n\na", "<p>a</p>"),
        ("{::options parse_block_html='true' /}\n\na", "<p>a</p>"),
        ("## a {#top .x}", "<h2>a</h2>"),
        ("`{: .x}`", "<p><code>{: .x}</code></p>"),
        ("```\n{: .x}\n```", "<pre><code>{: .x}\n</code></pre>"),
        ("{:ok, 1}", "<p>{:ok, 1}</p>"),
        ("a {b}", "<p>a {b}</p>"),
    ],
)
def test_kramdowns_attribute_lists_go_and_other_braces_stay(published, text, html):
    assert published(text) == html


@pytest.mark.parametrize("address", ["a@b.example", "a&commat;b.example", "a&#64;b.example", r"a\@b.example"])
def test_a_line_of_addresses_without_end_ends_no_process(address):
    html = markdown(f"{address} " * 40_000)
    assert html.count("a@b.example") == 40_000


def test_addresses_become_links_wherever_there_are_not_hundreds_on_a_line():
    lines = "\n".join(["hello@desk.example https://desk.example/"] * 1_000)
    assert markdown(lines).count("<a href=") == 2_000
    assert 'href="mailto:a@b.example"' in markdown("a@b.example " * 100)
