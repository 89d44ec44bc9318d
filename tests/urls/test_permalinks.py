from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.urls import permalink

POST = {
    "published": datetime(2021, 12, 31, 20, 4, 5, tzinfo=UTC),  # 2022-01-01 04:04:05 in Shanghai, a Saturday
    "zone": ZoneInfo("Asia/Shanghai"),
    "slug": "NW2021_报告 v1.2",
    "title": "A title nobody puts into addresses",
    "categories": ("Xin Jing", "财经", "xin jing"),
    "section": "news/china",
    "basename": "2022-01-01-NW2021",
    "path": "news/china/2022-01-01-NW2021",
}


@pytest.mark.parametrize(
    ("style", "path"),
    [
        ("date", "/xin jing/财经/2022/01/01/NW2021_报告-v1.2.html"),
        ("pretty", "/xin jing/财经/2022/01/01/NW2021_报告-v1.2/"),
        ("ordinal", "/xin jing/财经/2022/001/NW2021_报告-v1.2.html"),
        ("weekdate", "/xin jing/财经/2022/W52/Sat/NW2021_报告-v1.2.html"),
        ("none", "/xin jing/财经/NW2021_报告-v1.2.html"),
    ],
)
def test_each_built_in_style_of_jekyll_gives_its_path(style, path):
    assert permalink(style, **POST) == path


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/:year-:month-:day/", "/2022-01-01/"),
        ("/:short_year/:i_month/:i_day", "/22/1/1"),
        ("/:short_month/:long_month", "/Jan/January"),
        ("/:hour:minute:second", "/040405"),
        ("/:y_day/:w_year/:week/:w_day/:long_day", "/001/2021/52/6/Saturday"),
        ("/:slug/", "/nw2021-报告-v1-2/"),
        ("/:slugified_categories/x", "/xin-jing/财经/x"),
        ("/:path", "/news/china/2022-01-01-NW2021"),
        ("/:name", "/2022-01-01-nw2021"),
        ("/:basename:output_ext", "/2022-01-01-NW2021.html"),
        ("/:year_:month", "/2022_01"),
        ("/:section/:filename/", "/news/2022-01-01-NW2021/"),
        ("/:sections/:contentbasename/", "/news/china/2022-01-01-NW2021/"),
        ("/:slugorfilename/:monthname/:weekday/:yearday", "/NW2021_报告 v1.2/January/6/1"),
        ("no/slash", "/no/slash"),
        ("/:nonsense/", "/:nonsense/"),
    ],
)
def test_each_token_stands_for_its_part(template, path):
    assert permalink(template, **POST) == path


def test_empty_parts_and_dots_collapse():
    bare = POST | {"categories": (), "section": ""}
    assert permalink("/:categories/:section//./../:year/", **bare) == "/2022/"
    assert permalink("", **bare) == "/"


def test_a_post_without_slug_is_named_by_its_file_then_by_its_title():
    assert permalink("/:slug", **POST | {"slug": ""}) == "/2022-01-01-nw2021"
    assert permalink("/:slug", **POST | {"slug": "", "basename": ""}) == "/a-title-nobody-puts-into-addresses"


def test_marks_belong_to_their_letters_in_slugs():
    assert permalink("/:slug", **POST | {"slug": "हिन्दी समाचार"}) == "/हिन्दी-समाचार"


def test_names_of_months_do_not_follow_the_locale_of_the_process():
    import locale

    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert permalink("/:long_month", **POST) == "/January"
    finally:
        locale.setlocale(locale.LC_TIME, before)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_slug_gives_one_rooted_path(slug, section):
    path = permalink("/:section/:slug/:title/", **POST | {"slug": slug, "section": section})
    assert path.startswith("/")
    assert "//" not in path
    assert not {".", ".."} & set(path.split("/"))
