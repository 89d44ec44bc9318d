"""Work for one change depends on the feeds it touches, not on how much there is (invariant 14)."""

import pytest
from sqlalchemy import text

SIZES = (1_000, 10_000)
EDITED = 27  # the newest post, so that it stands in every window
CHANGES = {"text": {"body": "Edited."}, "title": {"title": "Retitled"}, "category": {"categories": "another"}}


@pytest.fixture
def operations(heard_by_sqlite):
    """Count the statements, once for each row, and the steps of SQLite's machine, while a change is published."""

    def count(desk, change):
        with heard_by_sqlite(desk.site.store) as heard:
            run = change()
        return {"statements": len(heard.statements), "steps": heard.steps}, run

    return count


def are_alike(one, other):
    """Say whether two changes cost the same; where a key lies in its page may be a step or two of SQLite's."""
    rest = [{name: count for name, count in counted.items() if name != "steps"} for counted in (one, other)]
    return rest[0] == rest[1] and abs(one["steps"] - other["steps"]) <= 10


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
def test_one_change_costs_the_same_among_a_thousand_and_ten_thousand_posts(filled, operations):
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
        assert are_alike(*counts)
        assert counts[0]["statements"] < 60


# Each row once more under 99 other names. The feeds of the clones are their own, but for the site's.
MANY = "WITH RECURSIVE clone(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM clone WHERE n < 99) INSERT INTO "
CLONES = {
    "posts": "path = path || '-' || n, entry_id = entry_id || '-' || n",
    "entries": "id = id || '-' || n",
    "feeds": "number = number + n * 10000, term = term || '-' || n, slug = slug || '-' || n",
    "memberships": "feed = CASE feed WHEN :site THEN feed ELSE feed + n * 10000 END, entry_id = entry_id || '-' || n",
    "labels": "feed = feed + n * 10000",
}
OF_THE_SITE = {"feeds": "number != :site", "labels": "feed != :site"}


def multiply(desk):
    """Make a hundred posts of each in the index, without files, as reading so many would take minutes."""
    with desk.site.store.writing() as commit:
        connection = commit._connection
        (site,) = connection.exec_driver_sql("SELECT number FROM feeds WHERE kind = 'site'").one()
        for table, changes in CLONES.items():
            named = dict(change.split(" = ", 1) for change in changes.split(", "))
            columns = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            values = ", ".join(named.get(column, column) for column in columns)
            query = f"SELECT {values} FROM {table}, clone WHERE {OF_THE_SITE.get(table, 'true')}"
            connection.execute(text(f"{MANY}{table} ({', '.join(columns)}) {query}"), {"site": site})
        connection.exec_driver_sql("UPDATE feeds SET total = total * 100 WHERE kind = 'site'")


@pytest.mark.slow
def test_one_change_costs_the_same_among_a_hundred_thousand_posts(desk, operations):
    for number in range(1_000):
        desk.post(f"content/{number}.md", **fields_of(number, 1_000))
    desk.publish()

    def costs():
        for change in (*CHANGES.values(), {}):
            desk.post(f"content/{EDITED}.md", **{**fields_of(EDITED, 1_000), **change})
            counted, run = operations(desk, lambda: desk.take(f"content/{EDITED}.md"))
            assert 3 <= len(run.moved) <= 5
            yield counted, set(run.moved)

    list(costs())  # terms that are new come into the index
    before = list(costs())
    multiply(desk)
    assert desk.site.store.post_count() == 100_000
    after = list(costs())
    assert [moved for _, moved in after] == [moved for _, moved in before]
    assert all(are_alike(one, other) for (one, _), (other, _) in zip(before, after, strict=True))


@pytest.mark.slow
def test_a_post_that_breaks_and_is_mended_costs_the_same_among_few_problems_and_many(open_desk, tmp_path, operations):
    counts = []
    for size in (50, 500):
        desk = open_desk(tmp_path / str(size))
        for number in range(size):
            desk.post(f"content/{number}.md", **{**fields_of(number, 5 * size), "title": ""})
        desk.publish()
        counted = []
        for written in ("---\ntitle: Open\n", "---\ntitle: Whole\ndate: 2026-10-02\n---\nText.\n"):
            desk.write(f"content/{EDITED}.md", written)
            counted.append(operations(desk, lambda desk=desk: desk.take(f"content/{EDITED}.md"))[0])
        solved = {one.diagnostic.code for one in desk.site.store.problems(now=desk.clock()).solved}
        assert solved == {"title-missing", "file-unfinished", "last-good-kept"}
        counts.append(counted)
    assert all(are_alike(one, other) for one, other in zip(*counts, strict=True))
