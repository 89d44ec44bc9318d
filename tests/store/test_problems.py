"""Since when something is wrong, until when, and how long one can still learn that it was mended."""

import pytest

from feeds.diagnostics import Diagnostic, Level
from feeds.store import KEPT_SOLVED, News

OPEN_FENCE = "---\ntitle: Open\n"
HOUR = 3600


def seconds(clock):
    return int(clock().timestamp())


def problems(desk):
    return desk.site.store.problems(now=desk.clock())


def times(desk):
    """What is said now: code, first and last seen."""
    return [(one.diagnostic.code, one.first_seen, one.last_seen) for one in problems(desk).open]


def solved(desk):
    return [(one.diagnostic.code, one.solved) for one in problems(desk).solved]


@pytest.fixture
def put(desk):
    """Say that just these diagnostics were found in the files named, or in `a.md`."""

    def put_(*found, paths=("a.md",)):
        with desk.site.store.writing() as commit:
            return commit.put_diagnostics(found, paths=paths, now=desk.clock())

    return put_


def empty_link(line, path="a.md"):
    return Diagnostic(code="link-empty", path=path, line=line)


def test_a_problem_is_seen_first_when_its_post_is_read(desk, clock):
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    assert times(desk) == [("file-unfinished", seconds(clock), seconds(clock))]


def test_a_problem_that_is_still_there_keeps_when_it_was_seen_first(desk, clock):
    began = seconds(clock)
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    clock.advance(HOUR)
    desk.publish()
    assert times(desk) == [("file-unfinished", began, began + HOUR)]


def test_a_post_that_nobody_touches_keeps_when_its_problem_was_seen_last(desk, clock):
    began = seconds(clock)
    desk.post("content/one.md", date="soon")
    desk.publish()
    clock.advance(HOUR)
    desk.publish()
    assert {(first, last) for _, first, last in times(desk)} == {(began, began)}


def test_what_a_sweep_finds_again_and_again_is_written_down_once_an_hour(desk, clock, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "far.md"
    elsewhere.write_text("far")
    (desk.folder / "content/far.md").symlink_to(elsewhere)
    began = seconds(clock)
    desk.publish()
    clock.advance(HOUR - 1)
    desk.publish()
    assert times(desk) == [("file-leaves-root", began, began)]
    clock.advance(1)
    desk.publish()
    assert times(desk) == [("file-leaves-root", began, began + HOUR)]


def test_a_mended_problem_is_solved_and_after_seven_days_forgotten(desk, clock):
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    clock.advance(HOUR)
    desk.post("content/one.md")
    desk.publish()
    mended = seconds(clock)
    assert (times(desk), solved(desk)) == ([], [("file-unfinished", mended)])
    clock.advance(KEPT_SOLVED - 1)
    assert solved(desk) == [("file-unfinished", mended)]
    clock.advance(1)
    assert solved(desk) == []


def test_a_solved_problem_is_not_counted(desk):
    desk.write("content/one.md", OPEN_FENCE)
    desk.write("content/two.md", OPEN_FENCE)
    desk.publish()
    assert desk.site.store.counts().diagnostics == {"file-unfinished": 2}
    desk.post("content/one.md")
    desk.publish()
    assert desk.site.store.counts().diagnostics == {"file-unfinished": 1}


def test_a_problem_that_comes_back_begins_anew_beside_the_one_that_was_solved(desk, clock):
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    desk.post("content/one.md")
    clock.advance(HOUR)
    desk.publish()
    mended = seconds(clock)
    clock.advance(HOUR)
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    (again,) = (one for one in problems(desk).open if one.diagnostic.code == "file-unfinished")
    assert (again.first_seen, solved(desk)) == (mended + HOUR, [("file-unfinished", mended)])


def test_a_post_that_is_deleted_takes_its_problems_with_it(desk):
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    desk.delete("content/one.md")
    desk.publish()
    assert (times(desk), [code for code, _ in solved(desk)]) == ([], ["file-unfinished"])


def test_two_posts_that_go_on_claiming_one_id_have_done_so_since_they_began(desk, clock):
    began = seconds(clock)
    desk.post("content/one.md", guid="same")
    desk.post("content/two.md", guid="same")
    desk.publish()
    clock.advance(HOUR)
    desk.post("content/one.md", guid="same", body="Edited.")
    desk.post("content/two.md", guid="same", body="Edited, too.")
    desk.publish()
    assert (times(desk), solved(desk)) == ([("id-claimed", began, began + HOUR)], [])


def test_a_restart_forgets_no_times(desk, clock):
    began = seconds(clock)
    desk.write("content/one.md", OPEN_FENCE)
    desk.publish()
    clock.advance(HOUR)
    desk.restart()
    desk.publish()
    assert times(desk) == [("file-unfinished", began, began + HOUR)]


def test_a_problem_may_move_to_another_line(desk, put, clock):
    began = seconds(clock)
    put(empty_link(3))
    clock.advance(HOUR)
    assert put(empty_link(5)) == News()
    (problem,) = problems(desk).open
    assert (problem.diagnostic.line, problem.first_seen, problem.last_seen) == (5, began, began + HOUR)


def test_of_equal_problems_the_one_whose_line_is_clean_is_solved(desk, put):
    put(empty_link(3), empty_link(5), empty_link(9))
    numbers = {one.diagnostic.line: one.number for one in problems(desk).open}
    assert put(empty_link(5), empty_link(9)) == News(solved=(empty_link(3),))
    assert {one.diagnostic.line: one.number for one in problems(desk).open} == {5: numbers[5], 9: numbers[9]}


def test_one_more_of_the_same_is_new(put):
    put(empty_link(9))
    assert put(empty_link(3), empty_link(9)) == News(new=(empty_link(3),))


def test_who_writes_learns_what_is_new_and_what_is_solved(put):
    other = Diagnostic(code="title-missing", path="a.md", detail="its name")
    assert put(empty_link(3), other) == News(new=(empty_link(3), other))
    assert put(other) == News(solved=(empty_link(3),))
    assert put(other) == News()


def test_other_paths_are_left_alone(put, desk):
    put(empty_link(1), empty_link(1, path="b.md"), paths=("a.md", "b.md"))
    assert put(paths=("b.md",)) == News(solved=(empty_link(1, path="b.md"),))
    assert desk.site.store.diagnostics() == (empty_link(1),)


def test_a_thousand_solved_problems_are_kept_the_last_ones(put, desk, clock):
    many = [empty_link(line) for line in range(1, 1002)]
    put(*many)
    put(*many[1:])
    clock.advance(1)
    put()
    lines = {one.diagnostic.line for one in problems(desk).solved}
    assert lines == set(range(2, 1002))


def test_problems_that_matter_less_can_be_left_out(put, desk):
    warning = Diagnostic(code="title-missing", path="a.md", detail="its name")
    put(empty_link(1), warning)
    put(empty_link(2), Diagnostic(code="post-failed", path="a.md", detail="oh"))
    shown = problems(desk).at_least(Level.WARNING)
    assert [one.diagnostic.code for one in shown.open] == ["post-failed"]
    assert [one.diagnostic.code for one in shown.solved] == ["title-missing"]
