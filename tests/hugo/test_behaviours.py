"""Each folder in `cases` is a Hugo site that shows what its RSS settings do, and what a reader of ours then gets."""

import shutil
import subprocess
import tomllib
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree
from starlette.testclient import TestClient

from feeds.opening import read_folder
from feeds.site import open_site
from feeds.web.app import create_app

CASES = sorted(folder for folder in (Path(__file__).parent / "cases").iterdir() if folder.is_dir())
HEAD = {"title": "title", "home": "link", "language": "language", "rights": "copyright"}


@pytest.fixture(params=CASES, ids=lambda folder: folder.name)
def case(request, tmp_path):
    expected = tomllib.loads((request.param / "expect.toml").read_text(encoding="utf-8"))
    folder = shutil.copytree(request.param, tmp_path / "site", ignore=shutil.ignore_patterns("expect.toml"))
    return SimpleNamespace(folder=folder, feeds=expected["feed"])


@pytest.fixture
def client(case):
    opening = read_folder(case.folder, environ={}, flags={"content.settle": 0})
    with open_site(case.folder, opening.settings) as site:
        site.claim().catch_up()
        yield TestClient(create_app(site))


def read(body):
    channel = etree.fromstring(body).find("channel")
    items = [
        {
            "title": item.findtext("title"),
            "link": item.findtext("link"),
            "published": parsedate_to_datetime(item.findtext("pubDate")),
        }
        for item in channel.findall("item")
    ]
    return {name: channel.findtext(element) for name, element in HEAD.items()}, items


def test_a_hugo_site_gives_what_its_folder_says(case, client):
    for wanted in case.feeds:
        answer = client.get(wanted["old"])
        assert (answer.status_code, answer.url.path) == (200, wanted["address"])
        head, items = read(answer.content)
        assert {name: value for name, value in head.items() if name in wanted} == {
            name: wanted[name] for name in HEAD if name in wanted
        }
        assert [{"title": one["title"], "link": one["link"]} for one in items] == wanted["entries"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("hugo") is None, reason="Debian's hugo is not here")
def test_hugo_itself_gives_the_same_items_at_the_same_addresses(case, client):
    command = ["hugo", "--quiet", "--source", str(case.folder), "--destination", "built"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    for wanted in case.feeds:
        theirs = read((case.folder / "built" / wanted["old"].removeprefix("/")).read_bytes())
        ours = read(client.get(wanted["old"]).content)
        assert ours[1] == theirs[1]
        assert (ours[0]["language"], ours[0]["rights"]) == (theirs[0]["language"], theirs[0]["rights"])
