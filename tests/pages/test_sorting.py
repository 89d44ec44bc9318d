"""Long lists of which little changes: what goes on from the last time is what would be made from nothing."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.pages.sorting import Kept, Sorting


class Thing:
    """Like what is listed: it is replaced by another object when it changes."""

    def __init__(self, name: int) -> None:
        self.name = name


POOL = [Thing(number) for number in range(12)]
LISTS = st.lists(st.permutations(POOL).flatmap(lambda order: st.integers(0, 12).map(lambda n: order[:n])), max_size=6)


@given(LISTS)
def test_what_is_kept_is_what_would_be_made_of_each_now(lists):
    kept = Kept(lambda things: [f"made of {thing.name}" for thing in things])
    for these in lists:
        assert list(kept.of(these)) == [f"made of {thing.name}" for thing in these]


def test_only_what_was_replaced_or_is_new_is_made():
    made = []
    kept = Kept(lambda things: [made.append(thing.name) for thing in things])
    kept.of(POOL[:5])
    made.clear()
    kept.of([*POOL[:2], POOL[7], *POOL[3:5]])
    assert made == [7]
    kept.of([POOL[9], *POOL[:2], POOL[7], *POOL[3:5]])
    assert made == [7, 9]


@given(LISTS)
def test_what_was_sorted_before_is_sorted_as_if_from_nothing(lists):
    sorting = Sorting(lambda thing: thing.name)
    for these in lists:
        assert list(sorting.sorted(these)) == sorted(these, key=lambda thing: thing.name)
