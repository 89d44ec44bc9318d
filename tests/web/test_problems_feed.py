"""What there is to mend, as programs and feed readers get it over HTTP."""

import base64
import io

import feedparser
import pytest
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.store import KEPT_SOLVED
from feeds.web.app import create_app

TOKEN = "0123456789abcdef-desk"
OPEN_FENCE = "---\ntitle: Open\n"
HOUR = 3600
FORMS = ("/-/problems.json", "/-/problems.atom")


@pytest.fixture
def ready(open_desk):
    desk = open_desk(admin={"tokens": {"desk": TOKEN}})
    desk.publish()
    return desk


@pytest.fixture
def client(ready):
    return TestClient(create_app(ready.site, clock=lambda: ready.clock().timestamp()), follow_redirects=False)


def bearer(token=TOKEN):
    return {"authorization": f"Bearer {token}"}


def basic(password=TOKEN, user="anybody"):
    return {"authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


@pytest.fixture
def told(client):
    """The JSON for whoever has the token."""
    return lambda query="": client.get(f"/-/problems.json{query}", headers=bearer()).json()


@pytest.fixture
def shown(client):
    """What a feed reader that sends a password shows: titles, newest first."""

    def show(query=""):
        response = client.get(f"/-/problems.atom{query}", headers=basic())
        assert response.status_code == 200
        read = feedparser.parse(io.BytesIO(response.content))
        assert not read.bozo
        return [one.title for one in read.entries]

    return show


def break_post(desk):
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()


def mend_post(desk):
    desk.post("content/one.md")
    desk.publish()


def test_a_broken_post_appears_with_all_that_is_known_of_it(ready, told):
    break_post(ready)
    assert told() == {
        "problems": [
            {
                "code": "file-unfinished",
                "level": "warning",
                "path": "content/one.md",
                "line": None,
                "detail": "",
                "message": "The front matter has no closing fence, so the file waits.",
                "remedy": "Close the front matter with a line `---`.",
                "first_seen": "2026-11-01T12:00:00+00:00",
                "last_seen": "2026-11-01T12:00:00+00:00",
            }
        ],
        "solved": [],
    }


def test_still_broken_an_hour_later_it_was_seen_first_as_before_and_last_just_now(ready, clock, told):
    break_post(ready)
    told()
    clock.advance(HOUR)
    ready.publish()
    (problem,) = told()["problems"]
    assert (problem["first_seen"], problem["last_seen"]) == ("2026-11-01T12:00:00+00:00", "2026-11-01T13:00:00+00:00")


def test_a_mended_post_is_told_as_solved_until_seven_days_are_over(ready, clock, told):
    break_post(ready)
    clock.advance(HOUR)
    mend_post(ready)
    assert told()["problems"] == []
    (solved,) = told()["solved"]
    assert (solved["code"], solved["solved"]) == ("file-unfinished", "2026-11-01T13:00:00+00:00")
    clock.advance(KEPT_SOLVED)
    assert told() == {"problems": [], "solved": []}


def test_a_post_that_is_broken_again_is_a_new_problem(ready, clock, told, client):
    break_post(ready)
    clock.advance(HOUR)
    mend_post(ready)
    clock.advance(HOUR)
    break_post(ready)
    unfinished = [one for one in told()["problems"] if one["code"] == "file-unfinished"]
    assert [one["first_seen"] for one in unfinished] == ["2026-11-01T14:00:00+00:00"]
    read = feedparser.parse(client.get(FORMS[1], headers=basic()).content)
    assert len({one.id for one in read.entries if "fence" in one.title}) == 2


def test_a_reader_that_polls_sees_the_problem_and_then_that_it_is_solved_and_then_nothing(ready, clock, shown):
    said = "content/one.md: The front matter has no closing fence, so the file waits."
    assert shown() == []
    break_post(ready)
    assert shown() == [said]
    clock.advance(HOUR)
    mend_post(ready)
    assert shown() == [f"Solved: {said}"]
    clock.advance(KEPT_SOLVED)
    assert shown() == []


def test_the_library_reader_keeps_one_entry_that_turns_into_its_solution(ready, clock, client, tmp_path):
    from reader import make_reader

    with make_reader(str(tmp_path / "reader.sqlite"), feed_root=str(tmp_path)) as library:
        library.add_feed("problems.atom")
        titles = []
        for change in (break_post, mend_post):
            change(ready)
            (tmp_path / "problems.atom").write_bytes(client.get(FORMS[1], headers=basic()).content)
            library.update_feeds(scheduled=False)
            titles.append([one.title.partition(" ")[0] for one in library.get_entries()])
            clock.advance(HOUR)
    assert titles == [["content/one.md:"], ["Solved:"]]


def test_the_gravest_come_first_and_lesser_ones_can_be_left_out(ready, told, shown):
    ready.post("content/one.md", guid="same", body="<>")
    ready.post("content/two.md", guid="same", title="")
    ready.publish()
    levels = [one["level"] for one in told()["problems"]]
    assert levels[0] == "error"
    assert {"warning"} < set(levels)
    for level, kept in (("error", {"error"}), ("warning", {"error", "warning"})):
        assert {one["level"] for one in told(f"?level={level}")["problems"]} == kept
    assert told("?level=note") == told()
    assert len(shown("?level=error")) == levels.count("error") < len(shown())


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("query", ["?level=fatal", "?level=", "?level=note&level=error"])
def test_a_level_that_is_none_is_told(client, path, query):
    response = client.get(path + query, headers=bearer())
    assert response.status_code == 400
    assert "note, warning, error" in response.json()["detail"]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("coding", CODINGS)
def test_who_has_it_is_told_so_until_problems_change(ready, client, path, coding):
    fields = {**bearer(), "accept-encoding": coding}
    first = client.get(path, headers=fields)
    assert first.headers.get("content-encoding", "identity") == coding
    assert (first.headers["cache-control"], first.headers["vary"]) == ("private, no-cache", "Accept-Encoding")
    known = {**fields, "if-none-match": first.headers["etag"]}
    again = client.get(path, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    head = client.head(path, headers=fields)
    assert (head.status_code, head.content, head.headers) == (200, b"", first.headers)
    break_post(ready)
    assert client.get(path, headers=known).status_code == 200


@pytest.mark.parametrize("path", FORMS)
def test_that_a_problem_was_seen_again_is_no_news(ready, clock, client, path):
    break_post(ready)
    etag = client.get(path, headers=bearer()).headers["etag"]
    clock.advance(HOUR)
    ready.publish()
    assert client.get(path, headers=bearer()).headers["etag"] == etag
    assert client.get(path, headers={**bearer(), "if-none-match": etag}).status_code == 304


@pytest.mark.parametrize("path", FORMS)
def test_that_a_solution_is_forgotten_changes_the_validator(ready, clock, client, path):
    break_post(ready)
    mend_post(ready)
    etag = client.get(path, headers=bearer()).headers["etag"]
    clock.advance(KEPT_SOLVED)
    assert client.get(path, headers=bearer()).headers["etag"] != etag


def test_a_tag_is_weak_where_equal_tags_may_name_other_bytes(client):
    assert client.get(FORMS[0], headers=bearer()).headers["etag"].startswith('W/"')
    assert client.get(FORMS[1], headers=bearer()).headers["etag"].startswith('"')


@pytest.mark.parametrize(
    ("path", "media_type"),
    [(FORMS[0], "application/json"), (FORMS[1], "application/atom+xml; charset=utf-8")],
)
def test_each_form_has_its_type_and_is_given_to_no_other_page(client, path, media_type):
    response = client.get(path, headers={**bearer(), "origin": "https://elsewhere.example"})
    assert response.headers["content-type"] == media_type
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_the_feed_names_itself_as_it_was_asked_for(ready, client):
    for query, address in (("", ""), ("?level=note", ""), ("?level=error", "?level=error")):
        read = feedparser.parse(client.get(f"/-/problems.atom{query}", headers=basic()).content)
        (own,) = [link.href for link in read.feed.links if link.rel == "self"]
        assert own == f"https://example.com/-/problems.atom{address}"


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        bearer("0123456789abcdef-desl"),
        basic("0123456789abcdef-desl"),
        basic(""),
        basic("", user=TOKEN),
        {"authorization": "Basic " + base64.b64encode(TOKEN.encode()).decode()},
        {"authorization": "Basic ***"},
        {"authorization": "Basic a"},
    ],
)
@pytest.mark.parametrize("query", ["", f"?token={TOKEN}", "?level=fatal"])
def test_who_has_no_token_learns_nothing_and_how_to_bring_one(ready, client, path, fields, query):
    break_post(ready)
    known = client.get(path, headers=bearer()).headers["etag"]
    response = client.get(path + query, headers={**fields, "if-none-match": known})
    assert response.status_code == 401
    assert "content/one.md" not in response.text
    assert "etag" not in response.headers
    challenges = [value for name, value in response.headers.multi_items() if name == "www-authenticate"]
    assert [one.partition(" ")[0] for one in challenges] == ["Bearer", "Basic"]


@pytest.mark.parametrize("user", ["", "feeds", "Жук"])
def test_the_token_is_the_password_of_any_user(client, user):
    assert client.get(FORMS[1], headers=basic(user=user)).status_code == 200


@pytest.mark.parametrize("path", FORMS)
def test_where_no_token_is_set_nobody_is_told(open_desk, path):
    desk = open_desk()
    break_post(desk)
    response = TestClient(create_app(desk.site)).get(path, headers=basic())
    assert response.status_code == 404
    assert "content/one.md" not in response.text


@pytest.mark.parametrize("path", FORMS)
def test_before_the_first_ingest_is_over_programs_are_asked_to_wait(open_desk, path):
    desk = open_desk(admin={"tokens": {"desk": TOKEN}})
    response = TestClient(create_app(desk.site)).get(path, headers=bearer())
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
