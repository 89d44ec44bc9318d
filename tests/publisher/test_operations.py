"""Work for one change depends on the feeds it touches, not on how much there is (invariant 14)."""

import pytest
from sqlalchemy import event

SIZES = (100, 1_000)


def operations(desk, change):
    """Count the statements, and the rows they are given, while a change is published."""
    counted = {"statements": 0, "parameters": 0}

    def before(_connection, _cursor, _statement, parameters, _context, executemany):
        counted["statements"] += 1
        counted["parameters"] += len(parameters) if executemany else 1

    engine = desk.site.store.engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        change()
    finally:
        event.remove(engine, "before_cursor_execute", before)
    return counted


def filled(open_desk, folder, size):
    desk = open_desk(folder)
    for number in range(size):
        day, second = number % 28 + 1, number % 60
        desk.post(
            f"content/{number}.md",
            date=f"2026-09-{day:02} 08:00:{second:02}",
            categories=f"c{number % (size // 5)}",
            tags=f"t{number % (size // 5)}",
        )
    desk.publish()
    return desk


@pytest.mark.parametrize("fields", [{"body": "Edited."}, {"title": "Retitled"}, {"categories": "another"}])
def test_one_change_costs_the_same_among_a_hundred_and_a_thousand_posts(open_desk, tmp_path_factory, fields):
    counts = []
    for size in SIZES:
        desk = filled(open_desk, tmp_path_factory.mktemp("site"), size)
        desk.post("content/7.md", **{"date": "2026-09-08 08:00:07", "categories": "c7", "tags": "t7", **fields})
        counts.append(operations(desk, lambda desk=desk: desk.take("content/7.md")))
    assert counts[0] == counts[1]
    assert counts[0]["statements"] < 60
