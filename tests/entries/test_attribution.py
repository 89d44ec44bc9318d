import re

import pytest

from feeds.diagnostics import Found
from feeds.entries.attribution import source_in_tags, stated_source
from feeds.entries.endings import Ending, take_ending
from feeds.entries.markup import Links, finish, markdown, tidy, tree_of

BASE = "https://finews.example.com/emnews/2021/12/08/1.html"
NAVIGATION = (re.compile(r"返回.*"), re.compile("Home"))


def ending_of(text, *, is_syndicated=False):
    links = Links(base=BASE, found=Found("post.md"))
    root = tree_of(markdown(text))
    tidy(root, links)
    ending = take_ending(root, navigation=NAVIGATION, is_syndicated=is_syndicated)
    return ending, finish(root, links)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("（文章来源：新京报）", "新京报"),
        ("……结束。（文章来源：新京报）", "新京报"),
        ("（ 文章来源: 证券时报网 ）", "证券时报网"),
        ("（来源：某研究所）", None),  # the source of figures
        ("(文章来源：界面新闻)", "界面新闻"),
        ("（文章来源：安信国际证券(香港)）", "安信国际证券(香港)"),
        ("文章来源：财联社", "财联社"),
        ("（文章来源：甲）（文章来源：乙）（责任编辑：丙）", "乙"),
        ("图片来源：霍尼韦尔官网", None),  # quirk 42
        ("（图片来源：新华社）", None),
        ("（责任编辑：甲）", None),
        ("（明年）", None),
        ("文章来源：他说，这很复杂 还有", None),
        ("（文章来源：）", None),
    ],
)
def test_a_paragraph_states_a_source_or_none(text, name):
    assert stated_source(text) == name


def test_a_source_split_across_elements_is_read_as_text():  # quirk 37
    text = (
        '<p>正文</p><p>（文章来源：上海<span id="bk_90.BK0473"><a href="http://q.example.com/x" class="keytip">证券</a>'
        '</span><span id="bkquote_90"></span>报）</p>'
    )
    ending, html = ending_of(text)
    assert ending.stated == "上海证券报"
    assert html == "<p>正文</p><p>（文章来源：上海证券报）</p>"


NEWS = '<p>正文</p><p class="em_media">（文章来源：新京报）</p>\n\n'
ORIGINAL = "http://finance.example.org/a/1.html"


@pytest.mark.parametrize(
    "navigation",
    [
        "[返回新京报新闻](//finews.example.com/category/x.html)｜[返回首页](//finews.example.com/)",
        "[返回新京报新闻](../emnews/)\n[返回首页](../)",
        "[返回新京报新闻](../emnews/)\n\n[返回首页](../)",
        "[返回新京报新闻](../emnews/) | [Home](/) ·\n",
        "",
    ],
)
def test_a_template_migration_changes_neither_content_nor_original(navigation):  # quirks 6, 33, 34
    ending, html = ending_of(f"{NEWS}<{ORIGINAL}>\n\n{navigation}")
    assert ending == Ending(stated="新京报", original=ORIGINAL)
    assert html == "<p>正文</p><p>（文章来源：新京报）</p>"


def test_original_and_navigation_may_share_a_paragraph():
    ending, html = ending_of(f"{NEWS}<{ORIGINAL}>\n[返回](../)\n[返回首页](/)")
    assert ending.original == ORIGINAL
    assert html == "<p>正文</p><p>（文章来源：新京报）</p>"


def test_an_empty_link_is_no_original():  # quirk 32
    ending, html = ending_of(f"{NEWS}<>\n\n[返回](../)")
    assert ending == Ending(stated="新京报")
    assert html == "<p>正文</p><p>（文章来源：新京报）</p>"


def test_the_original_may_stand_above_the_credit():
    ending, html = ending_of(f"正文\n\n<{ORIGINAL}>\n\n（文章来源：新京报）")
    assert ending == Ending(stated="新京报", original=ORIGINAL)
    assert html == "<p>正文</p><p>（文章来源：新京报）</p>"


def test_html_without_paragraphs_has_an_ending_too():
    links = Links(base=BASE, found=Found("post.html"))
    root = tree_of(f'正文<br>（文章来源：甲）<br><a href="{ORIGINAL}">{ORIGINAL}</a><br><a href="/">返回</a>')
    tidy(root, links)
    ending = take_ending(root, navigation=NAVIGATION, is_syndicated=False)
    assert ending.stated == "甲"
    assert "返回" not in finish(root, links)


def test_navigation_inside_a_wrapper_goes_with_it():
    _, html = ending_of('<p>a</p><div><div class="nav"><p><a href="/">返回首页</a></p></div></div>')
    assert html == "<p>a</p>"


def test_a_link_in_a_sentence_is_no_navigation():
    text = "请看[返回首页](/)。"
    _, html = ending_of(text)
    assert "返回首页" in html


def test_navigation_in_the_middle_is_content():
    _, html = ending_of("[返回首页](/)\n\n正文")
    assert "返回首页" in html


def test_a_bare_address_at_the_end_of_somebodys_own_post_is_content():
    ending, html = ending_of(f"My post\n\n<{ORIGINAL}>")
    assert ending == Ending()
    assert ORIGINAL in html


def test_a_bare_address_at_the_end_of_a_syndicated_post_is_the_original():
    ending, html = ending_of(f"正文\n\n<{ORIGINAL}>", is_syndicated=True)
    assert ending == Ending(original=ORIGINAL)
    assert html == "<p>正文</p>"


def test_a_named_link_at_the_end_is_content():
    ending, html = ending_of(f"{NEWS}[相关报道]({ORIGINAL})")
    assert ending.original is None
    assert "相关报道" in html


@pytest.mark.parametrize("words", ["详见 ", "详见", "**详见**", "甲\n乙 "])
def test_an_address_behind_words_is_content(words):
    ending, html = ending_of(f"{NEWS}{words}<{ORIGINAL}>")
    assert ending.original is None
    assert ORIGINAL in html


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (("新京报新闻",), "新京报"),
        (("东财滚动新闻", "股市"), "东财滚动"),
        (("站长消息",), None),  # quirk 25
        (("新闻",), None),  # quirk 18
        (("国际新闻", "体育新闻"), None),
        ((), None),
    ],
)
def test_the_one_tag_with_the_suffix_names_a_source(tags, name):
    assert source_in_tags(tags, "新闻") == name


def test_without_a_suffix_no_tag_names_a_source():
    assert source_in_tags(("新京报新闻",), "") is None
