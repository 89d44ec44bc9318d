"""Writes each page once with made-up values, so that a site's own template that fails on them is told at the start."""

from datetime import UTC, datetime, timedelta

from feeds.model import Category, Entry, Person, Source
from feeds.render.html.entry import EntryLink, FeedLink, entry_page
from feeds.render.html.feed import FeedHead, ReaderLink, feed_page
from feeds.render.html.frame import Frame
from feeds.render.html.index import FeedLine, FeedList, KindLine, Pager, index_page
from feeds.render.html.sources import source_row, sources_page
from feeds.render.html.status import Publishing, Ran, Seen, Status, Trouble, Visited, status_page
from feeds.render.html.templates import Templates
from feeds.traffic import Asked, Day

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
_URL = "https://example.com"
_SOURCE = Source(name="Gazette", url=f"{_URL}/", logo=f"{_URL}/logo.png", license="CC BY 4.0", language="en")
_ENTRY = Entry(
    id="tag:example.com,2026:one",
    path="one.md",
    title="One",
    link=f"{_URL}/one",
    published=_NOON,
    updated=_NOON,
    content_html="<p>Text.</p>",
    summary="Text.",
    categories=(Category(scheme="category", term="News", label="News"),),
    authors=(Person(name="Ann"),),
    source=_SOURCE,
    via=f"{_URL}/original",
    lang="en",
)
_LINE = FeedLine(kind="category", title="News", address="/category/News", count=1, newest=_NOON, rhythm=timedelta(1))
_RUN = {"read": 1, "changed": 1, "removed": 0, "feeds": 1, "problems": 0}
_PAGER = Pager(page=2, pages=3, turn=lambda page: f"/?page={page}")


def try_out(templates: Templates, frame: Frame) -> None:
    """Find the faults of a site's own templates; `templates.faults` has them then, and ours are used instead."""
    if not templates.has_own:
        return
    _try_entry(templates, frame)
    _try_feed(templates, frame)
    index_page(
        templates=templates,
        frame=frame,
        feeds=FeedList(lines=[_LINE], count=1, pager=_PAGER),
        kinds=[KindLine(kind="category", count=1), KindLine(kind="source", count=1)],
        newest=[_ENTRY],
    )
    row = source_row(_SOURCE, address="/source/Gazette", count=1, newest=_NOON)
    sources_page([row], templates=templates, frame=frame, count=1, pager=_PAGER)
    status_page(_status(), templates=templates, frame=frame)


def _try_entry(templates: Templates, frame: Frame) -> None:
    entry_page(
        _ENTRY,
        templates=templates,
        frame=frame,
        page=f"{_URL}/entry/one/",
        feeds=[FeedLink(kind="category", title="News", address="/category/News")],
        older=EntryLink(title="Older", address="/entry/older/"),
        newer=EntryLink(title="Newer", address="/entry/newer/"),
    )


def _try_feed(templates: Templates, frame: Frame) -> None:
    feed = FeedHead(
        kind="category",
        title="News",
        description="What is new.",
        address="/category/News",
        urls={"atom": f"{_URL}/n.atom", "rss": f"{_URL}/n.rss", "json": f"{_URL}/n.json"},
        count=1,
        newest=_NOON,
        rhythm=timedelta(1),
        logo=f"{_URL}/logo.png",
        home=f"{_URL}/",
        readers=[ReaderLink(name="Reader", url=f"{_URL}/add")],
    )
    page = f"{_URL}/category/News/"
    feed_page(templates=templates, frame=frame, feed=feed, page=page, entries=[_ENTRY], older="/a/", newer="/b/")


def _status() -> Status:
    asked = Asked(unchanged=1, answered=1, sent=100)
    return Status(
        publishing=Publishing(state="ready", owner=None, queue=0, last_look=_NOON, last_change=_NOON),
        counts={"posts": 1, "entries": 1, "feeds": 1},
        runs=[Ran(at=_NOON, what=_RUN)],
        troubles=[Trouble(code="c", level="warning", message="m", remedy="r", count=1, places=("one.md",))],
        days=[Day(day="2026-01-01", asked=asked, subscribers=1, programs=1)],
        visited=[
            Visited(
                kind="collection",
                term="News",
                title="News",
                address="/collection/News",
                asked=asked,
                subscribers=1,
                saved=1,
            )
        ],
        seen=[Seen(name="Reader", times=1, subscribers=1, feeds=1)],
        span=7,
        total=asked,
        saved=1,
        subscribers=1,
    )
