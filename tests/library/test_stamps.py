"""Fragments are remembered by stamp, and validators are made of stamps: whatever shows must be in them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import FORMATS, Category, Enclosure, Entry, Fact, Image, Person, Source
from feeds.render import RENDERERS
from feeds.store.payload import unpack, write_down

DAY = datetime(2026, 10, 1, tzinfo=UTC)
SOURCE = Source(
    name="新京报",
    url="https://a.example/",
    feed="https://a.example/feed",
    logo="https://a.example/logo.png",
    language="zh",
    license="CC BY",
)
WHOLE = Entry(
    id="tag:example.com,2026:1",
    path="content/1.md",
    title="T",
    link="https://example.com/1/",
    published=DAY,
    updated=DAY,
    offset=0,
    content_html="<p>c</p>",
    summary="s",
    categories=(Category(term="a", scheme="tag", label="A"),),
    authors=(Person(name="P", email="p@example.com", uri="https://example.com/p"),),
    source=SOURCE,
    aggregator=Source(name="东方财富"),
    via="https://a.example/1",
    original_key="NW1",
    license="CC BY-NC",
    facts=(Fact(role="origin", rule="tag-suffix", confidence="derived"),),
    image=Image(url="https://example.com/i.png", type="image/png"),
    enclosures=(Enclosure(url="https://example.com/e.mp3", type="audio/mpeg", length=1),),
    lang="zh",
)
OTHER = "https://other.example/"
CHANGES = {
    "id": "tag:example.com,2026:2",
    "title": "U",
    "link": OTHER,
    "published": DAY - timedelta(days=1),
    "updated": DAY + timedelta(days=1),
    "offset": 3600,
    "content_html": "<p>d</p>",
    "summary": "t",
    "categories": (Category(term="a", scheme="category", label="B"),),
    "authors": (Person(name="Q"),),
    "aggregator": None,
    "via": OTHER,
    "license": OTHER,
    "facts": (Fact(role="origin", rule="host", confidence="derived"),),
    "image": None,
    "enclosures": (),
    "lang": "en",
    "source": None,
}
VARIANTS = [
    *((name, replace(WHOLE, **{name: value})) for name, value in CHANGES.items()),
    *((f"source.{name}", replace(WHOLE, source=replace(SOURCE, **{name: OTHER}))) for name in Source.__slots__),
    ("confidence", replace(WHOLE, facts=(Fact(role="origin", rule="tag-suffix", confidence="guessed"),))),
    ("terms", replace(WHOLE, license=None)),
]


def look(entry):
    return [RENDERERS[format_].fragment(entry, mode="full", zone=UTC) for format_ in FORMATS]


@pytest.mark.parametrize(("name", "entry"), VARIANTS, ids=[name for name, _ in VARIANTS])
def test_what_changes_the_look_of_an_entry_changes_its_stamp(name, entry):
    if name != "source.language":  # kept, and shown by no format
        assert look(entry) != look(WHOLE)
    assert write_down(entry).stamp != write_down(WHOLE).stamp


@pytest.mark.parametrize(
    "entry",
    [
        replace(WHOLE, path="elsewhere.md"),
        replace(WHOLE, expires=DAY),
        replace(WHOLE, fingerprint="f"),
        replace(WHOLE, near=Fact(role="origin", rule="parenthesis", confidence="guessed")),
        replace(WHOLE, facts=(replace(WHOLE.facts[0], said="新京报新闻", line=3),)),
    ],
)
def test_what_does_not_change_the_look_changes_no_stamp(entry):
    assert look(entry) == look(WHOLE)
    assert write_down(entry).stamp == write_down(WHOLE).stamp


def test_an_entry_looks_the_same_after_it_was_kept():
    assert look(unpack(write_down(WHOLE).payload)) == look(WHOLE)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_an_entry_is_written_down_as_it_always_was(text):
    payload = write_down(replace(WHOLE, title=text)).payload
    assert json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":")).encode() == payload
