import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from feeds.settings import (
    HUGO_PLACEHOLDERS,
    JEKYLL_PLACEHOLDERS,
    Settings,
    load_settings,
    sample_toml,
    settings_document,
    settings_schema,
)
from feeds.urls import permalink

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def load(folder: Path, text: str) -> Settings:
    (folder / "feeds.toml").write_text(text, "utf-8")
    return load_settings(folder, environ={}, flags={})


def test_docs_settings_is_what_the_definitions_say():
    assert DOCUMENT.read_text("utf-8") == settings_document(), "python -m feeds.settings > docs/settings.md"


def test_every_setting_has_a_description():
    schema = settings_schema()
    tables = schema["$defs"].values()
    assert all(field["description"] for table in tables for field in table["properties"].values())


def test_the_sample_loads_and_changes_nothing(tmp_path):
    assert load(tmp_path, sample_toml()) == Settings()


def test_the_sample_with_every_line_in_force_loads_and_names_every_setting(tmp_path):
    in_force = re.sub(r"^# (?=\w+ = |\[\[\w+\]\])", "", sample_toml(), flags=re.MULTILINE)
    settings = load(tmp_path, in_force)
    assert settings.site.authority == "example.com,2021"
    assert settings.content == Settings().content
    for block in (settings.feed[0], settings.source[0]):
        assert block.model_fields_set == set(type(block).model_fields)


def test_the_sample_holds_what_was_given_however_it_is_written(tmp_path):
    title = 'a "quoted" \\ title\n\x7f金融 \U0001f4f0'
    given = {"site": {"title": title}, "content.roots": ("a", "b"), "feed": [{"address": "/tag/x", "window": 3}]}
    settings = load(tmp_path, sample_toml(given))
    assert (settings.site.title, settings.content.roots, settings.feed[0].window) == (title, ("a", "b"), 3)


def test_editors_accept_the_sample_and_refuse_a_slip():
    validator = jsonschema.Draft202012Validator(settings_schema())
    sample = tomllib.loads(sample_toml({"site.title": "x"}))
    assert validator.is_valid(sample)
    sample["site"]["titel"] = "x"
    assert not validator.is_valid(sample)


@pytest.mark.parametrize("placeholder", sorted(JEKYLL_PLACEHOLDERS | HUGO_PLACEHOLDERS))
def test_every_placeholder_that_settings_take_is_one_that_permalinks_fill(placeholder):
    filled = permalink(
        f"/:{placeholder}/",
        published=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        zone=UTC,
        slug="s",
        title="t",
        categories=("c",),
        section="news",
        basename="b",
        path="news/b",
    )
    assert ":" not in filled
