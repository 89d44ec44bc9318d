"""What changed since a past window: applied to that, it gives exactly the present one, or nothing is said at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.library.past import Past, changes_since
from feeds.store import Sight

SECOND = 1_000_000


def sight(id_, seconds, stamp="a"):
    """A stamp covers the date."""
    return Sight(id=id_, published=int(seconds * SECOND), updated=0, stamp=f"{stamp} {seconds}")


def window(*ids, stamp="a"):
    """Entries that came one second after another, the newest first."""
    return tuple(sight(id_, ord(id_), stamp) for id_ in sorted(ids, reverse=True))


def ids(sights):
    return None if sights is None else "".join(one.id for one in sights)


def ordered(sights):
    return sorted(sights, key=lambda one: (-one.published, one.id))


def applied(base, changed):
    """As docs/delta.md has it; a reader sees dates without their fractions."""
    held = {one.id: one for one in base} | {one.id: one for one in changed}
    return sorted(held.values(), key=lambda one: (-(one.published // SECOND), one.id))


@pytest.mark.parametrize(
    ("base", "present", "is_cut", "changed"),
    [
        (window(*"abcd"), window(*"abcde"), False, "e"),
        (window(*"abcd"), window(*"bcde"), True, "e"),  # a fell out at the end
        (window(*"abcd"), window(*"bcde"), False, None),  # a was deleted: nothing falls out of a feed that is not full
        (window(*"abcd"), window(*"abde"), True, None),  # c was deleted
        (window(*"bcd"), window(*"abcd"), True, "a"),  # one that came late, with an old date
        (window(*"abcd"), window(*"abc"), False, None),
        (window(*"abcd"), window(*"abcd"), False, None),
        ((), window(*"a"), False, None),
        (window(*"abcd"), window(*"abcdefgh"), False, None),  # half of it is new
        (window(*"abcde"), (*window(*"de"), sight("c", ord("c"), "new"), *window(*"ab")), False, "c"),
    ],
)
def test_what_is_new_or_changed_is_named_where_that_says_all(base, present, is_cut, changed):
    assert ids(changes_since(base, present, is_cut=is_cut)) == changed


def test_an_entry_that_moved_out_of_the_window_by_its_date_needs_the_whole():
    entries = {one.id: one for one in window(*"abcde")}
    moved = ordered([*(entries | {"e": sight("e", 1, "back-dated")}).values()])
    assert changes_since(window(*"bcde"), tuple(moved[:4]), is_cut=True) is None


def test_entries_of_one_second_that_a_reader_would_order_otherwise_need_the_whole():
    base = (sight("b", 9.5), sight("a", 9.2), sight("c", 1), sight("d", 0))
    present = (sight("z", 20), *base)
    assert changes_since(base, present, is_cut=False) is None


IDS = "abcdefghij"
FACTS = st.tuples(st.sampled_from([1, 2, 2.5, 3, 4, 5]), st.sampled_from("xy"))


@given(
    st.dictionaries(st.sampled_from(IDS), FACTS, min_size=3),
    st.dictionaries(st.sampled_from(IDS), FACTS | st.none(), max_size=3),  # what is written or deleted then
    st.integers(3, 8),
)
@settings(max_examples=500)
def test_changes_applied_to_any_base_give_exactly_the_window(before, edits, size):
    base = tuple(ordered(sight(id_, *facts) for id_, facts in before.items())[:size])
    entries = ordered(sight(id_, *facts) for id_, facts in (before | edits).items() if facts)
    present = tuple(entries[:size])
    changed = changes_since(base, present, is_cut=len(entries) > size)
    if changed is not None:
        assert tuple(applied(base, changed)[:size]) == present


def test_the_last_states_of_a_feed_are_remembered_and_earlier_ones_are_not():
    past = Past(states=2)
    for state in "123":
        past.note("feed", state, window(state))
    assert [ids(past.window("feed", state)) for state in "123"] == [None, "2", "3"]
    assert past.held == 2


def test_a_state_that_comes_back_stays_longer():
    past = Past(states=2)
    for state in "1213":
        past.note("feed", state, window(state))
    assert [ids(past.window("feed", state)) for state in "123"] == ["1", None, "3"]


def test_the_feed_that_nobody_asked_for_longest_goes_first_when_memory_is_short():
    past = Past(sights=5)
    for feed, state in ("x1", "y1", "x2", "z1"):
        past.note(feed, state, window("a", state))
    assert [past.window(feed, state) is None for feed, state in ("x1", "x2", "y1", "z1")] == [True, True, True, False]
    assert past.held == 2


def test_memory_never_holds_more_than_it_may():
    past = Past(sights=40)
    for number in range(500):
        past.note(number % 7, str(number), window(*"abc"))
        assert past.held <= 40


def test_entries_that_stay_are_held_once():
    past = Past()
    past.note("feed", "1", window(*"ab"))
    past.note("feed", "2", window(*"abc"))
    assert past.window("feed", "2")[1] is past.window("feed", "1")[0]


def test_other_feeds_and_other_states_are_unknown():
    past = Past()
    past.note("feed", "1", window("a"))
    assert past.window("feed", "2") is past.window("other", "1") is None
