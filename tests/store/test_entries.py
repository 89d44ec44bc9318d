"""Reading entries of the index: every one, one after the other, or one with its neighbours."""

from feeds.model import SITE


def test_all_entries_come_in_the_order_of_their_ids_whether_in_feeds_or_not(desk):
    for name in ("b", "c", "a"):
        desk.post(f"content/{name}.md", title=name)
    desk.post("content/later.md", title="later", date="2099-01-01 08:00:00")
    desk.publish()
    entries = list(desk.site.store.all_entries())
    assert [entry.title for entry in entries] == ["a", "b", "c", "later"]
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)
    assert entries[0].content_html


def test_more_entries_than_are_held_at_a_time_all_come(desk, monkeypatch):
    monkeypatch.setattr("feeds.store.store._AT_ONCE", 2)
    for number in range(5):
        desk.post(f"content/{number}.md")
    desk.publish()
    assert len(list(desk.site.store.all_entries())) == 5


def test_who_stops_halfway_does_not_keep_the_index_busy(desk):
    for number in range(5):
        desk.post(f"content/{number}.md")
    desk.publish()
    entries = desk.site.store.all_entries()
    next(entries)
    entries.close()
    desk.post("content/new.md")
    desk.publish()
    assert desk.site.store.post_count() == 6


def test_an_empty_index_has_no_entries(desk):
    desk.publish()
    assert list(desk.site.store.all_entries()) == []


def test_an_entry_and_its_neighbours_are_looked_up_and_never_searched_for(desk, heard_by_sqlite):
    for name in "abc":
        desk.post(f"content/{name}.md", date=f"2026-10-0{ord(name) - 96} 08:00:00")
    desk.publish()
    older, entry, newer = desk.site.store.all_entries()
    store = desk.site.store
    with heard_by_sqlite(store) as heard, store.reading() as reader:
        assert reader.shown(entry.id).entry == entry
        assert reader.neighbours(reader.feed(SITE).number, entry) == (older.id, newer.id)
    asked = [statement for statement in heard.statements if statement.startswith("SELECT")]
    with store.engine.connect() as connection:
        plans = [row.detail for one in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}")]
    assert len(asked) == 4
    assert sum(plan.startswith("SEARCH") for plan in plans) == 5  # one of them among the names of a feed
    assert not any(plan.startswith("SCAN") for plan in plans)
