"""A feed is cut by what its entries are said to weigh, so none may weigh less than it takes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Category, Enclosure, Entry, Fact, Image, Person, Source
from feeds.render import RENDERERS
from feeds.store.payload import unpack, write_down

MOMENT = datetime(2026, 10, 1, 8, tzinfo=UTC)
WORD = st.text("新京报 &<>\"'abc", min_size=1, max_size=30).map(str.strip).filter(bool)
ADDRESS = st.text("abc/%E6", max_size=60).map("https://example.com/".__add__)
PUBLICATION = st.builds(
    Source, name=WORD, url=st.none() | ADDRESS, feed=st.none() | ADDRESS, license=st.none() | ADDRESS
)
ENTRY = st.builds(
    Entry,
    id=ADDRESS,
    path=st.just("a.md"),
    title=WORD,
    link=ADDRESS,
    published=st.just(MOMENT),
    updated=st.just(MOMENT),
    content_html=st.text('<p>&amp; 字"', max_size=300),
    summary=st.just("") | WORD,
    categories=st.lists(st.builds(Category, term=WORD, scheme=st.sampled_from(["category", "tag"]), label=WORD), max_size=40).map(tuple),
    authors=st.lists(st.builds(Person, name=WORD, uri=st.none() | ADDRESS), max_size=4).map(tuple),
    source=st.none() | PUBLICATION,
    aggregator=st.none() | PUBLICATION,
    via=st.none() | ADDRESS,
    license=st.none() | ADDRESS,
    facts=st.just((Fact(role="origin", rule="marked-line", confidence="stated"),)),
    image=st.none() | st.builds(Image, url=ADDRESS, type=st.just("image/jpeg")),
    enclosures=st.lists(st.builds(Enclosure, url=ADDRESS, type=st.just("audio/mpeg"), length=st.just(10**9)), max_size=5).map(tuple),
)  # fmt: skip


@pytest.mark.parametrize("format_", RENDERERS)
@given(entry=ENTRY)
def test_no_entry_takes_more_than_it_weighs(format_, entry):
    _, _, full, brief = write_down(entry)
    fragment = RENDERERS[format_].fragment
    assert len(fragment(entry, mode="full", zone=UTC)) <= full
    assert len(fragment(entry, mode="summary", zone=UTC)) <= brief
    assert len(fragment(entry, mode="title", zone=UTC)) <= brief


@given(ENTRY)
def test_the_index_gives_back_the_entry_that_it_was_given(entry):
    assert unpack(write_down(entry).payload) == entry
