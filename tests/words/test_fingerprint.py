from hypothesis import given
from hypothesis import strategies as st

from feeds.fingerprint import digest_texts, fingerprint

PARTS = st.lists(st.none() | st.text())


@given(PARTS, PARTS)
def test_equal_digests_mean_equal_sequences(one, other):
    assert (digest_texts(*one) == digest_texts(*other)) == (one == other)


def test_where_texts_are_cut_and_what_is_absent_counts():
    assert digest_texts("ab", "c") != digest_texts("a", "bc")
    assert digest_texts("a", None) != digest_texts("a", "")
    assert digest_texts("a") != digest_texts("a", None)


def test_a_fingerprint_does_not_see_white_space_and_composition():
    assert fingerprint("a b\n\u3000c", "Cafe\u0301") == fingerprint("abc", "Caf\u00e9")
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def test_fingerprints_are_the_same_in_every_version():
    assert fingerprint("新京报", None) == "b0696a5b623bf4e8d9b6598a56ba9e6a"
