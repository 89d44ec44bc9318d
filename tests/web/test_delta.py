"""RFC 3229 with the method `feed`, over HTTP: what a reader holds and a delta make exactly what the feed holds."""

import asyncio
import gzip
import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import brotli
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from starlette.testclient import TestClient

from feeds.library import parse_query, read_tag
from feeds.library.library import RENDERERS
from feeds.library.memo import Memo
from feeds.model import FORMATS
from feeds.render.coding import zstd
from feeds.web.app import create_app

ATOM = "{http://www.w3.org/2005/Atom}"
DECODERS = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
ON = {"server": {"delta": True}}


def entries_of(format_, body):
    """Entries by id, in the document's order: their date, and all that they hold."""
    if format_ == "json":
        items = json.loads(body)["items"]
        return {item["id"]: (datetime.fromisoformat(item["date_published"]), json.dumps(item)) for item in items}
    root = etree.fromstring(body)
    if format_ == "atom":
        found = [
            (one.findtext(ATOM + "id"), one.findtext(ATOM + "published"), one) for one in root.iter(ATOM + "entry")
        ]
        return {id_: (datetime.fromisoformat(date), etree.tostring(one, method="c14n")) for id_, date, one in found}
    found = [(one.findtext("guid"), one.findtext("pubDate"), one) for one in root.iter("item")]
    return {id_: (parsedate_to_datetime(date), etree.tostring(one, method="c14n")) for id_, date, one in found}


class Server:
    def __init__(self, desk):
        self.desk = desk
        self._loop = asyncio.new_event_loop()
        self.restart()

    def restart(self):
        self._app = create_app(self.desk.site, clock=lambda: self.desk.clock().timestamp())

    def close(self):
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def get(self, path, **fields):
        """Status, fields and body."""
        path, _, query = path.partition("?")
        sent = []

        async def send(message):
            sent.append(message)

        headers = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in fields.items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
        self._loop.run_until_complete(self._app(scope, None, send))
        start, rest = sent
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, rest["body"]


@pytest.fixture
def serve():
    servers = []

    def open_(desk):
        servers.append(Server(desk))
        return servers[-1]

    yield open_
    for server in servers:
        server.close()


@pytest.fixture
def desk(open_desk):
    desk = open_desk(**ON)
    for day in range(1, 9):
        desk.post(f"content/p{day}.md", f"Day {day}", date=f"2026-10-0{day}", tags="[x]")
    desk.publish()
    return desk


def add(desk, day=9):
    desk.clock.advance(60)
    desk.post(f"content/p{day}.md", f"Day {day}", date=f"2026-10-{day:02}", tags="[x]")
    desk.publish()


@pytest.fixture
def get(desk, serve):
    return serve(desk).get


@pytest.fixture
def held(desk, get):
    """The tag of what a reader got before a post was added."""
    tag = get("/feed.atom")[1]["etag"]
    add(desk)
    return tag


def titles(body):
    return [one.findtext(ATOM + "title") for one in etree.fromstring(body).iter(ATOM + "entry")]


# --- what it says


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("coding", DECODERS)
def test_who_asks_gets_the_feed_with_only_the_new_entry(desk, get, form, coding):
    asking = {"accept_encoding": coding, "a_im": "feed"}
    _, before, _ = get(f"/feed.{form}", **asking)
    add(desk)
    status, fields, body = get(f"/feed.{form}", if_none_match=before["etag"], **asking)
    _, whole, whole_body = get(f"/feed.{form}", accept_encoding=coding)
    assert status == 226
    assert (fields["im"], fields["delta-base"]) == ("feed", before["etag"])
    assert fields["cache-control"] == "no-store"
    for name in ("etag", "last-modified", "content-type", "link", "vary", "date", "x-content-type-options"):
        assert fields[name] == whole[name]
    assert fields.get("content-encoding", "identity") == coding
    assert int(fields["content-length"]) == len(body)
    new, every = (entries_of(form, DECODERS[coding](one)) for one in (body, whole_body))
    assert list(new.items()) == list(every.items())[:1]
    assert len(every) == 9


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_delta_is_the_whole_document_but_for_the_entries_that_are_known(desk, get, form):
    tag = get(f"/tag/x.{form}")[1]["etag"]
    add(desk)
    delta = get(f"/tag/x.{form}", a_im="feed", if_none_match=tag)[2]
    whole = get(f"/tag/x.{form}")[2]
    name = b"entry" if form == "atom" else b"item"
    head, first, *rest = whole.split(b"<" + name + b">")
    tail = rest[-1].partition(b"</" + name + b">")[2]
    assert delta == head + b"<" + name + b">" + first + tail


def test_the_next_delta_builds_on_the_last(desk, get, held):
    _, first, _ = get("/feed.atom", a_im="feed", if_none_match=held)
    add(desk, 10)
    status, fields, body = get("/feed.atom", a_im="feed", if_none_match=first["etag"])
    assert (status, fields["delta-base"], titles(body)) == (226, first["etag"], ["Day 10"])
    assert titles(get("/feed.atom", a_im="feed", if_none_match=held)[2]) == ["Day 10", "Day 9"]


def test_the_same_delta_is_made_once(desk, get, held, monkeypatch):
    first = get("/feed.atom", a_im="feed", if_none_match=held)
    monkeypatch.setattr(desk.site.library, "fill_delta", None)
    assert get("/feed.atom", a_im="feed", if_none_match=held) == first


def test_an_edit_is_told_and_nothing_else_is_made(desk, get, monkeypatch):
    tag = get("/feed.atom")[1]["etag"]
    desk.clock.advance(60)
    desk.post("content/p4.md", "Day 4, again", date="2026-10-04", tags="[x]")
    desk.publish()
    made = []
    fragment = RENDERERS["atom"].fragment
    monkeypatch.setattr(desk.site.library, "_fragments", Memo(1_000_000))
    renderer = type(RENDERERS["atom"])(
        media_type=RENDERERS["atom"].media_type,
        suffix=".atom",
        fragment=lambda entry, **how: made.append(entry.title) or fragment(entry, **how),
        document=RENDERERS["atom"].document,
    )
    monkeypatch.setitem(RENDERERS, "atom", renderer)
    status, _, body = get("/feed.atom", a_im="feed", if_none_match=tag)
    assert (status, titles(body)) == (226, ["Day 4, again"])
    assert made == ["Day 4, again"]


def test_a_narrower_feed_has_deltas_of_its_own(desk, get):
    tag = get("/feed.atom?limit=3&content=title")[1]["etag"]
    whole_tag = get("/feed.atom")[1]["etag"]
    add(desk)
    status, fields, body = get("/feed.atom?limit=3&content=title", a_im="feed", if_none_match=tag)
    assert (status, fields["delta-base"], titles(body)) == (226, tag, ["Day 9"])
    assert b"Some text" not in body
    assert get("/feed.atom?limit=3&content=title", a_im="feed", if_none_match=whole_tag)[0] == 200


# --- when it is not said


def test_deltas_are_off_unless_the_settings_turn_them_on(open_desk, serve):
    desk = open_desk()
    for day in range(1, 9):
        desk.post(f"content/p{day}.md", date=f"2026-10-0{day}")
    desk.publish()
    get = serve(desk).get
    tag = get("/feed.atom", a_im="feed")[1]["etag"]
    add(desk)
    status, fields, body = get("/feed.atom", a_im="feed", if_none_match=tag)
    assert (status, fields["vary"], len(titles(body))) == (200, "Accept-Encoding, Accept, Sec-Fetch-Dest", 9)
    assert "private" not in fields["cache-control"]


def test_deltas_move_no_validator(desk, get):
    on = get("/feed.atom")[1]["etag"]
    desk.restart_with(server={"delta": False})
    assert on == desk.look_up("/feed.atom").etag()


@pytest.mark.parametrize("form", FORMATS)
def test_who_holds_the_newest_gets_304(get, form):
    _, whole, _ = get(f"/feed.{form}", a_im="feed")
    status, fields, body = get(f"/feed.{form}", a_im="feed", if_none_match=whole["etag"])
    assert (status, body) == (304, b"")
    for name in ("etag", "cache-control", "vary", "link", "last-modified"):
        assert fields[name] == whole[name]


@pytest.mark.parametrize(
    "tag", ['"0123456789abcdef01234567-atom"', '"old"', '"old', '"0123456789abcdef01234567-html"', "", '"", ""']
)
def test_a_base_that_is_not_known_gets_the_whole(get, held, tag):
    status, _, body = get("/feed.atom", a_im="feed", if_none_match=tag)
    assert (status, len(titles(body))) == (200, 9)


def test_after_a_restart_every_base_is_unknown(desk, serve, held):
    desk.restart()
    get = serve(desk).get
    assert get("/feed.atom", a_im="feed", if_none_match=held)[0] == 200


@pytest.mark.parametrize("other", ["/feed.rss", "/tag/x.rss"])
def test_the_tag_of_another_format_is_no_base(desk, get, other):
    tag = get(other)[1]["etag"]
    add(desk)
    assert get("/feed.atom", a_im="feed", if_none_match=tag)[0] == 200


def test_a_date_alone_is_no_base(get, held):
    assert get("/feed.atom", a_im="feed", if_modified_since="Sun, 01 Nov 2026 12:00:00 GMT")[0] == 200


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("feed", 226),
        ("Feed", 226),
        ("feed;q=0.5, gzip", 226),
        ("vcdiff, diffe;q=0.3, feed", 226),
        ("feed;q=0.5, identity;q=0.5", 226),
        ("feed;q=0.2, identity", 200),
        ("feed;q=0", 200),
        ("feed;q=x", 200),
        ("vcdiff", 200),
        ("", 200),
    ],
)
def test_a_delta_goes_only_to_who_wants_it_as_much_as_the_whole(get, held, field, status):
    assert get("/feed.atom", a_im=field, if_none_match=held)[0] == status


@pytest.mark.parametrize(
    "agent",
    [
        "rss2email/3.14 (https://github.com/rss2email/rss2email)",
        "feedparser/6.0.10 +https://github.com/kurtmckee/feedparser/",  # what rss2email 3.13 really sends
    ],
)
def test_readers_that_ask_and_cannot_read_it_get_the_whole(get, held, agent):
    status, fields, body = get("/feed.atom", a_im="feed", if_none_match=held, user_agent=agent)
    assert (status, len(titles(body))) == (200, 9)
    assert "im" not in fields


def test_the_settings_say_which_readers_those_are(desk, serve):
    desk.restart_with(server={"delta": True, "delta_except": ["OldReader"]})
    get = serve(desk).get
    tag = get("/feed.atom")[1]["etag"]
    add(desk)
    statuses = {
        agent: get("/feed.atom", a_im="feed", if_none_match=tag, user_agent=agent)[0]
        for agent in ("rss2email", "An oldreader/1")
    }
    assert statuses == {"rss2email": 226, "An oldreader/1": 200}


def test_head_is_told_of_the_whole(desk, held):
    client = TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()))
    head = client.head("/feed.atom", headers={"a-im": "feed", "if-none-match": held})
    assert (head.status_code, head.content) == (200, b"")
    assert "im" not in head.headers


@pytest.mark.parametrize("gone", ["p1", "p4", "p8"])
def test_a_deletion_cannot_be_told_by_a_delta(desk, get, held, gone):
    desk.clock.advance(60)
    desk.delete(f"content/{gone}.md")
    desk.publish()
    status, _, body = get("/feed.atom", a_im="feed", if_none_match=held)
    assert (status, len(titles(body))) == (200, 8)


def test_half_of_a_feed_comes_whole(desk, get):
    tag = get("/feed.atom?limit=4")[1]["etag"]
    for day in (9, 10):
        add(desk, day)
    assert get("/feed.atom?limit=4", a_im="feed", if_none_match=tag)[0] == 200


# --- tags as they come back


@pytest.mark.parametrize(
    "spelled",
    ["{}", "W/{}", '"old", {}', '{}, "0123456789abcdef01234567-atom"', "{bare}", '"{bare}-gzip"', '"{bare};gzip"'],
)
@pytest.mark.parametrize("coding", ["identity", "br"])
def test_a_base_is_known_in_any_of_our_codings_and_through_what_proxies_do_to_it(desk, get, spelled, coding):
    tag = get("/feed.atom", accept_encoding=coding)[1]["etag"]
    add(desk)
    sent = spelled.format(tag, bare=tag.strip('"'))
    status, fields, _ = get("/feed.atom", a_im="feed", if_none_match=sent, accept_encoding="gzip")
    assert (status, fields["delta-base"]) == (226, tag)


def test_of_several_bases_the_first_that_serves_is_taken(desk, get, held):
    newer = get("/feed.atom")[1]["etag"]
    add(desk, 10)
    fields = get("/feed.atom", a_im="feed", if_none_match=f"{newer}, {held}")[1]
    assert fields["delta-base"] == newer


# --- caches


def test_shared_caches_keep_nothing_that_a_request_for_deltas_got(get, held):
    others, asking = get("/feed.atom")[1], get("/feed.atom", a_im="feed")[1]
    assert others["vary"] == asking["vary"] == "Accept-Encoding, Accept, Sec-Fetch-Dest, A-IM"
    assert asking["cache-control"] == f"private, {others['cache-control']}"
    assert others["cache-control"].startswith("max-age")
    known = get("/feed.atom", a_im="feed", if_none_match=others["etag"])
    assert (known[0], known[1]["cache-control"]) == (304, asking["cache-control"])


# --- races


def test_a_feed_that_moved_while_its_delta_was_made_is_told_as_it_is_then(desk, get, held):
    library = desk.site.library
    seen = library.look_up("/feed.atom")
    add(desk, 10)
    made = library.fill_delta(seen, read_tag(held.strip('"')))
    assert made.etag() == library.look_up("/feed.atom").etag() != seen.etag()
    assert titles(made.deltas[read_tag(held.strip('"')).state, "identity"]) == ["Day 10", "Day 9"]


def test_a_feed_that_moved_on_to_where_only_the_whole_serves_is_told_whole(desk, get, held, monkeypatch):
    library = desk.site.library
    fill_delta = library.fill_delta

    def fill_late(rendition, base, coding):
        desk.clock.advance(60)
        desk.delete("content/p5.md")
        desk.publish()
        return fill_delta(rendition, base, coding)

    monkeypatch.setattr(library, "fill_delta", fill_late)
    status, fields, body = get("/feed.atom", a_im="feed", if_none_match=held)
    assert (status, len(titles(body))) == (200, 8)
    assert fields["etag"] == library.look_up("/feed.atom").etag()


def test_deltas_count_against_the_budget_of_bytes(desk, get, held):
    get("/feed.atom", a_im="feed", if_none_match=held)
    before = desk.site.library.shelf.held
    _, fields, body = get("/feed.atom", a_im="feed", if_none_match=held, accept_encoding="gzip")
    assert fields["content-encoding"] == "gzip"
    assert desk.site.library.shelf.held == before + len(body)


# --- all of it

WINDOWS = {
    "by number": {"window": 6},
    "by number and hours": {"window": 3, "hours": 60},
    "by bytes": {"window": 50, "max_bytes": 4000},
}
NAMES = st.sampled_from("abcdefghijkl")
STEPS = st.one_of(
    st.tuples(st.just("save"), NAMES, st.integers(1, 9), st.sampled_from(("Text.", "Other text.", "Long. " * 30))),
    st.tuples(st.just("new"), NAMES, st.integers(10, 20), st.just("Fresh.")),
    st.tuples(st.just("delete"), NAMES),
)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # a history is short, and each of its steps is slow


def cut(entries, window, present):
    """Cut off at the end what has fallen out of the window. Only the server knows where bytes cut: it shows."""
    ordered = dict(sorted(entries.items(), key=lambda one: (-one[1][0].timestamp(), one[0])))
    if "max_bytes" in window:
        return dict(list(ordered.items())[: len(present)])
    newest = next(iter(ordered.values()))[0]
    hours = timedelta(hours=window.get("hours", 0))
    within = {
        id_: entry
        for number, (id_, entry) in enumerate(ordered.items())
        if number < window["window"] or (hours and newest - entry[0] <= hours)
    }
    return dict(list(within.items())[: window.get("limit")])


class Readers:
    """Readers that stopped reading at every state there was: what each holds, by its tag."""

    def __init__(self, server, address, window):
        self._server, self._address, self._window = server, address, window
        self._held = {form: {} for form in FORMATS}
        self.deltas = 0

    def poll(self):
        for form, held in self._held.items():
            path = self._address.format(form)
            status, fields, body = self._server.get(path)
            if status == 404:
                continue
            present = entries_of(form, body)
            for tag, entries in held.items():
                self._check(path, form, tag, entries, fields["etag"], present)
            held[fields["etag"]] = present

    def _check(self, path, form, tag, entries, newest, present):
        status, fields, body = self._server.get(path, a_im="feed", if_none_match=tag)
        assert fields["etag"] == newest
        if status == 304:
            assert list(entries.items()) == list(present.items())
        elif status == 226:
            self.deltas += 1
            made = cut(entries | entries_of(form, body), self._window, present)
            assert list(made.items()) == list(present.items())
        else:
            assert list(entries_of(form, body).items()) == list(present.items())


def walk(desk, server, steps, address, window):
    readers = Readers(server, address, window)
    for kind, name, *rest in steps:
        path = f"content/{name}.md"
        if kind == "delete":
            (desk.folder / path).unlink(missing_ok=True)
        else:
            day, body = rest
            desk.post(path, f"Post {name}", body=body, date=f"2026-10-{day:02} 08:00:00", tags="[x]")
        desk.clock.advance(60)
        desk.publish()
        readers.poll()
    return readers.deltas


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("address", ["/feed.{}", "/tag/x.{}?limit=4"])
def test_after_any_changes_every_reader_comes_to_hold_exactly_the_window(open_desk, serve, tmp_path, window, address):
    rule = {**window, "limit": 4} if "limit" in address else window
    counts = []

    @settings(max_examples=12, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, min_size=4, max_size=14))
    def check(steps):
        desk = open_desk(tmp_path / str(len(counts)), feeds=window, **ON)
        server = serve(desk)
        counts.append(0)
        counts[-1] = walk(desk, server, steps, address, rule)
        desk.site.close()

    check()


def test_a_usual_week_comes_in_deltas(open_desk, serve, tmp_path):
    """The property above would hold if every answer were whole; here most must not be."""
    desk = open_desk(feeds=WINDOWS["by number"], **ON)
    steps = [("new", name, 10 + day, "Fresh.") for day, name in enumerate("abcdefghi")]
    steps += [("new", "h", 17, "Edited.")]
    assert walk(desk, serve(desk), steps, "/feed.{}", WINDOWS["by number"]) >= 45


def test_a_narrowing_that_is_unknown_is_no_other_base(desk, get):
    library = desk.site.library
    whole, narrow = library.look_up("/feed.atom"), library.look_up("/feed.atom", parse_query("limit=2"))
    assert library.remembers(whole, read_tag(whole.etag().strip('"')))
    assert not library.remembers(whole, read_tag(narrow.etag().strip('"')))
