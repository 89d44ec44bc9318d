from pathlib import Path

import pytest

from feeds.posts.conventions import Inferred, infer, load_authors
from feeds.posts.roots import find_roots
from feeds.settings import Settings, load_settings, sample_toml


def put(folder: Path, name: str, text: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def settings_of(folder: Path) -> Settings:
    return load_settings(folder, environ={}, flags={}, inferred=infer(folder).values)


def jekyll(folder: Path, config: str) -> Settings:
    return settings_of(put(folder, "_config.yml", config))


def hugo(folder: Path, config: str, name: str = "hugo.toml") -> Settings:
    return settings_of(put(folder, name, config))


def test_a_plain_folder_implies_nothing(tmp_path):
    put(tmp_path, "content/a.md")
    assert infer(tmp_path) == Inferred()


# Jekyll


def test_one_line_of_config_makes_a_jekyll_folder(tmp_path):
    settings = jekyll(tmp_path, "title: 金融消息")
    assert settings.site.title == "金融消息"
    assert (settings.content.permalink, settings.content.split_terms) == ("date", True)
    assert settings.content.page_layouts == Settings().content.page_layouts
    assert infer(tmp_path).said == (
        'site.title = "金融消息" (_config.yml)',
        'content.permalink = "date" (as Jekyll does)',
        "content.split_terms = true (as Jekyll does)",
        'content.summaries = "whole" (as Jekyll does)',
        'content.untitled = "name" (as Jekyll does)',
        'content.typography = ["title", "body"] (as Jekyll does)',
        'aliases.styles = ["jekyll"] (as Jekyll does)',
    )


def test_a_whole_config_is_read(tmp_path):
    settings = jekyll(
        tmp_path,
        """\
# Site
title: 2021
description: >-
  News of
  the day
url: "https://example.com/"
baseurl: /news/
timezone: Asia/Shanghai
lang: zh_CN
author:
  name: ZNing
  email: z@example.com
permalink: /:categories/:title.html
show_drafts: true
plugins: [jekyll-feed]
""",
    )
    site = settings.site
    assert (site.title, site.description, site.url) == ("2021", "News of the day", "https://example.com/news")
    assert (site.timezone, site.language, site.author) == ("Asia/Shanghai", "zh-CN", "ZNing")
    assert (settings.content.permalink, settings.content.drafts) == ("/:categories/:title.html", True)
    assert settings.content.roots == ()


def test_every_taken_value_is_said_in_one_line(tmp_path):
    put(tmp_path, "_config.yml", "title: a\ndescription: |\n  b\n  c\nlang: no\n")
    assert infer(tmp_path).said[:3] == (
        'site.title = "a" (_config.yml)',
        'site.description = "b c" (_config.yml)',
        'site.language = "no" (_config.yml)',
    )


def test_a_base_without_an_address_and_empty_values_are_left(tmp_path):
    site = jekyll(tmp_path, 'title:\nurl: ""\nbaseurl: /blog\nauthor: ~\ndescription: [a]\n').site
    assert site == Settings().site


def test_the_domain_that_github_pages_serves_is_the_address(tmp_path):
    put(tmp_path, "CNAME", "finews.example.com\n")
    assert jekyll(tmp_path, "title: a").site.url == "https://finews.example.com"
    assert jekyll(tmp_path, "url: https://b.example").site.url == "https://b.example"


def test_a_value_that_no_setting_can_hold_is_left_out_and_said(tmp_path):
    settings = jekyll(tmp_path, "title: a\ntimezone: Bejing\npermalink: /:categories/:num/\n")
    assert (settings.site.timezone, settings.content.permalink) == ("UTC", "date")
    said = infer(tmp_path).said
    assert (
        'site.timezone: "Bejing" from _config.yml is left out, for it is not a known time zone; '
        'did you mean "Asia/Shanghai"?' in said
    )
    assert any(line.startswith('content.permalink: "/:categories/:num/" from _config.yml is left out') for line in said)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'title: a\ndescription: "b\n', "_config.yml line 3 cannot be read"),
        (b"title: a\n\tb: c\n", "_config.yml line 2 cannot be read"),
        (b"- a\n- b\n", "_config.yml cannot be read (it is no list of keys and values)"),
        ("title: 金融".encode("gb18030"), "_config.yml cannot be read (it is not UTF-8)"),
    ],
)
def test_a_broken_config_is_said_and_jekylls_habits_stay(tmp_path, text, told):
    (tmp_path / "_config.yml").write_bytes(text)
    inferred = infer(tmp_path)
    assert inferred.said[0].startswith(told)
    assert inferred.values == {
        "content": {
            "permalink": "date",
            "split_terms": True,
            "summaries": "whole",
            "untitled": "name",
            "typography": ["title", "body"],
        },
        "aliases": {"styles": ["jekyll"]},
    }


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_config_leaves_jekylls_habits(tmp_path, text):
    assert jekyll(tmp_path, text).content.split_terms


@pytest.mark.parametrize("path", ["_posts/2021-12-29-a.md", "blog/_posts/2021-12-29-a.md"])
def test_posts_without_a_config_have_jekylls_habits(tmp_path, path):
    content = settings_of(put(tmp_path, path)).content
    assert (content.permalink, content.split_terms) == ("date", True)


@pytest.mark.parametrize(
    ("config", "permalink"),
    [
        ("permalink: pretty", "pretty"),
        ("permalink: none", "none"),
        ("permalink: :year/:title", "/:year/:title"),
        ("permalink: /a/:title\ncollections: {posts: {permalink: '/b/:title'}}", "/b/:title"),
        (
            "permalink: /a/:title\ndefaults:\n- scope: {path: '', type: posts}\n  values: {permalink: '/c/:title'}",
            "/c/:title",
        ),
        (
            (
                "permalink: /a/:title\ndefaults:\n- scope: {path: '', type: pages}\n  values: {permalink: '/c/:title'}\n"
                "- scope: {path: old}\n  values: {permalink: '/d/:title'}"
            ),
            "/a/:title",
        ),
    ],
)
def test_the_permalink_of_posts_is_found_where_jekyll_finds_it(tmp_path, config, permalink):
    assert jekyll(tmp_path, config).content.permalink == permalink


def test_an_author_may_be_a_key_into_the_authors_file(tmp_path):
    put(tmp_path, "_data/authors.yml", "zn:\n  name: 张宁\n")
    assert jekyll(tmp_path, "author: zn").site.author == "张宁"
    assert jekyll(tmp_path, "author: somebody").site.author == "somebody"


def folders_of_collections(settings: Settings) -> list[str]:
    return [one.folder for one in settings.collection]


def test_collections_with_pages_are_collections_beside_the_posts(tmp_path):
    for name in (
        "_posts/a.md",
        "sub/_posts/b.md",
        "_news/c.md",
        "_data2/d.md",
        "_site/_posts/e.md",
        "vendor/_posts/g.md",
        "_drafts/f.md",
    ):
        put(tmp_path, name)
    config = "collections:\n  news: {output: true}\n  data2: {output: false}\n  gone: {output: true}\n"
    settings = jekyll(tmp_path, config)
    assert folders_of_collections(settings) == ["_news"]
    assert [root.path for root in find_roots(tmp_path, settings)] == ["_posts", "sub/_posts", "_news"]


def test_collections_without_folders_and_the_posts_are_none(tmp_path):
    put(tmp_path, "_posts/a.md")
    settings = jekyll(tmp_path, "collections:\n  news: {output: true}\n  posts: {output: true}\n")
    assert (settings.content.roots, settings.collection) == ((), ())


def test_what_jekyll_feed_is_told_decides_which_collections_count(tmp_path):
    for name in ("col/_posts/a.md", "col/_news/b.md", "col/_docs/c.md"):
        put(tmp_path, name)
    config = (
        "collections_dir: col\ncollections: {news: {output: true}, docs: {output: true}}\nfeed: {collections: [news]}\n"
    )
    assert folders_of_collections(jekyll(tmp_path, config)) == ["col/_news"]


# Hugo


def test_a_hugo_config_is_read(tmp_path):
    settings = hugo(
        tmp_path,
        """\
baseURL = "https://example.org/"
title = "Names"
languageCode = "en-us"
timeZone = "Europe/Berlin"
copyright = "CC BY"
[params]
  Description = "What is new"
  author = "Ann"
[permalinks.page]
  posts = "/:year/:slug/"
[permalinks.section]
  posts = "/all/"
""",
    )
    site = settings.site
    assert (site.url, site.title, site.language) == ("https://example.org", "Names", "en-us")
    assert (site.timezone, site.rights) == ("Europe/Berlin", "CC BY")
    assert (site.description, site.author) == ("What is new", "Ann")
    assert (settings.content.key, settings.content.permalink) == ("path", "/:sections/:slug/")
    assert not settings.content.split_terms


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.yaml", "baseURL: https://e.org/\ntitle: T\nparams:\n  author: {name: A}\n"),
        ("config.yml", "baseurl: https://e.org/\ntitle: T\nauthor: {name: A}\n"),
        ("hugo.json", '{"baseURL": "//e.org/", "title": "T", "params": {"author": "A"}}'),
        ("config.toml", 'baseURL = "https://e.org"\ntitle = "T"\n[params.author]\nname = "A"\n'),
        ("config/_default/hugo.toml", 'baseURL = "https://e.org"\ntitle = "T"\n[params.author]\nname = "A"\n'),
    ],
)
def test_hugos_config_is_found_in_each_of_its_places_and_languages(tmp_path, name, text):
    site = hugo(tmp_path, text, name).site
    assert (site.url, site.title, site.author) == ("https://e.org", "T", "A")
    assert f'site.title = "T" ({name})' in infer(tmp_path).said


def test_parameters_may_stand_in_a_file_of_their_own(tmp_path):
    put(tmp_path, "config/_default/params.toml", 'description = "D"\n')
    assert hugo(tmp_path, 'title = "T"\n', "config/_default/hugo.toml").site.description == "D"


def test_the_main_language_says_what_the_top_leaves_out(tmp_path):
    config = """\
defaultContentLanguage = "zh-cn"
[languages.en]
title = "News"
[languages.zh-cn]
title = "新闻"
contentDir = "content/zh"
[languages.zh-cn.params]
description = "描述"
"""
    put(tmp_path, "content/zh/a.md")
    settings = hugo(tmp_path, config)
    assert (settings.site.title, settings.site.description, settings.site.language) == ("新闻", "描述", "zh-cn")
    assert settings.content.roots == ("content/zh",)


@pytest.mark.parametrize(
    ("permalinks", "of_sections"),
    [
        ('posts = "/:year/:title/"\ntags = "/t/:slug/"', {"docs": None, "posts": "/:year/:title/"}),
        ('posts = ":year/:slug"\ndocs = "/d/:slug/"', {"docs": "/d/:slug/", "posts": "/:year/:slug"}),
        ("", {"docs": None, "posts": None}),
    ],
)
def test_each_section_is_a_collection_with_its_own_permalink(tmp_path, permalinks, of_sections):
    for name in ("content/posts/a.md", "content/docs/_index.md", "content/bundle/index.md", "content/about.md"):
        put(tmp_path, name)
    settings = hugo(tmp_path, f"[permalinks]\n{permalinks}\n")
    assert {one.name: one.permalink for one in settings.collection} == of_sections
    assert not any(one.apart for one in settings.collection)


@pytest.mark.parametrize(
    ("config", "window"),
    [
        ("rssLimit = 7", 7),
        ("[services.rss]\nlimit = 8", 8),
        ("rssLimit = 7\n[services.rss]\nlimit = 8", 8),
        ("[services.rss]\nlimit = -1", 50),
    ],
)
def test_hugos_limit_is_the_window(tmp_path, config, window):
    assert hugo(tmp_path, config).feeds.window == window


def test_a_hugo_site_without_rss_had_no_addresses(tmp_path):
    assert hugo(tmp_path, 'disableKinds = ["RSS", "sitemap"]').aliases.styles == ()


@pytest.mark.parametrize("said", ["typographer = false", "[markup.goldmark.extensions.typographer]\ndisable = true"])
def test_hugos_typographer_can_be_off(tmp_path, said):
    table = "" if said.startswith("[") else "[markup.goldmark.extensions]\n"
    assert hugo(tmp_path, f"{table}{said}\n").content.typography == ()


def test_an_author_with_an_address_is_taken_whole(tmp_path):
    site = hugo(tmp_path, '[params.author]\nname = "Ann"\nemail = "ann@example.org"\nurl = "https://ann.example"').site
    assert (site.author, site.author_email, site.author_url) == ("Ann", "ann@example.org", "https://ann.example")


def test_a_taxonomy_that_has_no_feeds_here_is_said(tmp_path):
    put(tmp_path, "hugo.toml", '[taxonomies]\ntag = "tags"\nseries = "series"\n')
    assert "the taxonomy series has no meaning here: see docs/hugo.md" in infer(tmp_path).said


@pytest.mark.parametrize(
    "text", ['base_url = "https://zola.example"\ntitle = "Z"\n[params]\na = 1', "[tool]\na = 1", "broken ="]
)
def test_a_config_toml_of_another_program_is_left_alone(tmp_path, text):
    assert infer(put(tmp_path, "config.toml", text)) == Inferred()


def test_a_broken_hugo_config_is_said(tmp_path):
    inferred = infer(put(tmp_path, "hugo.toml", "title = x"))
    assert inferred.said[0].startswith("hugo.toml cannot be read (Invalid value (at line 1, column 9))")
    habits = {"key": "path", "permalink": "/:sections/:slug/", "typography": ["body"]}
    assert inferred.values == {"content": habits, "aliases": {"styles": ["hugo"]}}


@pytest.mark.parametrize(("name", "styles"), [("_config.yml", ("jekyll",)), ("hugo.toml", ("hugo",))])
def test_the_addresses_at_which_feeds_were_are_kept(tmp_path, name, styles):
    settings = settings_of(put(tmp_path, name))
    assert (settings.aliases.styles, settings.aliases.answer) == (styles, "redirect")


def test_a_jekyll_config_wins_over_a_hugo_config(tmp_path):
    put(tmp_path, "hugo.toml", 'title = "H"')
    assert jekyll(tmp_path, "title: J").site.title == "J"


def test_what_was_inferred_can_be_written_down_and_means_the_same(tmp_path):
    inferred = jekyll(tmp_path, "title: '金 \"融\"'\nurl: https://e.org\npermalink: pretty\n")
    put(tmp_path, "feeds.toml", sample_toml(infer(tmp_path).values))
    assert load_settings(tmp_path, environ={}, flags={}) == inferred


# Authors


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_data/authors.yml", "zn:\n  name: 张宁\n  email: z@e.org\n"),
        ("_data/authors.yaml", "zn: {name: 张宁, email: z@e.org}\n"),
        ("_data/authors.json", '{"zn": {"name": "张宁", "email": "z@e.org"}}'),
        ("_data/authors.toml", '[zn]\nname = "张宁"\nemail = "z@e.org"\n'),
        ("data/authors/zn.toml", 'name = "张宁"\nemail = "z@e.org"\n'),
        ("data/authors/zn.json", '{"name": "张宁", "email": "z@e.org"}'),
        ("data/authors.yml", "zn: {name: 张宁, email: z@e.org}\n"),
    ],
)
def test_authors_are_found_where_jekyll_and_hugo_keep_them(tmp_path, name, text):
    assert load_authors(put(tmp_path, name, text)) == {"zn": {"name": "张宁", "email": "z@e.org"}}


def test_an_author_may_be_just_a_name(tmp_path):
    assert load_authors(put(tmp_path, "_data/authors.yml", "zn: 张宁\nx:\n")) == {"zn": {"name": "张宁"}}


@pytest.mark.parametrize("text", ['zn: {name: "张宁', "- a\n", "just text"])
def test_a_broken_authors_file_counts_as_empty(tmp_path, text):
    assert load_authors(put(tmp_path, "_data/authors.yml", text)) == {}


def test_one_broken_author_costs_only_itself(tmp_path):
    put(tmp_path, "data/authors/a.toml", "name = ")
    put(tmp_path, "data/authors/b.toml", 'name = "B"')
    assert load_authors(tmp_path) == {"b": {"name": "B"}}


def test_a_folder_without_authors_has_none(tmp_path):
    assert load_authors(tmp_path) == {}
