import re

import pytest

from feeds.diagnostics import Found
from feeds.entries.endings import drop_navigation, take_original
from feeds.entries.markup import Links, finish, markdown, tidy, tree_of

BASE = "https://finews.example.com/emnews/2021/12/08/1.html"
NAVIGATION = (re.compile(r"返回.*"), re.compile("Home"))
NEWS = '<p>正文</p><p class="em_media">（文章来源：新京报）</p>\n\n'
CLEAN = "<p>正文</p><p>（文章来源：新京报）</p>"
ORIGINAL = "http://finance.example.org/a/1.html"


def ending_of(text, *, is_original=True):
    links = Links(base=BASE, found=Found("post.md"))
    root = tree_of(markdown(text))
    tidy(root, links)
    drop_navigation(root, NAVIGATION)
    return take_original(root, is_original=lambda _: is_original), finish(root, links)


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
    assert ending_of(f"{NEWS}<{ORIGINAL}>\n\n{navigation}") == (ORIGINAL, CLEAN)


def test_original_and_navigation_may_share_a_paragraph():
    assert ending_of(f"{NEWS}<{ORIGINAL}>\n[返回](../)\n[返回首页](/)") == (ORIGINAL, CLEAN)


def test_an_empty_link_is_no_original():  # quirk 32
    assert ending_of(f"{NEWS}<>\n\n[返回](../)") == (None, CLEAN)


def test_the_original_may_stand_above_the_credit():
    assert ending_of(f"正文\n\n<{ORIGINAL}>\n\n（文章来源：新京报）") == (ORIGINAL, CLEAN)


def test_html_without_paragraphs_has_an_ending_too():
    links = Links(base=BASE, found=Found("post.html"))
    root = tree_of(f'正文<br><a href="{ORIGINAL}">{ORIGINAL}</a><br><a href="/">返回</a>')
    tidy(root, links)
    assert drop_navigation(root, NAVIGATION)
    assert "返回" not in finish(root, links)


def test_navigation_inside_a_wrapper_goes_with_it():
    assert ending_of('<p>a</p><div><div class="nav"><p><a href="/">返回首页</a></p></div></div>') == (None, "<p>a</p>")


@pytest.mark.parametrize("text", ["请看[返回首页](/)。", "[返回首页](/)\n\n正文"])
def test_a_link_back_that_does_not_end_the_body_is_content(text):
    assert "返回首页" in ending_of(text)[1]


def test_a_bare_address_at_the_end_of_somebodys_own_post_is_content():
    original, html = ending_of(f"My post\n\n<{ORIGINAL}>", is_original=False)
    assert original is None
    assert ORIGINAL in html


@pytest.mark.parametrize(
    "link", ["[阅读原文]({})", "原文链接：<{}>", "[Read the original »]({})", "Original: <{}>", "[元記事]({})"]
)
def test_a_link_that_says_that_it_leads_to_the_original_does(link):
    assert ending_of(NEWS + link.format(ORIGINAL), is_original=False) == (ORIGINAL, CLEAN)


def test_a_named_link_at_the_end_is_content():
    original, html = ending_of(f"{NEWS}[相关报道]({ORIGINAL})")
    assert original is None
    assert "相关报道" in html


@pytest.mark.parametrize("words", ["详见 ", "详见", "**详见**", "甲\n乙 "])
def test_an_address_behind_words_is_content(words):
    original, html = ending_of(f"{NEWS}{words}<{ORIGINAL}>")
    assert original is None
    assert ORIGINAL in html
