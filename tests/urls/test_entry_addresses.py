from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.urls import entry_address, entry_id, tag_uri

AUTHORITY = "example.com,2026"
NAMES = st.lists(st.sampled_from(["a", "/", "~", "_", " ", ".", "%", "新", "é", "\0", "id", "index.html", "x" * 199]))


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("NW2021", "/entry/NW2021/"),
        ("新京报", "/entry/新京报/"),
        ("posts/2026/first storm", "/entry/posts/2026/first_storm/"),
        ("a_b", "/entry/a~5Fb/"),
        (".hidden", "/entry/~2Ehidden/"),
        ("a//b", "/entry/a/~~/b/"),
        ("posts/index.html", "/entry/posts/~69ndex.html/"),
        ("x" * 201, f"/entry/{'x' * 200}/~~x/"),
    ],
)
def test_a_name_of_ours_shows_as_it_is_where_an_address_can_carry_it(name, address):
    assert entry_address(tag_uri(AUTHORITY, name), AUTHORITY) == address


@pytest.mark.parametrize(
    ("id_", "address"),
    [
        ("https://example.com/?p=1", "/entry/~id/https~3A/~~/example.com/~3Fp=1/"),
        ("urn:uuid:1", "/entry/~id/urn~3Auuid~3A1/"),
        ("tag:example.com,2026:a%2fb", "/entry/~id/tag~3Aexample.com,2026~3Aa~252fb/"),
    ],
)
def test_an_id_from_elsewhere_stands_whole_behind_a_mark(id_, address):
    assert entry_address(id_, AUTHORITY) == address
    assert entry_id(address, AUTHORITY) == id_


@given(NAMES.map("".join), st.booleans())
@example("", False)
@example("~~", False)
@example("x" * 400 + "/" + "新" * 100, True)
def test_every_id_has_an_address_of_its_own_that_spells_it(name, is_ours):
    id_ = tag_uri(AUTHORITY, name) if is_ours else f"urn:x:{name}"
    address = entry_address(id_, AUTHORITY)
    assert entry_id(address, AUTHORITY) == id_
    parts = PurePosixPath(address).parts
    assert all(0 < len(part.encode()) <= 255 and part not in {".", "..", "index.html"} for part in parts)


@given(
    st.lists(st.sampled_from(["a", "/", "~", "~~", "~id", "_", " ", ".", "~41", "~FF", "\ud800", "\0"])).map("".join)
)
def test_only_the_one_spelling_of_an_id_is_an_address(text):
    address = f"/entry/{text}"
    id_ = entry_id(address, AUTHORITY)
    assert id_ is None or entry_address(id_, AUTHORITY) == address
