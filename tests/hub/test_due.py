"""The order in which topics are told, against a model: nothing is lost, and the note never runs ahead."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.hub import Due, Topic
from feeds.model import FORMATS, FeedKey

TOPICS = [Topic(FeedKey("tag", term), format_) for term in "abc" for format_ in FORMATS]
MOVES = st.lists(st.sampled_from(TOPICS), min_size=1, max_size=4)
STEPS = st.lists(st.one_of(MOVES, st.just("tell"), st.frozensets(st.sampled_from(TOPICS))), max_size=60)


@given(STEPS, st.integers(0, 5))
def test_what_is_noted_as_told_was_told_and_all_is_told_in_the_end(steps, start):
    due = Due(start)
    moved = {}  # topic → its last event
    told = {}  # topic → events up to which the hub knows it
    for step in steps:
        if isinstance(step, list):
            due.note(step, number=due.read + 1)
            due.read += 1
            moved |= dict.fromkeys(step, due.read)
        else:
            held = step if isinstance(step, frozenset) else frozenset()
            topic = due.choose(held.__contains__)
            assert (topic is None) == all(told.get(one, 0) >= number or one in held for one, number in moved.items())
            if topic:
                due.settle(topic)
                told[topic] = due.read
        for topic, number in moved.items():
            assert number > due.told or told.get(topic, 0) >= number
    while topic := due.choose(lambda _topic: False):
        due.settle(topic)
        told[topic] = due.read
    assert due.told == due.read
    assert all(told[topic] >= number for topic, number in moved.items())


def test_the_oldest_and_the_freshest_are_told_turn_about():
    due = Due(0)
    for number, topic in enumerate(TOPICS[:4], start=1):
        due.note([topic], number=number)
    due.note([TOPICS[1]], number=5)
    due.read = 5
    order = []
    while topic := due.choose(lambda _topic: False):
        due.settle(topic)
        order.append(TOPICS.index(topic))
    assert order == [0, 1, 2, 3]
