import json
from zoneinfo import ZoneInfo

import pytest

from feeds.check import as_counts, as_json, as_line, as_lines
from feeds.check import report as report_of
from feeds.diagnostics import Diagnostic, Level, Problem, Problems

NOTE = Diagnostic(code="liquid-left", path="_posts/b.md", line=12, detail="{% include x %}")
WARNING = Diagnostic(code="date-missing", path="_posts/a.md", detail="the file's name")
ERROR = Diagnostic(code="id-claimed", path="_posts/c.md", detail="tag:example.com,2021:c")

NOON = 1_793_534_400  # 2026-11-01 12:00 UTC
SHANGHAI = ZoneInfo("Asia/Shanghai")


def kept(diagnostic, first_seen=NOON, last_seen=NOON, solved=None):
    return Problem(diagnostic=diagnostic, first_seen=first_seen, last_seen=last_seen, solved=solved)


def report(found):
    return report_of(Problems(), found)


@pytest.mark.parametrize(
    ("found", "strict", "status"),
    [
        ((), False, 0),
        ((), True, 0),
        ((NOTE,), False, 0),
        ((NOTE,), True, 0),
        ((NOTE, WARNING), False, 0),
        ((NOTE, WARNING), True, 1),
        ((ERROR,), False, 1),
        ((ERROR, NOTE), True, 1),
    ],
)
def test_errors_fail_the_check_and_warnings_only_a_strict_one(found, strict, status):
    assert report(found).exit_status(strict=strict) == status


def test_a_line_names_file_line_level_code_message_and_remedy():
    assert as_line(kept(NOTE)) == (
        "_posts/b.md:12: note liquid-left The Liquid tag {% include x %} was left as it stands."
        " — Replace it by Markdown or HTML; feeds run no templates."
    )


def test_a_diagnostic_of_a_whole_file_has_no_line_number():
    assert as_line(kept(WARNING)).startswith("_posts/a.md: warning date-missing ")


def test_the_gravest_comes_first_whatever_the_order_found():
    assert report([NOTE, WARNING, ERROR]).diagnostics == report([ERROR, NOTE, WARNING]).diagnostics
    assert [d.level for d in report([NOTE, WARNING, ERROR]).diagnostics] == [Level.ERROR, Level.WARNING, Level.NOTE]


def test_one_code_stands_together_sorted_by_file_and_line():
    where = [("b.md", 9), ("a.md", 30), ("a.md", 4)]
    found = [Diagnostic(code="link-empty", path=path, line=line) for path, line in where]
    lines = as_lines(report([*found, WARNING])).splitlines()
    assert [line.split(": ")[0] for line in lines[:5]] == ["_posts/a.md", "", "a.md:4", "a.md:30", "b.md:9"]


def test_the_same_thing_is_told_once():
    assert report([NOTE, NOTE]).diagnostics == (NOTE,)


def test_the_last_line_counts_levels_and_files():
    second_note = Diagnostic(code="link-empty", path=NOTE.path, line=1)
    assert as_lines(report([NOTE, second_note, ERROR])).splitlines()[-1] == "1 error, 2 notes in 2 files."


def test_a_clean_site_says_so():
    assert as_lines(report([])) == "Nothing to mend.\n"


def test_a_detail_cannot_move_the_cursor_of_a_terminal():
    line = as_line(kept(Diagnostic(code="url-unusable", path="a\udcff.md", detail="\x1b[2Jx\ny")))
    assert line.isprintable()
    assert "\\x1b[2Jx\\ny" in line
    assert line.startswith("a\\udcff.md: ")


def test_what_the_index_has_known_for_long_says_since_when():
    text = as_lines(report_of(Problems(open=(kept(NOTE),)), zone=SHANGHAI), asked=NOON + 1)
    assert text.splitlines()[0].endswith("feeds run no templates. (since 2026-11-01 20:00)")


def test_what_this_check_found_first_says_no_time():
    assert "since" not in as_lines(report_of(Problems(open=(kept(NOTE),)), [WARNING]), asked=NOON)


def test_what_this_check_found_solved_says_so_once():
    solved = Problems(solved=(kept(NOTE, solved=NOON + 60),))
    told = "_posts/b.md: solved liquid-left The Liquid tag {% include x %} was left as it stands.\n\nNothing to mend.\n"
    assert as_lines(report_of(solved), asked=NOON + 60) == told
    assert as_lines(report_of(solved), asked=NOON + 61) == "Nothing to mend.\n"


def test_a_solved_error_fails_no_check():
    assert report_of(Problems(solved=(kept(ERROR, solved=NOON),))).exit_status(strict=True) == 0


def test_what_is_found_and_kept_is_told_once_with_its_times():
    assert report_of(Problems(open=(kept(NOTE),)), [NOTE]).problems == (kept(NOTE),)


def test_json_carries_every_field():
    problems = Problems(open=(kept(NOTE, NOON, NOON + 60),), solved=(kept(WARNING, solved=NOON + 3600),))
    assert json.loads(as_json(report_of(problems, zone=SHANGHAI))) == {
        "problems": [
            {
                "code": "liquid-left",
                "level": "note",
                "path": "_posts/b.md",
                "line": 12,
                "detail": "{% include x %}",
                "message": "The Liquid tag {% include x %} was left as it stands.",
                "remedy": "Replace it by Markdown or HTML; feeds run no templates.",
                "first_seen": "2026-11-01T20:00:00+08:00",
                "last_seen": "2026-11-01T20:01:00+08:00",
            }
        ],
        "solved": [
            {
                "code": "date-missing",
                "level": "warning",
                "path": "_posts/a.md",
                "line": None,
                "detail": "the file's name",
                "message": "There is no date; it was taken from the file's name.",
                "remedy": "Give the post a `date`.",
                "first_seen": "2026-11-01T20:00:00+08:00",
                "last_seen": "2026-11-01T20:00:00+08:00",
                "solved": "2026-11-01T21:00:00+08:00",
            }
        ],
    }


def test_what_no_index_remembers_has_no_times_in_json():
    (told,) = json.loads(as_json(report([NOTE])))["problems"]
    assert (told["first_seen"], told["last_seen"]) == (None, None)


def test_a_clean_site_is_two_empty_lists_in_json():
    assert json.loads(as_json(report([]))) == {"problems": [], "solved": []}


def test_one_post_is_counted_as_one():
    assert as_counts({"host": 1}).splitlines()[0] == "Rules that found the origins of 1 post:"
