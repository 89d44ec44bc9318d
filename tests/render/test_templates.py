"""Templates, stylesheet and words that a site has of its own, and what becomes of broken ones."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest
from jinja2 import Environment, PackageLoader

from feeds.render.html import FeedLine, FeedList, Frame, Pager, Templates, index_page, try_out
from feeds.render.html.words import our_texts, read_words

FRAME = Frame(title="Tides", name="Tides", language="en", url="https://example.com/")
FEEDS = FeedList(lines=(), count=0, pager=Pager(page=1, pages=1, turn=str))
OURS = files("feeds.render").joinpath("templates")


def index(templates, **frame):
    site_feed = FeedLine(kind="site", title="Tides", address="/feed", count=0, newest=None)
    return index_page(templates=templates, frame=replace(FRAME, **frame), feeds=FEEDS, site_feed=site_feed).decode()


def test_a_site_puts_its_own_template_and_stylesheet_in_place_of_ours(tmp_path):
    (tmp_path / "base.html").write_text("<title>Mine</title>{% block content %}{% endblock %}")
    (tmp_path / "pages.css").write_text("body { color: red }")
    templates = Templates(tmp_path)
    assert index(templates).startswith("<title>Mine</title><h1>Tides</h1>")
    assert templates.css == b"body { color: red }"
    assert templates.name != Templates().name
    assert templates.faults == []


def test_a_site_extends_a_template_of_ours(tmp_path):
    (tmp_path / "base.html").write_text(
        '{% extends "ours/base.html" %}{% block foot %}<p>Ours and mine</p>{% endblock %}'
    )
    body = index(Templates(tmp_path))
    assert body.startswith("<!DOCTYPE html>")
    assert "<p>Ours and mine</p>" in body


def test_a_template_that_cannot_be_read_is_named_with_its_line_and_ours_is_used(tmp_path):
    (tmp_path / "index.html").write_text("<p>\n{% if %}\n")
    templates = Templates(tmp_path)
    (fault,) = templates.faults
    assert fault.startswith(f"{tmp_path / 'index.html'} line 2: ")
    assert index(templates) == index(Templates())


def test_a_template_that_fails_while_it_is_used_is_named_with_its_line_and_ours_is_used(tmp_path):
    (tmp_path / "index.html").write_text("<p>\n{{ nothing_of_this_name.at_all }}\n")
    templates = Templates(tmp_path)
    assert index(templates) == index(Templates())
    assert index(templates) == index(Templates())
    (fault,) = templates.faults
    assert fault.startswith(f"{tmp_path / 'index.html'} line 2: 'nothing_of_this_name' is undefined")


def test_a_template_that_fails_on_its_values_is_told_at_the_start_and_costs_itself_only(tmp_path):
    for name, text in {
        "base.html": '{% extends "ours/base.html" %}{% block foot %}<p>Mine</p>{% endblock %}',
        "entry.html": "<p>\n{{ entry.no_such_value.at_all }}",
        "feed.html": "<h1>{{ feed.title }}</h1>",
        "status.html": "\n\n{{ status.total.times / 0 }}",
    }.items():
        (tmp_path / name).write_text(text)
    templates = Templates(tmp_path)
    try_out(templates, FRAME)
    entry, status = templates.faults
    assert entry.startswith(f"{tmp_path / 'entry.html'} line 2: ")
    assert status.startswith(f"{tmp_path / 'status.html'} line 3: division by zero")
    assert "<p>Mine</p>" in index(templates)


def test_our_own_templates_stand_the_trial_in_every_language(tmp_path):
    (tmp_path / "base.html").write_text('{% extends "ours/base.html" %}')
    for language in ("en", "zh-CN"):
        templates = Templates(tmp_path)
        try_out(templates, replace(FRAME, language=language))
        assert templates.faults == []
        assert templates.has_own


def test_a_template_reaches_nothing_but_its_values(tmp_path):
    (tmp_path / "index.html").write_text("{{ site.__class__.__mro__ }}")
    templates = Templates(tmp_path)
    assert index(templates) == index(Templates())
    assert "__class__" in templates.faults[0]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    (fault,) = Templates(tmp_path / "none").faults
    assert "none is not a folder" in fault


def test_a_site_adds_a_language_and_changes_words_of_ours(tmp_path):
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "de.po").write_text(header + 'msgid "Skip to the content"\nmsgstr "Zum Inhalt"\n', encoding="utf-8")
    (tmp_path / "zh.po").write_text(header + 'msgid "Skip to the content"\nmsgstr "跳过"\n', encoding="utf-8")
    templates = Templates(tmp_path)
    german = index(templates, language="de-AT")
    assert '<html lang="de">' in german
    assert '<h1 lang="de-AT">' in german
    assert "Zum Inhalt" in german
    assert "跳过" in index(templates, language="zh")
    assert read_words("zh", dict(our_texts())["zh"]).texts.gettext("Feed") == "订阅源"
    assert templates.words("zh").texts.gettext("Feed") == "订阅源"


def test_a_catalogue_that_cannot_be_read_is_named_with_its_line(tmp_path):
    (tmp_path / "de.po").write_text('msgid "a"\nmsgstr "b"\n\nmsgid oops\n')
    (fault,) = Templates(tmp_path).faults
    assert fault.startswith(f"{tmp_path / 'de.po'} line 4: ")


@pytest.mark.parametrize(
    ("wanted", "tag"), [("zh-CN", "zh-CN"), ("zh-Hans-SG", "zh-CN"), ("ZH", "zh-CN"), ("cy", "en")]
)
def test_the_closest_language_is_spoken(wanted, tag):
    assert Templates().words(wanted).tag == tag


def test_every_word_of_ours_is_there_in_chinese():
    environment = Environment(loader=PackageLoader("feeds.render"), extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.policies["ext.i18n.trimmed"] = True
    environment.trim_blocks = environment.lstrip_blocks = True
    chinese = read_words("zh", dict(our_texts())["zh"]).texts
    missing = set()
    for name in environment.list_templates(["html"]):
        for _line, _call, said in environment.extract_translations(environment.loader.get_source(environment, name)[0]):
            english, *plural = (said,) if isinstance(said, str) else [one for one in said if one]
            found = chinese.ngettext(english, *plural, 2) if plural else chinese.gettext(english)
            missing |= {english} if found in (english, *plural) else set()
    assert missing == set()


def test_the_stylesheet_asks_nobody_else_for_anything():
    assert re.findall(rb"url\(|@import", OURS.joinpath("pages.css").read_bytes()) == []
