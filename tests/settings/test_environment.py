import os
from pathlib import Path

import pytest

from feeds.errors import SettingsError
from feeds.settings import Settings, load_settings


def load(environ: dict[str, str]) -> Settings:
    return load_settings(Path(os.devnull), environ=environ, flags={})


def only_mistake(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    (said,) = caught.value.mistakes
    return said


def test_text_stays_text_even_where_it_looks_like_something_else():
    site = load({"FEEDS_SITE__TITLE": "2021", "FEEDS_SITE__DESCRIPTION": "true", "FEEDS_SITE__AUTHOR": '"x"'}).site
    assert (site.title, site.description, site.author) == ("2021", "true", '"x"')


@pytest.mark.parametrize("text", ["1_000", "1000", " 1000 "])
def test_numbers_are_read_as_in_toml_or_json(text):
    assert load({"FEEDS_FEEDS__WINDOW": text}).feeds.window == 1000


@pytest.mark.parametrize("text", ["true", "True", "yes", "on", "1"])
def test_the_usual_words_for_true_are_read(text):
    assert load({"FEEDS_CONTENT__DRAFTS": text}).content.drafts is True


@pytest.mark.parametrize("text", ['["a", "b"]', "['a', 'b']", '["a", "b",]'])
def test_lists_are_read_as_in_json_or_toml(text):
    assert load({"FEEDS_CONTENT__ROOTS": text}).content.roots == ("a", "b")


def test_feeds_of_their_own_are_read_from_a_list():
    (feed,) = load({"FEEDS_FEED": '[{"address": "/tag/x", "window": 3}]'}).feed
    assert (feed.address, feed.window) == ("/tag/x", 3)


def test_a_table_and_one_of_its_keys_may_both_be_given_and_the_key_wins():
    site = load({"FEEDS_SITE": '{"title": "a", "author": "a"}', "FEEDS_SITE__TITLE": "b"}).site
    assert (site.title, site.author) == ("b", "a")


def test_a_file_gives_its_value_without_the_line_end(tmp_path):
    (tmp_path / "secret").write_text("八点\n", "utf-8")
    assert load({"FEEDS_SITE__TITLE_FILE": str(tmp_path / "secret")}).site.title == "八点"


def test_a_value_from_a_file_is_not_repeated_in_a_message(tmp_path):
    (tmp_path / "secret").write_text("hush", "utf-8")
    said = only_mistake({"FEEDS_SERVER__PORT_FILE": str(tmp_path / "secret")})
    assert said.startswith("environment FEEDS_SERVER__PORT_FILE: server.port is not a whole number")
    assert "hush" not in said


def test_a_missing_file_is_a_mistake_with_its_name():
    said = only_mistake({"FEEDS_SITE__TITLE_FILE": "/no/such/file"})
    assert said.startswith('environment FEEDS_SITE__TITLE_FILE: the file "/no/such/file" cannot be read (No such file')


def test_a_value_and_a_file_for_it_are_a_mistake():
    said = only_mistake({"FEEDS_SITE__TITLE": "a", "FEEDS_SITE__TITLE_FILE": os.devnull})
    assert said == "environment FEEDS_SITE__TITLE_FILE: FEEDS_SITE__TITLE is set, too; unset one of the two"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FEEDS_TITLE", "FEEDS_SITE__TITLE"),
        ("FEEDS_SITE_TITLE", "FEEDS_SITE__TITLE"),
        ("FEEDS_SITE__TITEL", "FEEDS_SITE__TITLE"),
        ("FEEDS_PORT", "FEEDS_SERVER__PORT"),
    ],
)
def test_an_unknown_variable_is_a_mistake_with_a_guess(name, meant):
    said = only_mistake({name: "1"})
    assert said.startswith(f"environment {name}: ")
    assert said.endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("FEEDS_CONTENT__ROOTS", "content", 'content.roots "content" is not a list of texts; write it as ["content"]'),
        ("FEEDS_CONTENT__DRAFTS", "maybe", 'content.drafts "maybe" is not true or false'),
        ("FEEDS_FEEDS__WINDOW", "", 'feeds.window "" is not a whole number'),
        ("FEEDS_FEEDS__WINDOW", "1\nhours = 2", "feeds.window"),
        ("FEEDS_FEED", "x", 'feed "x" is not a list of feeds; write a list, as in [{'),
        ("FEEDS_SITE", "x", 'site "x" is not a table'),
        ("FEEDS_SITE__TITLE", "\udc80", "text under site is not UTF-8"),
    ],
)
def test_a_variable_that_cannot_be_used_is_told(name, text, told):
    assert f"environment {name}: {told}" in only_mistake({name: text})


def test_what_kubernetes_and_docker_set_for_a_service_named_feeds_is_not_ours():
    theirs = {
        "FEEDS_PORT": "tcp://10.0.0.1:80",
        "FEEDS_SERVICE_HOST": "10.0.0.1",
        "FEEDS_SERVICE_PORT_HTTP": "80",
        "FEEDS_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    assert load(theirs) == Settings()


def test_variables_of_others_are_left_alone():
    assert load({"PATH": "/bin", "feeds_site__title": "x", "FEEDSX": "1"}) == Settings()
