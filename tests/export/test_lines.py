"""The lines of a manifest stay in order, whatever comes and goes."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.export.lines import Lines

PATH = st.text("ab新é/", min_size=1, max_size=6)
CHANGE = st.tuples(st.booleans(), PATH)


@given(first=st.sets(PATH, max_size=1500), changes=st.lists(CHANGE, max_size=60))
def test_lines_that_were_put_and_dropped_are_those_of_one_that_begins_then(first, changes):
    wanted = {path: f"0 {path}".encode() for path in first}
    lines = Lines(sorted(wanted.items()))
    for number, (is_put, path) in enumerate(changes):
        if is_put:
            wanted[path] = f"{number} {path}".encode()
            lines.put([(path, wanted[path])])
        else:
            wanted.pop(path, None)
            lines.drop([path])
    assert b",\n".join(lines) == b",\n".join(line for _, line in sorted(wanted.items()))
    assert len(lines) == len(wanted)


def test_many_lines_that_come_into_one_place_stay_in_order():
    names = [f"{number:05}" for number in range(3000)]
    lines = Lines([("0", b"0"), ("9", b"9")])
    lines.put((name, name.encode()) for name in reversed(names))
    assert b",\n".join(lines).decode().split(",\n") == sorted(["0", "9", *names])
