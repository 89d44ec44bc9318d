import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import SITE, FeedKey
from feeds.urls import feed_address, tag_uri, wire


def test_the_sites_feed_and_a_terms_feed_have_readable_addresses():
    assert feed_address(SITE, "") == "/feed"
    assert feed_address(FeedKey("category", "新京报"), "新京报") == "/category/新京报"


def test_a_readable_address_is_encoded_for_the_wire():
    assert wire("/tag/新 a?b#c%20.rss") == "/tag/%E6%96%B0%20a%3Fb%23c%2520.rss"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_wire_loses_nothing(text):
    assert unquote(wire(text)) == text


def test_an_id_is_a_tag_uri():
    assert tag_uri("example.com,2021", "NW2021") == "tag:example.com,2021:NW2021"
    assert tag_uri("example.com,2021", "新/a b%") == "tag:example.com,2021:%E6%96%B0/a%20b%25"


@given(st.text(), st.text())
def test_two_keys_never_share_an_id(one, other):
    ids = {tag_uri("example.com,2021", one), tag_uri("example.com,2021", other)}
    assert len(ids) == len({one, other})
    assert all(re.fullmatch(r"tag:example\.com,2021:[!-~]*", name) for name in ids)
