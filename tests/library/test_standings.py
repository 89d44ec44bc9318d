"""How pages of entries stand: kept up with changes it is what reading them all would give."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.library import Standings
from feeds.store import PageRow

NUMBER = 1
IDS = [f"tag:{number}" for number in range(8)]
ROWS = st.dictionaries(st.sampled_from(IDS), st.tuples(st.integers(0, 4), st.sampled_from("abc")), max_size=8)


class Index:
    """Entries as a reader gives them."""

    def __init__(self, rows):
        self.rows = rows

    def page_rows(self, number, ids=None):
        assert number == NUMBER
        found = (PageRow(id_, published, 0, stamp) for id_, (published, stamp) in self.rows.items())
        if ids is not None:
            return [row for row in found if row.id in ids]
        return sorted(found, key=lambda row: (-row.published, row.id))


@given(st.lists(ROWS, min_size=2, max_size=6), st.sets(st.sampled_from(IDS)))
def test_what_is_kept_up_is_what_would_be_read_from_nothing(states, asked_as_well):
    standings, before = Standings(), states[0]
    known = dict(standings.read(Index(before), [NUMBER]))
    for rows in states[1:]:
        changed = {id_ for id_ in IDS if before.get(id_) != rows.get(id_)} | asked_as_well
        known |= dict(standings.read_again(Index(rows), changed))
        known = {id_: state for id_, state in known.items() if standings.has(id_)}
        fresh = Standings()
        assert known == dict(fresh.read(Index(rows), [NUMBER]))
        assert standings.changes() == fresh.changes()
        before = rows
