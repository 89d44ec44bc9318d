"""Names are folded for matching and never for display; what the settings do not name is never merged."""

import pytest

from feeds.settings import load_settings
from feeds.sources import Sources


@pytest.fixture
def sources(tmp_path):
    known = [
        {"name": "证券时报", "aliases": ["Securities Times"]},
        {"name": "央视新闻"},
        {"name": "上海证券报·中国证券网"},
        {"name": "新华社"},
        {"name": "新华网"},
        {"name": "TechWeb"},
    ]
    return Sources(load_settings(tmp_path, environ={}, flags={"source": known}))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("SECURITIES times", "证券时报"),
        ("Ｓｅｃｕｒｉｔｉｅｓ　Ｔｉｍｅｓ", "证券时报"),
        ("证券时报网", "证券时报"),
        ("证券时报社", "证券时报"),
        ("证 券 时报", "证券时报"),
        ("央视新闻客户端", "央视新闻"),
        ("上海证券报中国证券网", "上海证券报·中国证券网"),
        ("techweb", "TechWeb"),
        ("新华社", "新华社"),
        ("新华网", "新华网"),
    ],
)
def test_case_width_dots_endings_and_white_space_do_not_tell_names_apart(sources, said, name):
    assert sources.canonical(said) == name
    assert sources.source(said).name == name


@pytest.mark.parametrize("said", ["新华", "证券日报", "Ｔｅｃｈ　Daily", "央视", "35氪"])
def test_a_name_that_the_settings_do_not_know_is_shown_as_it_is_written(sources, said):
    assert sources.known(said) is None
    assert sources.canonical(said) == " ".join(said.split())
