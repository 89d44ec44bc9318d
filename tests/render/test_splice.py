"""Invariant 10: head + fragments + tail equals feedgen's own whole document. Invariant 9: same input, same bytes."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import FORMATS, Category, Enclosure, Fact, Image, Person, Source
from feeds.render import RENDERERS
from feeds.render.reference import entry_model, feed_model
from feeds.settings import LIFETIMES

# What once broke a feed, and whatever else XML 1.0 allows.
NASTY = [
    "]]>",
    "</item>",
    "</entry>",
    "</channel></rss>",
    "<b>",
    "&",
    "&amp;",
    "&#x26;",
    '"',
    "'",
    "\t",
    "\n",
    "新京报",
    "😀",
    "e\u0301",
    "<!--",
    "<?xml?>",
    " ",
]
LEGAL = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXT = st.lists(st.one_of(st.sampled_from(NASTY), st.text(LEGAL, max_size=8)), max_size=6).map("".join)
WORD = TEXT.map(lambda text: text.strip() or "名")
ADDRESS = st.integers(0, 99).map(lambda n: f"https://example.com/a?b={n}&c='{n}'")
MAYBE_ADDRESS = st.none() | ADDRESS
# As people write them in front matter and settings.
MAYBE_REFERENCE = (
    MAYBE_ADDRESS
    | TEXT
    | st.sampled_from(["CC BY 4.0", "javascript:x", "//a.example/ä", "https://[", "HTTPS://Ä.example/新 京"])
)
MOMENT = st.integers(-3_786_825_600, 7_258_118_400).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)  # 1850–2200
MODE = st.sampled_from(["full", "summary", "title"])


def one(value):
    return (value,)


def many(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


FIELDS = st.fixed_dictionaries(
    {
        "id": st.one_of(ADDRESS, st.integers(0, 999).map(lambda n: f"tag:example.com,2021:{n}")),
        "title": TEXT,
        "link": ADDRESS,
        "published": MOMENT,
        "updated": MOMENT,
        "content_html": TEXT,
        "summary": TEXT,
        "categories": many(st.builds(Category, term=WORD, scheme=st.sampled_from(["category", "tag"]), label=TEXT)),
        "authors": many(st.builds(Person, name=TEXT, email=st.none() | st.just("a@b.c"), uri=MAYBE_ADDRESS)),
        "source": st.none()
        | st.builds(
            Source,
            name=WORD,
            url=MAYBE_REFERENCE,
            feed=MAYBE_REFERENCE,
            logo=MAYBE_REFERENCE,
            license=MAYBE_REFERENCE,
        ),
        "aggregator": st.none() | st.builds(Source, name=WORD),
        "via": MAYBE_ADDRESS,
        "license": MAYBE_REFERENCE,
        "facts": st.just(())
        | st.builds(Fact, role=st.just("origin"), rule=WORD, confidence=st.just("stated")).map(one),
        "image": st.none() | st.builds(Image, url=ADDRESS, type=st.just("image/png"), alt=TEXT),
        "enclosures": many(st.builds(Enclosure, url=ADDRESS, type=st.just("audio/mpeg"), length=st.integers(0, 9))),
        "lang": st.none() | st.just("zh-CN"),
    }
)
HEAD = st.fixed_dictionaries(
    {
        "title": TEXT,
        "description": TEXT,
        "author": TEXT,
        "author_email": st.none() | st.just("a@b.c"),
        "author_url": MAYBE_ADDRESS,
        "rights": st.none() | TEXT,
        "icon": MAYBE_ADDRESS,
        "image": MAYBE_ADDRESS,
        "logo": MAYBE_ADDRESS,
        "language": st.sampled_from(["zh-CN", "en"]),
        "stylesheet": st.none() | st.sampled_from(["/feed.css", "/a&b/'/feed.css"]),
        "hubs": st.lists(ADDRESS, max_size=2, unique=True).map(tuple),
        "lifetime": st.sampled_from(LIFETIMES),
    }
)


@pytest.mark.parametrize("format_", ["atom", "rss"])
@given(fields=st.lists(FIELDS, max_size=4), head=HEAD, mode=MODE)
@settings(max_examples=80, deadline=None)
def test_spliced_fragments_are_the_document_that_feedgen_writes_itself(make, format_, fields, head, mode):
    entries, feed = [make.entry(**each) for each in fields], make.feed(**head)
    whole = feed_model(feed, format_)
    for entry in entries:
        whole.add_entry(entry_model(entry, mode=mode, zone=make.zone), order="append")
    assert make.document(format_, *entries, feed=feed, mode=mode) == getattr(whole, f"{format_}_str")()


@given(fields=st.lists(FIELDS, max_size=4), mode=MODE)
@settings(max_examples=50, deadline=None)
def test_spliced_items_are_the_document_that_json_writes_itself(make, fields, mode):
    entries = [make.entry(**each) for each in fields]
    whole = json.loads(make.document("json"))
    whole["items"] = [json.loads(RENDERERS["json"].fragment(entry, mode=mode, zone=make.zone)) for entry in entries]
    assert json.loads(make.document("json", *entries, mode=mode)) == whole


@pytest.mark.parametrize("format_", FORMATS)
@given(fields=st.lists(FIELDS, max_size=3, unique_by=lambda each: each["id"]), head=HEAD, mode=MODE)
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_a_document(make, judge, format_, fields, head, mode):
    entries = [make.entry(**each) for each in fields]
    assert judge(format_, make.document(format_, *entries, feed=make.feed(**head), mode=mode)) == []


@pytest.mark.parametrize("character", ["\x0b", "\x00", "\ufffe", "\ud800"])
@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_a_character_that_xml_cannot_carry_is_refused_as_feedgen_refuses_it(make, format_, character):
    with pytest.raises(ValueError):
        make.document(format_, make.entry(title=f"a{character}b"))


PRESS = """
import sys, runpy
make = runpy.run_path(sys.argv[1])
for format_ in ("atom", "rss", "json"):
    sys.stdout.buffer.write(make["document"](format_, make["make_entry"](), make["make_entry"](id="tag:example.com,2021:2")))
"""


@pytest.mark.slow
def test_another_machine_with_another_clock_zone_locale_and_hash_seed_writes_the_same_bytes(request):
    def press(**environment):
        conftest = request.path.with_name("conftest.py")
        command = [sys.executable, "-c", PRESS, str(conftest)]
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, check=True)
        return hashlib.sha256(done.stdout).hexdigest(), len(done.stdout)

    one = press(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = press(PYTHONHASHSEED="2", TZ="America/New_York", LC_ALL="C.UTF-8")
    assert one == other
    assert one[1] > 5000
