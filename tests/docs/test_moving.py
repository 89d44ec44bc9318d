"""docs/moving.md, done as it is shown: with its settings an old address answers."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "moving.md"


@pytest.mark.slow
def test_with_the_settings_of_the_page_the_old_address_that_it_asks_for_answers(shell, serving, blocks):
    (asking,) = blocks("docs/moving.md", "tests/docs/test_moving.py")
    (table,) = re.findall(
        r"^```toml\n(\[aliases\]\n.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    with (shell.folder / "feeds.toml").open("a") as settings:
        settings.write(f"\n{table}")
    with serving("feeds serve ."):
        told = shell.run(asking)
    assert told.startswith("HTTP/1.1 200 ")
    assert '/feed.atom>; rel="canonical"' in told
