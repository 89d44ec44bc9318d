"""Problems as Atom, as judges and readers take them."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import atoma
import feedparser
import pytest

from feeds.diagnostics import Diagnostic, Problem
from feeds.render.problems import ProblemFeed, problems_atom

NOON = 1_793_534_400  # 2026-11-01 12:00 UTC
FENCE = Diagnostic(code="file-unfinished", path="_posts/a.md")
LIQUID = Diagnostic(code="liquid-left", path="_posts/新闻 & b.md", line=12, detail="{% include <x> %}")


def problem(diagnostic=FENCE, number=1, first_seen=NOON, solved=None):
    return Problem(
        diagnostic=diagnostic, number=number, first_seen=first_seen, last_seen=first_seen + 60, solved=solved
    )


def document(*problems, site="Example & Sons"):
    return problems_atom(
        ProblemFeed(
            problems=problems,
            authority="example.com,2026",
            site=site,
            home="https://example.com/",
            listed="https://example.com/-/problems.json",
            url="https://example.com/-/problems.atom",
            zone=ZoneInfo("Asia/Shanghai"),
        )
    )


def entries(*problems):
    return feedparser.parse(io.BytesIO(document(*problems))).entries


def ids(*problems):
    return [one.id for one in entries(*problems)]


def test_the_feed_is_valid_atom(judge):
    assert judge("atom", document(problem(), problem(LIQUID, 2), problem(LIQUID, 3, solved=NOON + 60))) == []


def test_a_feed_without_problems_is_valid_atom(judge):
    assert judge("atom", document()) == []


def test_feedparser_reads_where_what_how_grave_and_since_when():
    read = feedparser.parse(io.BytesIO(document(problem(LIQUID))))
    assert (read.bozo, read.feed.title, read.feed.language) == (False, "Problems of Example & Sons", "en")
    (entry,) = read.entries
    said = "The Liquid tag {% include <x> %} was left as it stands."
    assert entry.title == f"_posts/新闻 & b.md:12: {said}"
    assert [(tag.scheme, tag.term) for tag in entry.tags] == [
        ("tag:example.com,2026:level", "note"),
        ("tag:example.com,2026:code", "liquid-left"),
    ]
    assert entry.link == "https://example.com/-/problems.json"
    assert entry.content[0].value == (
        "<p>The Liquid tag {% include &lt;x&gt; %} was left as it stands.</p>"
        "<p>Replace it by Markdown or HTML; feeds run no templates.</p>"
        "<pre>{% include &lt;x&gt; %}</pre>"
    )
    assert entry.published == entry.updated == "2026-11-01T20:00:00+08:00"


def test_atoma_reads_the_same():
    read = atoma.parse_atom_bytes(document(problem(LIQUID)))
    (entry,) = read.entries
    assert entry.title.value == "_posts/新闻 & b.md:12: The Liquid tag {% include <x> %} was left as it stands."
    assert [one.term for one in entry.categories] == ["note", "liquid-left"]
    assert (entry.published, entry.updated) == (datetime(2026, 11, 1, 12, tzinfo=UTC),) * 2
    assert ("self", "https://example.com/-/problems.atom") in [(link.rel, link.href) for link in read.links]


def test_a_solved_problem_keeps_its_id_and_says_when_it_was_solved():
    (before,), (after,) = entries(problem()), entries(problem(solved=NOON + 3600))
    assert (after.id, after.published) == (before.id, before.published)
    assert after.title == f"Solved: {before.title}"
    assert after.updated == "2026-11-01T21:00:00+08:00"


def test_a_problem_that_moves_to_another_line_keeps_its_id():
    moved = Diagnostic(code=LIQUID.code, path=LIQUID.path, line=99, detail=LIQUID.detail)
    assert ids(problem(LIQUID)) == ids(problem(moved))


@pytest.mark.parametrize(
    "other",
    [
        problem(number=2),
        problem(first_seen=NOON + 1),
        problem(Diagnostic(code="file-unfinished", path="_posts/b.md")),
        problem(Diagnostic(code="file-empty", path="_posts/a.md")),
        problem(Diagnostic(code="file-unfinished", path="_posts/a.md", detail="x")),
    ],
)
def test_another_problem_has_another_id(other):
    assert ids(problem()) != ids(other)


def test_the_newest_comes_first_and_what_is_solved_is_as_new_as_its_solution():
    old, new, solved = problem(number=1), problem(number=2, first_seen=NOON + 10), problem(LIQUID, 3, solved=NOON + 20)
    read = feedparser.parse(io.BytesIO(document(old, new, solved)))
    assert [one.id for one in read.entries] == [*ids(solved), *ids(new), *ids(old)]
    assert read.feed.updated == read.entries[0].updated


def test_the_five_hundred_newest_are_shown():
    shown = ids(*(problem(number=number, first_seen=NOON + number) for number in range(501)))
    assert len(shown) == 500
    assert ids(problem(number=0)) != shown[-1:] == ids(problem(number=1, first_seen=NOON + 1))


def test_the_same_problems_are_the_same_bytes_in_whatever_order():
    assert document(problem(), problem(LIQUID, 2)) == document(problem(LIQUID, 2), problem())


def test_what_xml_cannot_carry_breaks_no_feed(judge):
    odd = Diagnostic(code="url-unusable", path="a\udcff\x00.md", detail="\x1b[2J\ufffe")
    body = document(problem(odd), site="Bell\x07")
    assert judge("atom", body) == []
    assert "[2J" in body.decode()
