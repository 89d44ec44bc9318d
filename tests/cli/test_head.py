"""`feeds head`: the links to feeds for the publisher's own pages."""

import re

import pytest
from click.testing import CliRunner

from feeds.cli import main

SETTINGS = """
[site]
title = "Tides & Co"
url = "https://example.com/blog"
authority = "example.com,2026"
[content]
roots = ["content"]
permalink = "/:year/:title.html"
settle = 0.0
[feeds]
retired = ["/tag/sunk"]
"""
POST = """---
title: Storm
date: 2026-10-01 08:00:00
categories: [Weather]
tags: [Old News, sunk]
author: Ann
---
Text.
"""


@pytest.fixture
def head(tmp_path, monkeypatch):
    (tmp_path / "feeds.toml").write_text(SETTINGS)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/2026-10-01-storm.md").write_text(POST)
    monkeypatch.chdir(tmp_path)

    def run(*words, status=0):
        result = CliRunner().invoke(main, ["head", *words])
        assert result.exit_code == status, result.output
        return (
            result.stderr
            if status
            else [re.search('href="https://example.com/blog(.*)"', line)[1] for line in result.stdout.splitlines()]
        )

    return run


SITE = ["/feed.atom", "/feed.rss", "/feed.json"]
WEATHER = [f"/category/Weather.{format_}" for format_ in ("atom", "rss", "json")]
STORM = [*SITE, "/category/Weather.atom", "/tag/Old_News.atom", "/author/Ann.atom"]


@pytest.mark.parametrize(
    "page", [(), ("/",), ("https://example.com/blog/",), ("https://example.com/blog",), ("/blog/",)]
)
def test_every_page_leads_to_the_feeds_of_the_site(head, page):
    assert head(*page) == SITE


@pytest.mark.parametrize(
    "page",
    [
        "/category/Weather/",
        "/categories/weather.html",
        "https://example.com/blog/category/Weather/",
        "/weather/index.html",
        "/category/Weather.rss",
    ],
)
def test_the_page_of_a_category_leads_to_its_feeds_first(head, page):
    assert head(page) == [*WEATHER, "/feed.atom"]


def test_the_page_of_a_tag_may_be_spelled_as_another_program_does(head):
    assert head("/tags/old-news/")[0] == "/tag/Old_News.atom"


@pytest.mark.parametrize(
    "page", ["content/2026-10-01-storm.md", "https://example.com/blog/2026/storm.html", "/2026/storm.html"]
)
def test_the_page_of_a_post_leads_to_the_site_and_to_what_the_post_is_in(head, page):
    assert head(page) == STORM


def test_what_is_printed_can_stand_in_a_page(head, capsys):
    result = CliRunner().invoke(main, ["head"])
    assert result.stdout.splitlines()[0] == (
        '<link rel="alternate" type="application/atom+xml" title="Tides &amp; Co (Atom)" '
        'href="https://example.com/blog/feed.atom">'
    )


@pytest.mark.parametrize("page", ["/nowhere/", "https://example.com/2026/other.html", "content/none.md", "/tag/sunk/"])
def test_a_page_that_nobody_knows_is_one_clear_error(head, page):
    assert "feeds: there is no post and no feed at" in head(page, status=2)
