"""Work for one change depends on the feeds it touches, not on how much there is (invariant 14)."""

import pytest
from sqlalchemy import event

SIZES = (1_000, 10_000)
EDITED = 27  # the newest post, so that it stands in every window
CHANGES = {"text": {"body": "Edited."}, "title": {"title": "Retitled"}, "category": {"categories": "another"}}


def operations(desk, change):
    """Count the statements, and the rows they are given, while a change is published."""
    counted = {"statements": 0, "parameters": 0}

    def before(_connection, _cursor, _statement, parameters, _context, executemany):
        counted["statements"] += 1
        counted["parameters"] += len(parameters) if executemany else 1

    engine = desk.site.store.engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        run = change()
    finally:
        event.remove(engine, "before_cursor_execute", before)
    return counted, run


@pytest.fixture
def filled(open_desk, tmp_path):
    """Sites of each size, with as many posts in a category and a tag at every size."""

    def fill(size):
        desk = open_desk(tmp_path / str(size))
        for number in range(size):
            desk.post(f"content/{number}.md", **fields_of(number, size))
        desk.publish()
        return desk

    return [fill(size) for size in SIZES]


def fields_of(number, size):
    of_five = number % (size // 5)
    date = "2026-10-01" if number == EDITED else f"2026-09-{number % 28 + 1:02} 08:00:{number % 60:02}"
    return {"date": date, "categories": f"c{of_five}", "tags": f"t{of_five}"}


@pytest.mark.slow
def test_one_change_costs_the_same_among_a_thousand_and_ten_thousand_posts(filled):
    for change in CHANGES.values():
        counts = []
        for desk, size in zip(filled, SIZES, strict=True):
            before = desk.etags()
            desk.post(f"content/{EDITED}.md", **{**fields_of(EDITED, size), **change})
            counted, run = operations(desk, lambda desk=desk: desk.take(f"content/{EDITED}.md"))
            after = desk.etags()
            assert set(run.moved) == {key for key in after if before.get(key) != after[key]}
            assert 3 <= len(run.moved) <= 5
            counts.append(counted)
        assert counts[0] == counts[1]
        assert counts[0]["statements"] < 60
