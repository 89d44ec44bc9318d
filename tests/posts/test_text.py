"""Text that is legal, on one line, and cut where a reader would cut it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.text import legal_text, one_line, shorten


def test_what_xml_cannot_carry_is_dropped_and_counted():
    assert legal_text("a\x00b\x07c\x0bd\x1fe\ud800f\ufffeg\uffff") == ("abcdefg", 7)


def test_tabs_line_ends_and_every_script_stay():
    text = "\tа\n中文 🐉 \x7f\x85\u2028\ue000\ufffd"
    assert legal_text(text) == (text, 0)


def test_every_line_end_becomes_lf_and_is_not_counted():
    assert legal_text("a\r\nb\rc\nd") == ("a\nb\nc\nd", 0)


@given(st.text(st.characters(exclude_categories=())))
def test_legal_text_is_what_an_xml_parser_gives_back(text):
    legal, dropped = legal_text(text)
    element = etree.Element("t")
    element.text = legal
    back = etree.fromstring(etree.tostring(element, encoding="utf-8")).text or ""
    assert back == legal
    assert legal_text(legal) == (legal, 0)
    assert (dropped == 0) == (legal == text.replace("\r\n", "\n").replace("\r", "\n"))


def test_white_space_of_every_kind_collapses():
    assert one_line("　 a\n\tb\u00a0\u3000c  ") == "a b c"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short enough", 12, "short enough"),
        ("the quick brown fox jumps", 20, "the quick brown fox…"),
        ("the quick brown fox jumps", 18, "the quick brown…"),
        ("据浙江消保委微信公众号消息", 6, "据浙江消保…"),
        ("据浙江，消保委", 5, "据浙江…"),
        ("a verylongwordthatnobodycanbreak", 12, "a verylongw…"),
        ("共 3 家公司 announce results", 14, "共 3 家公司…"),
        ("x", 0, ""),
        ("xy", 1, "…"),
    ],
)
def test_a_text_is_cut_at_a_word_or_a_cjk_character(text, limit, short):
    assert shorten(text, limit) == short


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("一e\u0301e\u0301e\u0301", 3, "一…"),
        ("一e\u0301e\u0301e\u0301", 4, "一e\u0301…"),
        ("一👨‍👩‍👧‍👦二三", 4, "一…"),
        ("一👍🏽二三", 3, "一…"),
        ("一🇩🇪🇨🇳二", 3, "一…"),
        ("一🇩🇪🇨🇳二", 5, "一🇩🇪…"),
        ("一☎️二三", 3, "一…"),
    ],
)
def test_a_character_of_several_parts_is_kept_or_left_out_as_a_whole(text, limit, short):
    assert shorten(text, limit) == short


@given(st.text(), st.integers(0, 40))
def test_a_cut_text_keeps_its_limit_and_begins_like_the_whole(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit or short == text
    if short and short != text:
        assert short.endswith("…")
        assert text.startswith(short[:-1])
