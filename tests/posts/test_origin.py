import pytest

from feeds.diagnostics import Found
from feeds.model import Source
from feeds.posts.fields import Fields
from feeds.posts.frontmatter import read_front_matter
from feeds.posts.origin import Origin, origin_of

PAGE = "https://x.example/a"
HOME = "https://x.example/"


def stated_in(front, *, codes=()):
    found = Found("a.md")
    read = read_front_matter(f"---\n{front}\n---\nx", found, max_bytes=10_000, max_depth=9)
    origin = origin_of(Fields(read, found))
    assert tuple(one.code for one in found) == tuple(codes)
    return origin


@pytest.mark.parametrize(
    ("front", "origin"),
    [
        ("source: 新京报", Origin(source=Source(name="新京报"))),
        ("sourceName: 新京报", Origin(source=Source(name="新京报"))),
        (f"source: 新京报\nsource_url: {HOME}", Origin(source=Source(name="新京报", url=HOME))),
        (f"source: {{name: 新京报, url: {HOME}, feed: /f}}", Origin(source=Source(name="新京报", url=HOME, feed="/f"))),
        (f"source: {PAGE}", Origin(original=PAGE)),
        (f"source_url: {PAGE}", Origin(original=PAGE)),
        ("params:\n  source: 新京报", Origin(source=Source(name="新京报"))),
        ("source: ''", Origin()),
        ("via: 港口网", Origin(via=Source(name="港口网"))),
        (f"via: {PAGE}", Origin(original=PAGE)),
        (f"via: {{name: 港口网, url: {HOME}}}", Origin(via=Source(name="港口网", url=HOME))),
        (f"via: {HOME}\noriginal: {PAGE}", Origin(original=PAGE)),
        ("license: CC BY 4.0", Origin(license="CC BY 4.0")),
        ("licence: CC BY 4.0", Origin(license="CC BY 4.0")),
        ("license: {name: CC BY, url: https://c.example}", Origin(license="https://c.example")),
        ("", Origin()),
    ],
)
def test_the_front_matter_states_where_a_post_comes_from(front, origin):
    assert stated_in(front) == origin


@pytest.mark.parametrize(
    "key",
    ["original", "original_url", "originalUrl", "canonical", "canonical_url", "canonicalURL", "externalUrl"],
)
def test_the_original_has_the_spellings_of_jekylls_and_hugos_sites(key):
    assert stated_in(f"{key}: {PAGE}").original == PAGE


def test_a_table_without_a_name_names_nobody_and_is_told_of():
    assert stated_in(f"source: {{url: {PAGE}}}", codes=["value-ignored"]) == Origin(original=PAGE)
