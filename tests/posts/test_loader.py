"""One file becomes one post, or waits, or is passed over."""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.diagnostics import Found
from feeds.model import Enclosure, Gone, Person, Post, Skipped, Source, Unsettled
from feeds.posts.loader import load
from feeds.posts.roots import Root
from feeds.settings import Settings

LATER = datetime(2100, 1, 1, tzinfo=UTC)
AUTHORS = {"jane": {"name": "Jane Doe", "email": "jane@example.com", "url": "https://jane.example.com"}, "anon": {}}


class Site:
    """A folder in which one post is written and loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found = Found("")

    def write(self, path: str, content: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def load(self, path, content=None, *, root="_posts", now=LATER, authors=None, **content_settings):
        if content is not None:
            self.write(path, content)
        self.found = Found(path)
        return load(
            self.folder,
            path,
            root=Root(path=root, rank=0),
            settings=Settings.model_validate({"site": {"timezone": "Asia/Shanghai"}, "content": content_settings}),
            now=now,
            authors=AUTHORS if authors is None else authors,
            found=self.found,
        )

    def post(self, *lines: str, path="_posts/2021-12-29-x.md", **how) -> Post:
        """Load a post with these lines of front matter."""
        outcome = self.load(path, "---\ntitle: x\n" + "\n".join(lines) + "\n---\nBody", **how)
        assert isinstance(outcome, Post), outcome
        return outcome

    @property
    def said(self):
        return [one.code for one in self.found]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


# Reading


def test_a_file_that_is_not_there_is_gone(site):
    assert site.load("_posts/x.md") == Gone(path="_posts/x.md")
    assert site.said == []


def test_a_folder_or_a_pipe_in_a_file_s_place_is_no_file(site):
    (site.folder / "_posts" / "folder.md").mkdir(parents=True)
    os.mkfifo(site.folder / "_posts" / "pipe.md")
    assert isinstance(site.load("_posts/folder.md"), Gone)
    assert isinstance(site.load("_posts/pipe.md"), Gone)
    assert isinstance(site.load("_posts/folder.md/x.md"), Gone)


def test_what_the_system_will_not_open_waits(site):
    (site.folder / "_posts").mkdir()
    (site.folder / "_posts" / "loop.md").symlink_to("loop.md")
    assert site.load("_posts/loop.md") == Unsettled(path="_posts/loop.md", why="file-unreadable")
    assert site.said == ["file-unreadable"]


def test_a_young_file_rests_first_and_nothing_is_said_of_it(site):
    site.write("_posts/x.md", "---\ntitle: x\n---\n")
    written = datetime.fromtimestamp((site.folder / "_posts" / "x.md").stat().st_mtime, UTC)
    young = site.load("_posts/x.md", now=written + timedelta(seconds=0.9), settle=1.0)
    assert (young, site.said) == (Unsettled(path="_posts/x.md", why="file-unsettled"), [])
    assert isinstance(site.load("_posts/x.md", now=written + timedelta(seconds=1.1), settle=1.0), Post)


@pytest.mark.skipif(
    not Path("/proc/version").is_file(), reason="needs a file that always holds more than its size says"
)
def test_a_file_that_grows_while_it_is_read_is_read_again_later(site):
    site.folder = Path("/proc")
    assert (site.load("version", root="."), site.said) == (Unsettled(path="version", why="file-unsettled"), [])


def test_a_file_from_the_future_is_read_at_once(site):
    site.write("_posts/x.md", "---\ntitle: x\n---\n")
    now = datetime(2021, 1, 1, tzinfo=UTC)
    assert isinstance(site.load("_posts/x.md", now=now, settle=1.0), Post)


def test_an_empty_file_waits_only_once_it_has_rested(site):
    site.write("_posts/x.md", b"")
    now = datetime.fromtimestamp((site.folder / "_posts" / "x.md").stat().st_mtime, UTC)
    assert site.load("_posts/x.md", now=now, settle=1.0).why == "file-unsettled"
    assert (site.load("_posts/x.md").why, site.said) == ("file-empty", ["file-empty"])


def test_a_file_beyond_the_limit_is_not_even_read(site):
    (site.folder / "_posts").mkdir()
    with (site.folder / "_posts" / "x.md").open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing
    assert site.load("_posts/x.md") == Unsettled(path="_posts/x.md", why="file-too-large")
    assert [one.detail for one in site.found] == ["8000000 bytes"]


def test_a_file_at_the_limit_is_read(site):
    text = "---\ntitle: x\n---\nBody"
    assert isinstance(site.load("_posts/x.md", text, max_file_bytes=len(text)), Post)
    assert isinstance(site.load("_posts/x.md", text, max_file_bytes=len(text) - 1), Unsettled)


def test_front_matter_beyond_a_limit_waits_and_says_so(site):
    deep = "---\na: {}\n---\n".format("[" * 20 + "]" * 20)
    assert site.load("_posts/x.md", deep, max_depth=10).why == "front-matter-too-deep"
    assert site.said == ["front-matter-too-deep"]
    large = "---\na: {}\n---\n".format("x" * 2000)
    assert site.load("_posts/x.md", large, max_front_matter_bytes=1000).why == "front-matter-too-large"


def load_bytes(content: bytes, name: str = "2021-12-29-x.md"):
    with tempfile.TemporaryDirectory() as folder:
        return Site(Path(folder)).load(f"_posts/{name}", content)


@settings(deadline=None)  # the disk keeps no time
@given(st.binary() | st.binary().map(lambda content: b"---\n" + content + b"\n---\nBody"))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\xd8")
@example(b"\xef\xbb\xbf")
@example(b"---\n? \n---\n")
@example(b"---\n: \n---\n")
@example(b"---\n!!binary x\n---\n")
@example(
    b"---\ntitle: [[{a: b}]]\ntags: {a: {b: c}}\nauthor: [[x]]\nimage: [[]]\nenclosure: [[x]]\ndate: []\nsource: []\n---\n"
)
def test_bytes_of_any_kind_give_a_value(content):
    assert isinstance(load_bytes(content), Post | Unsettled | Skipped)


@settings(deadline=None)
@given(st.text())
def test_any_title_leaves_the_body_whole(title):
    post = load_bytes(f'---\ntitle: "{title}"\n---\nThe body.'.encode("utf-8", "replace"))
    assert isinstance(post, Post)
    assert post.body.endswith("The body.")


# Passing over


@pytest.mark.parametrize("line", ["draft: true", "draft: yes", 'draft: "on"', "Draft: True", "draft: true # not yet"])
def test_a_draft_stays_out_unless_drafts_are_wanted(site, line):
    text = f"---\ntitle: x\n{line}\n---\n"
    outcome = site.load("_posts/x.md", text)
    assert (outcome.why, len(outcome.digest)) == ("draft", 32)
    assert isinstance(site.load("_posts/x.md", text, drafts=True), Post)


@pytest.mark.parametrize("line", ["published: false", "published: no", "published: 'false'"])
def test_what_is_not_published_stays_out_even_with_the_drafts(site, line):
    assert site.load("_posts/x.md", f"---\ntitle: x\n{line}\n---\n", drafts=True).why == "draft"


@pytest.mark.parametrize("line", ["draft: false", "draft:", "published: true", "published:", "draft: 0"])
def test_what_is_no_draft_comes_out(site, line):
    assert site.post(line)


def test_the_folder_of_drafts_holds_drafts(site):
    assert site.load("_drafts/x.md", "---\ntitle: x\n---\n", root="_drafts").why == "draft"
    assert site.load("a/_drafts/x.md", "---\ntitle: x\n---\n", root=".").why == "draft"
    assert isinstance(site.load("_drafts/x.md", root="_drafts", drafts=True), Post)


def test_the_page_of_a_hugo_section_is_no_post(site):
    assert site.load("content/posts/_index.md", "---\ntitle: Posts\n---\n", root="content").why == "page-skipped"
    assert site.load("content/_index.zh.md", "---\ntitle: 文章\n---\n", root="content").why == "page-skipped"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("content/README.md", "# About"),
        ("content/a/readme.markdown", "# About"),
        ("content/LICENSE.md", "MIT"),
        ("content/_note.md", "x"),
        ("content/page.html", "<!DOCTYPE html><title>x</title>"),
    ],
)
def test_a_page_without_front_matter_is_no_post(site, path, text):
    assert site.load(path, text, root="content").why == "page-skipped"
    assert site.said == ["page-skipped"]


@pytest.mark.parametrize(
    ("path", "root"),
    [("content/thoughts.md", "content"), ("_posts/README.md", "_posts"), ("content/fragment.html", "content")],
)
def test_any_other_file_without_front_matter_is_a_post(site, path, root):
    post = site.load(path, "Some text.\n", root=root)
    assert (post.title, post.body) == ("", "Some text.")


def test_a_layout_of_the_operator_s_choice_is_a_page(site):
    text = "---\ntitle: x\nlayout: gallery\n---\n"
    assert isinstance(site.load("_posts/x.md", text), Post)
    assert site.load("_posts/x.md", text, page_layouts=["gallery"]).why == "layout-skipped"


def test_a_page_of_hugo_s_is_no_post(site):
    text = "---\ntitle: About\ntype: {}\n---\nText.\n"
    assert site.load("content/about.md", text.format("page"), root="content").why == "layout-skipped"
    assert isinstance(site.load("content/about.md", text.format("posts"), root="content"), Post)


# Names


@pytest.mark.parametrize(
    ("path", "root", "by_slug", "by_path", "section", "basename"),
    [
        ("_posts/2021-12-29-a.md", "_posts", "a", "a", "", "2021-12-29-a"),
        ("_posts/2021/12/2021-12-29-a.md", "_posts", "a", "2021/12/a", "2021/12", "2021-12-29-a"),
        (
            "_posts/-202205262391921712.md",
            "_posts",
            "202205262391921712",
            "202205262391921712",
            "",
            "-202205262391921712",
        ),
        ("_posts/-a-b.md", "_posts", "a-b", "a-b", "", "-a-b"),
        ("_posts/2021-12-29-.md", "_posts", "2021-12-29-", "2021-12-29-", "", "2021-12-29-"),
        ("_posts/2021-12-29.md", "_posts", "2021-12-29", "2021-12-29", "", "2021-12-29"),
        ("content/posts/my-post.md", "content", "my-post", "posts/my-post", "posts", "my-post"),
        ("content/posts/bundle/index.md", "content", "bundle", "posts/bundle", "posts", "bundle"),
        ("content/posts/2021-12-29-b/index.md", "content", "b", "posts/b", "posts", "2021-12-29-b"),
        (
            "content/posts/bundle/index.zh-cn.md",
            "content",
            "bundle.zh-cn",
            "posts/bundle.zh-cn",
            "posts",
            "bundle.zh-cn",
        ),
        ("content/index.md", "content", "index", "index", "", "index"),
        ("a/node.js.md", ".", "node.js", "a/node.js", "a", "node.js"),
        ("content/cafe\u0301.md", "content", "café", "café", "", "café"),
        ("content/-.md", "content", "-", "-", "", "-"),
    ],
)
def test_a_path_gives_key_section_and_base_name(site, path, root, by_slug, by_path, section, basename):
    post = site.post(path=path, root=root)
    assert (post.key, post.slug, post.section, post.basename) == (by_slug, by_slug, section, basename)
    assert site.post(path=path, root=root, key="path").key == by_path


def test_the_key_outlives_a_new_slug_title_and_date(site):
    post = site.post("slug: Other", "date: 2024-01-01", "permalink: /p/", "id: my-id")
    assert (post.key, post.slug, post.permalink, post.guid) == ("x", "Other", "/p/", "my-id")


def test_the_language_of_a_translated_bundle_is_in_its_name(site):
    assert site.post(path="content/b/index.zh-cn.md", root="content").lang == "zh-cn"
    assert site.post("lang: en", path="content/b/index.zh-cn.md", root="content").lang == "en"


def test_folders_above_posts_are_categories_as_in_jekyll(site):
    post = site.post("category: news", path="world/asia/_posts/2021-12-29-x.md", root="world/asia/_posts")
    assert post.categories == ("world", "asia", "news")
    stated = site.post(path="world/_posts/2021-12-29-x.md", root="world/_posts", roots=["world/_posts"])
    assert stated.categories == ()


# Dates


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00")


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (["date: 2021-01-02"], "2021-01-02T00:00"),
        (["Date: 2021-01-02 03:04"], "2021-01-02T03:04"),
        ([], "2021-12-29T00:00"),
        (["publishDate: 2022-01-01"], "2022-01-01T00:00"),
        (["date: 2021-01-02", "publishDate: 2022-01-01"], "2022-01-01T00:00"),
        (["date: 2022-01-02", "publishDate: 2021-01-01"], "2022-01-02T00:00"),
        (["published: 2020-05-05"], "2020-05-05T00:00"),
        (["date: 2021-01-02", "published: 2020-05-05"], "2021-01-02T00:00"),
        (["published: true"], "2021-12-29T00:00"),
        (["pubDate: 'Wed, 29 Dec 2021 13:14:23 +0800'"], "2021-12-29T13:14:23"),
    ],
)
def test_a_post_is_published_when_it_says_so(site, lines, published):
    assert site.post(*lines).published == beijing(published)
    assert site.said == []


def test_without_any_date_the_file_s_own_time_is_taken_and_said(site):
    site.write("content/x.md", "Text")
    os.utime(site.folder / "content/x.md", (1640754863, 1640754863))
    assert site.load("content/x.md", root="content").published == beijing("2021-12-29T13:14:23")
    assert [(one.code, one.detail) for one in site.found] == [("date-missing", "the file's own time")]


@pytest.mark.parametrize("key", ["updated", "lastmod", "Lastmod", "last_modified_at", "modified", "last-modified"])
def test_the_last_change_has_many_names(site, key):
    assert site.post(f"{key}: 2022-02-02 10:00").updated == beijing("2022-02-02T10:00")


@pytest.mark.parametrize("key", ["expiry", "expiryDate", "expires", "unpublishDate"])
def test_the_end_has_many_names(site, key):
    assert site.post(f"{key}: 2022-02-02").expires == beijing("2022-02-02T00:00")


def test_an_unreadable_date_is_said_with_its_line(site):
    post = site.post("lastmod: yesterday", "expires: [x]")
    assert (post.updated, post.expires) == (None, None)
    assert [(one.code, one.line, one.detail) for one in site.found] == [
        ("date-unreadable", 3, "yesterday"),
        ("date-unreadable", 4, "['x']"),
    ]


# Terms


def test_more_terms_than_allowed_are_left_out(site):
    post = site.post("tags: [a, b, c, d]", "categories: [a, a, b]", max_terms=2)
    assert (post.tags, post.categories) == (("a", "b"), ("a", "b"))
    assert [(one.code, one.detail) for one in site.found] == [("terms-too-many", "2")]


def test_hugo_s_params_count_like_keys_of_the_post(site):
    post = site.post("author: Jane Doe", "params:", "  author: Nobody", "  image: /a.png", "  other: x")
    assert (post.authors[0].name, post.image) == ("Jane Doe", "/a.png")


# People


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("author: jane", [Person(name="Jane Doe", email="jane@example.com", uri="https://jane.example.com")]),
        ("author: anon", [Person(name="anon")]),
        ("authors: [jane, jane]", [Person(name="Jane Doe", email="jane@example.com", uri="https://jane.example.com")]),
        ("author: Jane Doe", [Person(name="Jane Doe")]),
        ("author: 张三 <z@example.com>", [Person(name="张三", email="z@example.com")]),
        ("author: z@example.com (张三)", [Person(name="张三", email="z@example.com")]),
        ("author: {name: A, email: a@b.c, url: https://a.b}", [Person(name="A", email="a@b.c", uri="https://a.b")]),
        ("authors: [{name: A}, {name: B, uri: u}]", [Person(name="A"), Person(name="B", uri="u")]),
        ("author:", []),
        ("author: ~", []),
    ],
)
def test_an_author_is_a_name_a_key_or_a_table(site, line, people):
    assert list(site.post(line).authors) == people
    assert site.said == []


def test_an_author_that_the_site_does_not_know_is_a_name_and_noted(site):
    assert site.post("author: bob").authors == (Person(name="bob"),)
    assert site.said == ["author-unknown"]
    site.post("author: bob", authors={})
    assert site.said == []


def test_an_author_without_a_name_is_left_out_and_said(site):
    assert site.post("author: {email: a@b.c}").authors == ()
    assert site.said == ["value-ignored"]


# Origin


@pytest.mark.parametrize(
    ("lines", "source", "original"),
    [
        (["source: 新京报"], Source(name="新京报"), None),
        (["source: 新京报", "source_url: https://b.cn"], Source(name="新京报", url="https://b.cn"), None),
        (
            ["source: {name: S, url: https://s, feed: https://s/f}"],
            Source(name="S", url="https://s", feed="https://s/f"),
            None,
        ),
        (["source: {name: S}", "source_url: https://s"], Source(name="S", url="https://s"), None),
        (["source: https://s/a"], None, "https://s/a"),
        (["source: https://s/a", "original: https://s/b"], None, "https://s/b"),
        (["canonical_url: https://s/b"], None, "https://s/b"),
        (["original_url: https://s/b", "source: S"], Source(name="S"), "https://s/b"),
        (["source:"], None, None),
    ],
)
def test_source_and_original_are_as_stated(site, lines, source, original):
    post = site.post(*lines)
    assert (post.source, post.original, site.said) == (source, original, [])


# Media


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("image: /a.png", "/a.png"),
        ("image: {path: /a.png, alt: A}", "/a.png"),
        ("image:\n  url: /a.png", "/a.png"),
        ("images: [/a.png, /b.png]", "/a.png"),
        ("featured_image: /a.png", "/a.png"),
        ("thumbnail: /a.png", "/a.png"),
        ("cover: {image: /a.png, alt: A}", "/a.png"),
        ("header:\n  teaser: /a.png", "/a.png"),
        ("image:\nthumbnail: /a.png", "/a.png"),
        ("images: []", None),
    ],
)
def test_an_image_has_many_spellings(site, line, image):
    assert site.post(line).image == image


MP3 = Enclosure(url="https://e.com/a.mp3", type="audio/mpeg", length=12)


@pytest.mark.parametrize(
    ("lines", "enclosures"),
    [
        (["enclosure: https://e.com/a.mp3?x=1"], [Enclosure(url="https://e.com/a.mp3?x=1", type="audio/mpeg")]),
        (["enclosure: {url: https://e.com/a.mp3, length: 12}"], [MP3]),
        (
            ["enclosure: {url: https://e.com/a, length: 12, type: audio/x}"],
            [Enclosure(url="https://e.com/a", type="audio/x", length=12)],
        ),
        (["enclosure: {url: /a.bin, length: many}"], [Enclosure(url="/a.bin", type="application/octet-stream")]),
        (
            ["enclosures:", "- {href: https://e.com/a.mp3, size: '12'}", "- /b.m4v"],
            [MP3, Enclosure(url="/b.m4v", type="video/mp4")],
        ),
        (["enclosure: |", "  https://e.com/a.mp3", "  12", "  audio/mpeg"], [MP3]),
        (["enclosure:"], []),
    ],
)
def test_an_enclosure_has_many_spellings(site, lines, enclosures):
    assert list(site.post(*lines).enclosures) == enclosures
    assert site.said == []


def test_an_enclosure_without_an_address_is_left_out_and_said(site):
    assert site.post("enclosure: {type: audio/mpeg}").enclosures == ()
    assert site.said == ["value-ignored"]


# The rest


def test_texts_come_as_they_stand(site):
    post = site.post("lang: zh-CN", "summary: S", "excerpt_separator: <!-- cut -->", "permalink: /a/:title/")
    assert (post.lang, post.description, post.excerpt_separator, post.permalink) == (
        "zh-CN",
        "S",
        "<!-- cut -->",
        "/a/:title/",
    )
    assert site.post().excerpt_separator is None
    assert site.post('excerpt_separator: ""').excerpt_separator == ""


def test_what_nobody_knows_is_kept_as_it_is(site):
    post = site.post("My-Key: No", "nested: {a: [1, {b: c}]}", "layout: post", "tags: x", 'odd: "a\\x07"')
    assert post.extra == {"My-Key": "No", "nested": {"a": ["1", {"b": "c"}]}, "odd": "a"}


def test_a_value_of_the_wrong_shape_is_left_out_and_said(site):
    post = site.post("lang: [a, b]", "slug: {a: b}", "description: [x]")
    assert (post.lang, post.slug, post.description) == (None, "x", None)
    assert [(one.code, one.line) for one in site.found] == [
        ("value-ignored", 4),
        ("value-ignored", 3),
        ("value-ignored", 5),
    ]


def test_the_digest_names_the_bytes_and_nothing_else(site):
    first = site.post()
    os.utime(site.folder / first.path, (1, 1))
    assert site.load(first.path).digest == first.digest
    assert site.post("x: y").digest != first.digest


def test_html_is_told_by_the_extension(site):
    assert site.post(path="_posts/2021-12-29-x.HTM").body_format == "html"
    assert site.post(path="_posts/2021-12-29-x.markdown").body_format == "markdown"
