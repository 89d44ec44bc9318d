"""`/-/posts/PATH`: scripts write, read and delete posts without touching the disk."""

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import PATIENCE

POST = "---\ntitle: {}\ndate: 2026-10-01 08:00:00\n---\n\nText.\n"
SECRET = "nobody may read or change this"


def tag(text):
    return f'"{hashlib.sha256(text.encode()).hexdigest()}"'


def post(title="One"):
    return POST.format(title)


@pytest.mark.slow
def test_a_post_that_is_put_is_in_the_feed_when_the_answer_comes(scripts):
    answer = scripts.save("2026-11-24-one.md", post())
    told = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, tag(post()))
    assert answer.headers["location"] == "/-/posts/2026-11-24-one.md"
    assert (told["path"], told["etag"]) == ("content/2026-11-24-one.md", tag(post()))
    assert (told["result"]["changed"], told["result"]["id"]) == (1, told["id"])
    assert "<title>One</title>" in scripts.get("/feed.rss").text


@pytest.mark.slow
def test_a_post_that_is_put_again_is_changed_and_deleted_it_is_gone(scripts):
    scripts.save("one.md", post())
    changed = scripts.save("one.md", post("Two"))
    assert (changed.status_code, changed.json()["result"]["changed"]) == (200, 1)
    assert "<title>Two</title>" in scripts.get("/feed.rss").text
    gone = scripts.delete(f"/-/posts/one.md?wait={PATIENCE}")
    assert (gone.status_code, gone.json()["result"]["removed"]) == (200, 1)
    assert "<title>Two</title>" not in scripts.get("/feed.rss").text
    assert not (scripts.desk.folder / "content/one.md").exists()


def test_without_waiting_the_id_of_the_order_is_told(scripts):
    put = scripts.put("/-/posts/one.md", content=post())
    assert put.json().keys() == {"path", "etag", "id"}
    assert scripts.get(f"/-/regenerate/{put.json()['id']}?wait={PATIENCE}").json()["is_done"]
    deleted = scripts.delete("/-/posts/one.md")
    assert (deleted.status_code, deleted.content) == (204, b"")


def test_a_post_is_read_as_it_stands_with_its_tag(scripts):
    scripts.put("/-/posts/one.md", content=post())
    answer = scripts.get("/-/posts/one.md")
    assert (answer.status_code, answer.text, answer.headers["etag"]) == (200, post(), tag(post()))
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert scripts.head("/-/posts/one.md").headers["etag"] == tag(post())
    again = scripts.get("/-/posts/one.md", headers={"If-None-Match": f"W/{tag(post())}"})
    assert (again.status_code, again.content) == (304, b"")


def test_a_post_in_html_is_shown_to_no_browser_as_a_page(scripts):
    scripts.put("/-/posts/one.html", content="<script>alert(1)</script>")
    answer = scripts.get("/-/posts/one.html")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_folders_are_made_and_names_are_of_any_script(scripts):
    scripts.put("/-/posts/新闻/2026/八点.md", content=post())
    assert (scripts.desk.folder / "content/新闻/2026/八点.md").read_text() == post()
    assert scripts.get("/-/posts/新闻/2026/八点.md").text == post()


def test_the_name_of_the_root_may_stand_in_front(scripts):
    assert scripts.put("/-/posts/content/one.md", content=post()).json()["path"] == "content/one.md"
    assert scripts.put("/-/posts/one.md", content=post("Two")).status_code == 200


def test_where_the_root_has_a_folder_of_its_own_name_that_one_is_meant(scripts):
    (scripts.desk.folder / "content/content").mkdir()
    assert scripts.put("/-/posts/content/one.md", content=post()).json()["path"] == "content/content/one.md"


def test_only_the_first_root_is_written(script):
    scripts = script(content={"roots": ["news", "blog"], "archives": ["old"]})
    assert scripts.put("/-/posts/one.md", content=post()).json()["path"] == "news/one.md"
    assert scripts.put("/-/posts/blog/one.md", content=post()).json()["path"] == "news/blog/one.md"


def test_what_is_nobodys_post_is_not_found(scripts):
    for answer in (
        scripts.get("/-/posts/one.md"),
        scripts.delete("/-/posts/a/one.md"),
        scripts.get("/-/posts/a/one.md"),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_permissions_stay_and_nothing_is_left_beside(scripts):
    scripts.put("/-/posts/one.md", content=post())
    file = scripts.desk.folder / "content/one.md"
    file.chmod(0o640)
    scripts.put("/-/posts/one.md", content=post("Two"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["one.md"]


# only if


@pytest.mark.parametrize(
    ("field", "held", "status"),
    [
        ("If-Match", tag(post()), 200),
        ("If-Match", f'"x", {tag(post())}', 200),
        ("If-Match", "*", 200),
        ("If-Match", f"W/{tag(post())}", 412),
        ("If-Match", tag("other"), 412),
        ("If-Match", "nonsense", 412),
        ("If-None-Match", "*", 412),
        ("If-None-Match", tag(post()), 412),
        ("If-None-Match", f"W/{tag(post())}", 412),
        ("If-None-Match", tag("other"), 200),
    ],
)
def test_a_condition_is_judged_by_the_bytes_that_stand_there(scripts, field, held, status):
    scripts.put("/-/posts/one.md", content=post())
    answer = scripts.put("/-/posts/one.md", content=post("Two"), headers={field: held})
    assert answer.status_code == status
    is_new = status == 200
    assert scripts.get("/-/posts/one.md").text == post("Two" if is_new else "One")
    assert answer.headers["etag"] == tag(post("Two" if is_new else "One"))


@pytest.mark.parametrize(("field", "status"), [("If-Match", 412), ("If-None-Match", 201)])
def test_where_nothing_stands_any_is_not_matched(scripts, field, status):
    assert scripts.put("/-/posts/one.md", content=post(), headers={field: "*"}).status_code == status


def test_a_post_is_deleted_only_as_it_is_held(scripts):
    scripts.put("/-/posts/one.md", content=post())
    assert scripts.delete("/-/posts/one.md", headers={"If-Match": tag("other")}).status_code == 412
    assert scripts.delete("/-/posts/one.md", headers={"If-Match": tag(post())}).status_code == 204


def test_of_many_who_hold_the_same_post_just_one_may_change_it(scripts):
    scripts.put("/-/posts/one.md", content=post())
    fields = {"If-Match": tag(post())}

    def change(number):
        return scripts.put("/-/posts/one.md", content=post(f"By {number}"), headers=fields)

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(change, range(64)))
    (done,) = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} == {200, 412}
    assert scripts.get("/-/posts/one.md").headers["etag"] == done.headers["etag"]


# what cannot be put


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("one.txt", 415),
        ("one", 415),
        ("", 422),
        ("one.md/", 422),
        ("a//one.md", 422),
        ("a/%2E/one.md", 422),
        (".one.md", 422),
        (".git/one.md", 422),
        ("a/.b/one.md", 422),
        ("node_modules/one.md", 422),
        ("~$one.md", 422),
        ("%2E%2E/one.md", 422),
        ("a/%2E%2E/%2E%2E/one.md", 422),
        ("/etc/one.md", 422),
        ("%2Fetc%2Fone.md", 422),
        ("a%00.md", 422),
        ("a%09.md", 422),
        ("a%0A.md", 404),
        ("%FF.md", 422),
        ("a" * 256 + ".md", 422),
        ("a/" * 600 + "one.md", 422),
    ],
)
def test_a_path_that_can_be_no_posts_is_refused(scripts, path, status):
    before = sorted(scripts.desk.folder.rglob("*"))
    answer = scripts.put(f"/-/posts/{path}", content=post())
    assert answer.status_code == status, answer.text
    assert [
        file for file in sorted(scripts.desk.folder.rglob("*")) if file not in before and ".feeds" not in file.parts
    ] == []


def test_a_post_larger_than_posts_may_be_is_refused_before_and_while_it_comes(script):
    scripts = script(content={"max_file_bytes": 1000})
    whole = scripts.put("/-/posts/one.md", content=b"x" * 1001)
    pieces = scripts.put("/-/posts/one.md", content=iter([b"x" * 500] * 3))
    assert (whole.status_code, pieces.status_code) == (413, 413)
    assert list((scripts.desk.folder / "content").iterdir()) == []
    assert scripts.put("/-/posts/one.md", content=iter([b"x" * 500] * 2)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "status"), [({"Content-Range": "bytes 0-1/9"}, 400), ({"Content-Encoding": "gzip"}, 415)]
)
def test_what_would_not_be_the_bytes_of_a_post_is_refused(scripts, fields, status):
    assert scripts.put("/-/posts/one.md", content=post(), headers=fields).status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["out/secret.md", "secret.md", "around/one.md"])
def test_no_symbolic_link_is_followed(scripts, tmp_path_factory, method, path):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.md").write_text(SECRET)
    root = scripts.desk.folder / "content"
    (root / "out").symlink_to(outside)
    (root / "secret.md").symlink_to(outside / "secret.md")
    (root / "around").symlink_to(root)
    answer = scripts.request(method, f"/-/posts/{path}", content=post())
    assert answer.status_code == 409
    assert [(file.name, file.read_text()) for file in outside.iterdir()] == [("secret.md", SECRET)]
    assert (root / "secret.md").is_symlink()
    assert not (root / "one.md").exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_left_alone(scripts, method, make):
    make(scripts.desk.folder / "content/one.md")
    assert scripts.request(method, "/-/posts/one.md", content=post()).status_code == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_without_a_token_reads_or_writes_posts(scripts, method):
    scripts.put("/-/posts/one.md", content=post())
    del scripts.headers["Authorization"]
    assert scripts.request(method, "/-/posts/one.md", content=SECRET).status_code == 401
    assert (scripts.desk.folder / "content/one.md").read_text() == post()


@pytest.mark.slow
def test_an_unwritable_folder_is_told_and_nothing_is_lost(scripts, monkeypatch):
    scripts.put("/-/posts/one.md", content=post())
    monkeypatch.setattr(os, "fsync", lambda _descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    answer = scripts.put("/-/posts/one.md", content=post("Two"))
    assert (answer.status_code, answer.headers["content-type"]) == (507, "application/problem+json")
    assert [path.name for path in (scripts.desk.folder / "content").iterdir()] == ["one.md"]
    assert (scripts.desk.folder / "content/one.md").read_text() == post()


_PARTS = st.sampled_from(
    ["..", ".", "", "a", "link", "one.md", "%2E%2E", "%2F", "%00", "content", "b.md", ".c.md", "up"]
)


@pytest.fixture
def walled(scripts, tmp_path_factory):
    """A root with links that lead out of it; and what lies there."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "one.md").write_text(SECRET)
    root = scripts.desk.folder / "content"
    (root / "link").symlink_to(outside)
    (root / "up").symlink_to(scripts.desk.folder)
    (scripts.desk.folder / "one.md").write_text(SECRET)
    return scripts, outside


@given(method=st.sampled_from(["PUT", "GET", "DELETE"]), parts=st.lists(_PARTS, max_size=6))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_path_is_asked_for_nothing_outside_the_root_is_touched(walled, method, parts):
    scripts, outside = walled
    answer = scripts.request(method, f"/-/posts/{'/'.join(parts)}", content=post())
    assert answer.status_code < 500
    assert SECRET not in answer.text
    assert [(file.name, file.read_text()) for file in outside.iterdir()] == [("one.md", SECRET)]
    assert (scripts.desk.folder / "one.md").read_text() == SECRET
    assert {file.name for file in scripts.desk.folder.iterdir()} == {".feeds", "content", "one.md"}
