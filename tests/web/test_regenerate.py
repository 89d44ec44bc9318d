"""`/-/regenerate`: a script says that posts have changed, and learns what came of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.publisher import Report, Ticket
from feeds.web.admin.places import why_not

from .conftest import OTHER, PATIENCE

WAITING = {"is_done": False}


class Standstill:
    """Orders that nobody carries out until somebody says so."""

    is_here = True

    def __init__(self, tickets):
        self.given = []
        self._tickets = iter(tickets)
        self._waiting = {}

    def give(self, paths=()):
        wanted = frozenset(paths)
        self.given.append(wanted)
        return self._waiting.setdefault(wanted, None) or self._new(wanted)

    def _new(self, wanted):
        self._waiting[wanted] = Ticket(next(self._tickets), wanted)
        return self._waiting[wanted]

    def report_on(self, _id):
        return None

    def finish(self):
        for ticket in self._waiting.values():
            ticket.fulfil(Report(id=ticket.id, read=1))
        self._waiting = {}


@pytest.fixture
def standing(scripts):
    scripts.desk.site.orders = Standstill(["a1", "b2", "c3"])
    return scripts


@pytest.mark.slow
def test_whoever_waits_gets_what_was_read_which_feeds_moved_and_what_there_is_to_mend(scripts):
    scripts.desk.post("content/one.md", categories="red", tags="[unclosed")
    scripts.desk.post("content/two.md", categories="red")
    told = scripts.regenerate().json()
    assert (told["is_done"], told["read"], told["changed"], told["removed"]) == (True, 2, 2, 0)
    feeds = {feed["address"]: feed for feed in told["feeds"]}
    assert feeds["/category/red"]["kind"] == "category"
    atom = feeds["/category/red"]["formats"]["atom"]
    assert atom["before"] is None
    assert atom["url"] == "https://example.com/category/red.atom"
    assert scripts.get("/category/red.atom", headers={"Accept-Encoding": "identity"}).headers["etag"] == atom["after"]
    (wrong,) = [one for one in told["diagnostics"] if one["code"] == "front-matter-salvaged"]
    assert (wrong["path"], wrong["level"]) == ("content/one.md", "warning")
    assert wrong["message"]
    assert wrong["remedy"]
    assert wrong.keys() == {"code", "level", "path", "line", "message", "remedy"}


@pytest.mark.slow
def test_an_edit_is_told_with_the_tags_before_and_after_in_each_format(scripts):
    scripts.desk.post("content/one.md")
    scripts.regenerate()
    held = {form: plain(scripts, f"/feed.{form}") for form in ("atom", "rss", "json")}
    scripts.desk.post("content/one.md", body="Other text.")
    (site,) = scripts.regenerate("content/one.md").json()["feeds"]
    assert {form: one["before"] for form, one in site["formats"].items()} == held
    assert {form: one["after"] for form, one in site["formats"].items()} == {
        form: plain(scripts, f"/feed.{form}") for form in held
    }
    assert held["atom"] != site["formats"]["atom"]["after"]


def plain(script, path):
    return script.get(path, headers={"Accept-Encoding": "identity"}).headers["etag"]


@pytest.mark.slow
def test_a_post_that_is_named_and_not_there_any_more_is_gone_at_once(script):
    scripts = script(content={"grace": 3600})
    scripts.desk.post("content/one.md")
    scripts.regenerate()
    scripts.desk.delete("content/one.md")
    assert scripts.post(f"/-/regenerate?path=content/one.md&wait={PATIENCE}").json()["removed"] == 1


def test_whoever_does_not_wait_gets_an_id_at_once_and_the_result_later(standing):
    answer = standing.post("/-/regenerate")
    assert (answer.status_code, answer.json()) == (202, {"id": "a1", **WAITING})
    place = answer.headers["location"]
    assert place == "/-/regenerate/a1"
    assert (standing.get(place).status_code, standing.get(place).json()) == (202, {"id": "a1", **WAITING})
    standing.desk.site.orders.finish()
    later = standing.get(place)
    assert (later.status_code, later.json()["is_done"], later.json()["read"]) == (200, True, 1)


def test_whoever_waits_in_vain_gets_the_id_too(standing):
    answer = standing.post("/-/regenerate?wait=0.01")
    assert (answer.status_code, answer.json()) == (202, {"id": "a1", **WAITING})


def test_the_result_can_be_waited_for_later(standing):
    place = standing.post("/-/regenerate").headers["location"]
    with ThreadPoolExecutor(1) as other:
        later = other.submit(standing.get, f"{place}?wait={PATIENCE}")
        standing.desk.site.orders.finish()
        assert later.result().json()["is_done"]


def test_below_a_sub_path_the_result_is_there_too(script):
    scripts = script(site={"url": "https://example.com/news"})
    place = scripts.post("/news/-/regenerate").headers["location"]
    assert place.startswith("/news/-/regenerate/")
    assert scripts.get(f"{place}?wait={PATIENCE}").status_code == 200


@pytest.mark.parametrize("id_", ["nobody", "a" * 65, "..%2F..%2Fsecret", "%00", "feeds.toml"])
def test_a_result_that_nobody_ordered_is_not_there(scripts, id_):
    assert scripts.get(f"/-/regenerate/{id_}").status_code == 404


def test_a_result_outlives_the_process(scripts):
    id_ = scripts.regenerate().json()["id"]
    kept = scripts.desk.folder / ".feeds/admin/kept"
    while not any(kept.glob("*.json")):
        threading.Event().wait(0.01)
    scripts.restart()
    assert scripts.get(f"/-/regenerate/{id_}").json()["is_done"]


def test_repeats_get_the_same_id_and_other_paths_another(standing):
    standing.desk.post("content/one.md")
    ids = [
        standing.post("/-/regenerate", json=named).json()["id"]
        for named in (
            {},
            {"paths": []},
            {"paths": ["content/one.md"]},
            {"paths": ["content/one.md"] * 2},
            {"paths": ["."]},
        )
    ]
    assert ids == ["a1", "a1", "b2", "b2", "a1"]


@pytest.mark.slow
def test_a_thousand_triggers_while_one_run_takes_its_time_are_all_answered_by_the_next(scripts, monkeypatch):
    scripts.desk.post("content/one.md")
    orders, is_free = scripts.desk.site.orders, threading.Event()
    really = orders.take
    monkeypatch.setattr(orders, "take", lambda: is_free.wait(PATIENCE) and really())
    with ThreadPoolExecutor(32) as crowd:
        answers = list(crowd.map(lambda _number: scripts.post("/-/regenerate", json={}), range(1000)))
        is_free.set()
        places = [answer.headers["location"] for answer in answers]
        assert all(crowd.map(lambda place: scripts.get(f"{place}?wait={PATIENCE}").json()["is_done"], places))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert plain(scripts, "/feed.atom")


# once only


def test_the_same_key_gets_the_same_answer_without_another_order(standing):
    first, second = (standing.post("/-/regenerate", headers={"Idempotency-Key": '"k"'}) for _ in range(2))
    assert (first.status_code, first.json(), first.headers["location"]) == (
        second.status_code,
        second.json(),
        second.headers["location"],
    )
    assert len(standing.desk.site.orders.given) == 1


def test_the_same_key_gets_the_same_result_after_a_restart(scripts):
    first = scripts.regenerate(**{"Idempotency-Key": "k"})
    scripts.restart()
    assert scripts.regenerate(**{"Idempotency-Key": "k"}).json() == first.json()


@pytest.mark.parametrize("other", [{"json": {"paths": ["content"]}}, {"params": {"path": "content"}}])
def test_the_same_key_for_another_request_is_refused(standing, other):
    standing.post("/-/regenerate", headers={"Idempotency-Key": "k"})
    assert standing.post("/-/regenerate", headers={"Idempotency-Key": "k"}, **other).status_code == 422


def test_the_same_key_of_somebody_else_is_another(standing):
    standing.post("/-/regenerate", headers={"Idempotency-Key": "k"})
    fields = {"Idempotency-Key": "k", "Authorization": f"Bearer {OTHER}"}
    assert standing.post("/-/regenerate", headers=fields, json={"paths": ["content"]}).json()["id"] == "b2"


def test_a_key_whose_first_request_is_still_answered_is_told_to_come_again(standing):
    fields = {"Idempotency-Key": "k"}
    with ThreadPoolExecutor(1) as other:
        first = other.submit(standing.post, f"/-/regenerate?wait={PATIENCE}", headers=fields)
        while not standing.desk.site.orders.given:
            threading.Event().wait(0.001)
        again = standing.post(f"/-/regenerate?wait={PATIENCE}", headers=fields)
        assert (again.status_code, again.headers["retry-after"]) == (409, "1")
        standing.desk.site.orders.finish()
        assert first.result().status_code == 200
    assert standing.post(f"/-/regenerate?wait={PATIENCE}", headers=fields).json() == first.result().json()


def test_a_refused_request_uses_no_key_up(standing):
    fields = {"Idempotency-Key": "k"}
    assert standing.post("/-/regenerate", headers=fields, json={"paths": ["/etc"]}).status_code == 422
    assert standing.post("/-/regenerate", headers=fields).status_code == 202


# what cannot be asked


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'"content"', 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b'{"paths": "content"}', 422),
        (b'{"paths": [1]}', 422),
        (b'{"path": ["content"]}', 422),
        (b"x" * 1_000_001, 413),
    ],
)
def test_a_body_that_says_nothing_is_refused_with_the_reason(standing, body, status):
    answer = standing.post("/-/regenerate", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert standing.desk.site.orders.given == []


def test_a_body_that_comes_in_pieces_is_counted_as_well(standing):
    assert standing.post("/-/regenerate", content=iter([b" " * 600_000] * 2)).status_code == 413


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "inf", "x", "", "1e1", "٣"])
def test_a_wait_that_is_no_number_of_seconds_up_to_a_minute_is_refused(standing, wait):
    assert standing.post("/-/regenerate", params={"wait": wait}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "content/../..",
        "../content",
        "content/\0.md",
        "feeds.toml",
        ".feeds",
        "contents",
        "content/out",
    ],
)
def test_a_path_outside_the_roots_is_refused(standing, tmp_path_factory, path):
    (standing.desk.folder / "content/out").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    assert standing.post("/-/regenerate", json={"paths": [path]}).status_code == 422
    assert standing.post("/-/regenerate", params={"path": path}).status_code == 422
    assert standing.desk.site.orders.given == []


@pytest.mark.parametrize("path", ["content", "content/", "content/new.md", "content/a/b.md", "./content/新闻.md"])
def test_a_path_inside_the_roots_is_handed_on_there_or_not(standing, path):
    assert standing.post("/-/regenerate", json={"paths": [path]}).status_code == 202
    assert standing.desk.site.orders.given == [frozenset({path})]


@given(
    path=st.lists(
        st.sampled_from(["content", "/", ".", "..", "\0", "a", "link", "新", "\ud800", "\n"]), max_size=8
    ).map("".join)
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_path_is_let_in_stays_inside(desk, path):
    from pathlib import Path

    from feeds.posts.roots import find_roots

    link = desk.folder / "content/link"
    if not link.is_symlink():
        link.symlink_to("/usr")
    if why_not(desk.folder, find_roots(desk.folder, desk.settings), path) == "":
        real = (desk.folder / path).resolve()
        root = (desk.folder / "content").resolve()
        assert real.is_relative_to(root) or root.is_relative_to(real)
        assert real.is_relative_to(desk.folder.resolve())
        assert not Path(path).is_absolute()
