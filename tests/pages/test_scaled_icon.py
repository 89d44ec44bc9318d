"""The icon that a site's folder holds, in a size that RSS allows: served, and written as a file."""

from io import BytesIO

import pytest
from lxml import etree
from PIL import Image
from starlette.testclient import TestClient

from feeds.export import Builder
from feeds.opening import read_folder
from feeds.site import open_site
from feeds.web.app import create_app

POST = "---\ntitle: One\ndate: 2026-10-01 08:00:00\n---\n\nWords.\n"


@pytest.fixture
def open_with(tmp_path):
    """Open a site whose folder holds an icon of this size, as the commands do."""
    opened = []

    def open_(icon, settings=""):
        (tmp_path / "content").mkdir(exist_ok=True)
        (tmp_path / "content/one.md").write_text(POST)
        (tmp_path / "feeds.toml").write_text(f'[site]\nurl = "https://example.com/news"\n{settings}')
        if isinstance(icon, bytes):
            (tmp_path / "icon.png").write_bytes(icon)
        else:
            Image.new("RGBA", icon, (200, 40, 40, 128)).save(tmp_path / "icon.png")
        site = open_site(tmp_path, read_folder(tmp_path, environ={}).settings)
        opened.append(site)
        site.claim().catch_up()
        return site

    yield open_
    for one in opened:
        one.close()


def image_of(site):
    """The address that RSS names, and that of Atom's icon, below the site."""
    client = TestClient(create_app(site))
    rss, atom = (etree.fromstring(client.get(f"/feed.{form}").content) for form in ("rss", "atom"))
    urls = rss.findtext("channel/image/url"), atom.findtext("{*}icon")
    return tuple(url.removeprefix("https://example.com/news") for url in urls)


def size_of(picture):
    return Image.open(BytesIO(picture)).size


@pytest.mark.parametrize(
    ("size", "scaled"), [((512, 512), (144, 144)), ((400, 200), (144, 72)), ((145, 20), (144, 20))]
)
def test_a_larger_one_is_scaled_for_rss_alone(open_with, size, scaled):
    site = open_with(size)
    assert image_of(site) == ("/icon-144.png", "/icon.png")
    client = TestClient(create_app(site))
    found = client.get("/icon-144.png")
    assert (found.headers["content-type"], size_of(found.content)) == ("image/png", scaled)
    assert Image.open(BytesIO(found.content)).getpixel((5, 5)) == pytest.approx((200, 40, 40, 128), abs=2)
    assert client.get("/icon-144.png", headers={"If-None-Match": found.headers["etag"]}).status_code == 304
    assert size_of(client.get("/icon.png").content) == size


def test_a_high_one_is_no_higher_than_rss_allows(open_with):
    site = open_with((140, 800))
    assert image_of(site)[0] == "/icon-144.png"
    assert size_of(TestClient(create_app(site)).get("/icon-144.png").content) == (70, 400)


@pytest.mark.parametrize("icon", [(144, 144), (100, 400), b"no picture"])
def test_one_that_suits_stays_as_it_is(open_with, icon):
    assert image_of(open_with(icon)) == ("/icon.png", "/icon.png")


@pytest.mark.parametrize("setting", ["image", "logo"])
def test_what_the_settings_name_comes_first(open_with, setting):
    assert image_of(open_with((512, 512), settings=f'{setting} = "/own.png"')) == ("/own.png", "/icon.png")


def test_another_icon_than_the_one_in_the_folder_is_not_scaled(open_with):
    assert image_of(open_with((512, 512), settings='icon = "/elsewhere.png"')) == ("/elsewhere.png",) * 2


def test_a_file_that_only_begins_like_a_picture_is_sent_as_it_is(open_with):
    broken = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\2\0" * 2 + b"and no more"
    site = open_with(broken)
    assert TestClient(create_app(site)).get("/icon-144.png").content == broken


def test_a_build_writes_it_once_and_the_same_as_is_served(open_with, tmp_path):
    site = open_with((512, 512))
    with Builder(site, tmp_path / "public") as builder:
        assert "icon-144.png" in builder.build().written
    with Builder(site, tmp_path / "public") as builder:
        assert builder.build().written == ()
    written = (tmp_path / "public/icon-144.png").read_bytes()
    assert written == TestClient(create_app(site)).get("/icon-144.png").content


def test_the_feeds_keep_their_validators_over_a_restart(open_with):
    first = open_with((512, 512))
    before = TestClient(create_app(first)).get("/feed.rss").headers["etag"]
    first.close()
    assert TestClient(create_app(open_with((512, 512)))).get("/feed.rss").headers["etag"] == before
