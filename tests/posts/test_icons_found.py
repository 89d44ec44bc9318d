"""The icon that a site's folder holds already."""

import pytest

from feeds.opening import read_folder
from feeds.posts.conventions import find_icon

HUGO = "hugo.toml"
JEKYLL = "_config.yml"


def keep(folder, *files):
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"title: Tides" if name == JEKYLL else b'title = "Tides"')


@pytest.mark.parametrize(
    ("files", "address", "is_brought"),
    [
        (["favicon.ico"], "/favicon.ico", False),
        (["favicon.ico", "favicon.svg", "apple-touch-icon.png"], "/apple-touch-icon.png", False),
        (["assets/images/icon.png"], "/assets/images/icon.png", False),
        (["static/favicon.png"], "/static/favicon.png", False),
        (["static/favicon.png", HUGO], "/favicon.png", True),
        (["assets/favicon.png", HUGO], "/assets/favicon.png", False),
        (["assets/favicon.svg", JEKYLL], "/assets/favicon.svg", True),
    ],
)
def test_it_is_found_where_sites_keep_it(tmp_path, files, address, is_brought):
    keep(tmp_path, *files)
    found = find_icon(tmp_path)
    assert (found.address, found.is_brought) == (address, is_brought)
    assert read_folder(tmp_path, environ={}).settings.site.icon == address


def test_no_other_file_is_taken_for_one(tmp_path):
    keep(tmp_path, "images/photograph.png")
    (tmp_path / "icon.png").mkdir()
    (tmp_path / "favicon.ico").touch()
    (tmp_path / "favicon.png").write_bytes(b"x" * 1_000_001)
    assert find_icon(tmp_path) is None
    assert read_folder(tmp_path, environ={}).settings.site.icon is None


def test_what_is_configured_comes_first(tmp_path):
    keep(tmp_path, "favicon.ico")
    (tmp_path / "_config.yml").write_text("feed: {icon: /img/own.png}")
    assert read_folder(tmp_path, environ={}).settings.site.icon == "/img/own.png"
    (tmp_path / "feeds.toml").write_text('[site]\nicon = "/told.png"')
    assert read_folder(tmp_path, environ={}).settings.site.icon == "/told.png"
