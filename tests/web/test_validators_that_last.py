"""What a reader holds stays good: over restarts, a lost index, and proxies that rewrite tags."""

import shutil
from itertools import product

import pytest
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.model import FORMATS
from feeds.web.app import create_app

PATHS = [f"{feed}.{form}" for feed, form in product(("/feed", "/category/新京报", "/tag/a"), FORMATS)] + [
    "/feed.rss?limit=1"
]
REPEATED = ("etag", "last-modified", "cache-control", "vary", "link", "date")  # RFC 9110 §15.4.5, and Link


@pytest.fixture
def published(desk):
    desk.post("content/1.md", title="First", categories="[新京报]", tags="[a]")
    desk.post("content/2.md", title="Second", tags="[a]", date="2026-10-02")
    desk.publish()
    return desk


def asker(desk):
    client = TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)
    client.headers.clear()

    def ask(path, **fields):
        return client.get(path, headers={name.replace("_", "-"): value for name, value in fields.items()})

    return ask


def held(desk):
    """What a reader of every feed in every coding keeps."""
    ask = asker(desk)
    answers = {(path, coding): ask(path, accept_encoding=coding) for path, coding in product(PATHS, CODINGS)}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {place: answer.headers for place, answer in answers.items()}


def fields(headers, *names):
    return {place: {name: kept[name] for name in names} for place, kept in headers.items()}


def edit(desk):
    desk.clock.advance(60)
    desk.post("content/1.md", title="Edited", categories="[新京报]", tags="[a]")
    desk.post("content/2.md", title="Edited, too", tags="[a]", date="2026-10-02")
    desk.publish()


def test_not_modified_repeats_what_caches_update_and_nothing_of_the_body(published):
    ask = asker(published)
    for (path, coding), whole in held(published).items():
        for condition in ({"if_none_match": whole["etag"]}, {"if_modified_since": whole["last-modified"]}):
            same = ask(path, accept_encoding=coding, **condition)
            assert (same.status_code, same.content) == (304, b"")
            assert {name: same.headers[name] for name in REPEATED} == {name: whole[name] for name in REPEATED}
            assert not {"content-length", "content-type", "content-encoding"} & same.headers.keys()


def test_every_strong_tag_names_one_answer(published):
    ask = asker(published)
    answers = [ask(path, accept_encoding=coding) for path, coding in product(PATHS, CODINGS)]
    tags = [answer.headers["etag"] for answer in answers]
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') and tag.endswith('"') and tag.isascii() for tag in tags)


def test_a_restart_changes_no_validator(published):
    before = held(published)
    published.clock.advance(86_400)
    published.restart()
    published.publish()
    names = [name for name in REPEATED if name != "date"]
    assert fields(held(published), *names) == fields(before, *names)


def test_a_lost_index_changes_no_tag(published):
    before = held(published)
    published.site.close()
    shutil.rmtree(published.folder / ".feeds")
    published.clock.advance(86_400)
    published.restart()
    published.publish()
    after = held(published)
    assert fields(after, "etag", "link", "cache-control") == fields(before, "etag", "link", "cache-control")
    ask = asker(published)
    for (path, coding), kept in before.items():
        assert ask(path, accept_encoding=coding, if_none_match=kept["etag"]).status_code == 304


def test_after_a_lost_index_a_reader_with_a_date_alone_misses_nothing(published):
    before = held(published)
    published.site.close()
    shutil.rmtree(published.folder / ".feeds")
    published.restart()
    edit(published)
    ask = asker(published)
    for (path, coding), kept in before.items():
        answer = ask(path, accept_encoding=coding, if_modified_since=kept["last-modified"])
        assert answer.status_code == 200
        assert "Edited" in answer.text


def test_a_change_moves_every_validator_and_no_old_one_is_taken_for_it(published):
    before = held(published)
    edit(published)
    after = held(published)
    ask = asker(published)
    for place, kept in before.items():
        path, coding = place
        assert after[place]["etag"] != kept["etag"]
        assert after[place]["last-modified"] != kept["last-modified"]
        stale = {"if_none_match": kept["etag"], "if_modified_since": after[place]["last-modified"]}
        assert ask(path, accept_encoding=coding, **stale).status_code == 200
        assert ask(path, accept_encoding=coding, if_modified_since=kept["last-modified"]).status_code == 200


# --- proxies that compress by themselves, and say so in the tag

MANGLINGS = {
    "nginx, Varnish, Cloudflare": lambda opaque: f'W/"{opaque}"',
    "Apache 2.4": lambda opaque: f'"{opaque}-gzip"',
    "Apache 2.4 in front of nginx": lambda opaque: f'W/"{opaque}-gzip"',
    "Apache 2.2": lambda opaque: f'"{opaque}"-gzip',
    "Apache 2.2, later": lambda opaque: f'"{opaque};gzip"',
    "Jetty": lambda opaque: f'"{opaque}--gzip"',
    "Caddy": lambda opaque: f'"{opaque}-br"',
    "Caddy with zstd": lambda opaque: f'"{opaque}-zstd"',
    "lower case": lambda opaque: f'w/"{opaque}"',
    "without quotation marks": lambda opaque: opaque,
    "with escaped ones": lambda opaque: f'\\"{opaque}\\"',
    "as one of several": lambda opaque: f'"a,b", W/"{opaque}", "c"',
}


@pytest.mark.parametrize("proxy", MANGLINGS)
def test_a_reader_behind_a_proxy_that_rewrites_tags_polls_as_cheaply_and_misses_nothing(published, proxy):
    ask = asker(published)
    polls = {
        (path, coding): MANGLINGS[proxy](kept["etag"].strip('"')) for (path, coding), kept in held(published).items()
    }

    def statuses():
        return {
            ask(path, accept_encoding=coding, if_none_match=tag).status_code for (path, coding), tag in polls.items()
        }

    assert statuses() == {304}
    edit(published)
    assert statuses() == {200}
