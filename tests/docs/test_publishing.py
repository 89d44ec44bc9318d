"""What docs/publishing.md shows is accepted by the settings and the commands."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.cli import main
from feeds.settings import load_settings

TEXT = (Path(__file__).parents[2] / "docs" / "publishing.md").read_text(encoding="utf-8")
TABLES = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\$ (feeds regenerate .*)$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("text", TABLES)
def test_settings_that_are_shown_can_be_used(tmp_path, text):
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path).admin.model_fields_set == set(tomllib.loads(text)["admin"])


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_that_are_shown_have_these_options(command):
    words = shlex.split(command)[1:]
    told = CliRunner().invoke(main, [*words, "--help"])
    assert told.exit_code == 0
    assert {word for word in words if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", told.stdout))


def test_settings_and_commands_are_shown():
    assert (len(TABLES), len(COMMANDS)) == (2, 1)
