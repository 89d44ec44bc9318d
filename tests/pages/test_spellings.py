"""By what names are found."""

import pytest

from feeds.pages.spellings import collation, folded, spellings
from feeds.pages.wanted import Wanted, parse_wanted


@pytest.mark.parametrize("typed", ["新京", "xinjing", "XJB", "xjb新闻", "ｘｊｂ"])
def test_a_chinese_name_is_found_by_characters_pinyin_and_initials(typed):
    assert any(folded(typed).removesuffix("新闻") in line for line in spellings("新京报新闻").split("\n"))


def test_a_character_is_read_as_its_word_has_it():
    assert spellings("重庆日报 CQ").split("\n") == ["重庆日报 cq", "chongqingribao cq", "cqrb cq"]


@pytest.mark.parametrize(("name", "typed"), [("STRASSE", "straße"), ("Local  News", "local news"), ("ＮＨＫ", "nhk")])
def test_case_width_and_white_space_do_not_count(name, typed):
    assert folded(typed) in spellings(name)


def test_chinese_names_stand_among_latin_ones_by_their_pinyin():
    assert sorted(["新京报", "Zeit", "Alpha", "北京晚报"], key=collation) == ["Alpha", "北京晚报", "新京报", "Zeit"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", Wanted()),
        ("q=+Tide++clerk+&kind=tag&sort=name&page=3", Wanted("Tide clerk", "tag", "name", 3)),
        ("kind=site&sort=up&page=0", Wanted()),
        ("page=-1&kind=&sort=", Wanted()),
        ("page=99999999999999999999", Wanted()),
        ("q=%FF&page=1e3", Wanted("\ufffd")),
        ("q=%E6%BD%AE", Wanted("潮")),
    ],
)
def test_what_cannot_be_read_is_as_if_it_were_not_there(query, wanted):
    assert parse_wanted(query) == wanted
    assert parse_wanted(wanted.query.removeprefix("?")) == wanted
