"""What there is to mend, as an Atom feed (RFC 4287) for the reader of whoever publishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator

from feeds import __version__
from feeds.diagnostics import Problem
from feeds.fingerprint import digest_texts
from feeds.render.corrections import write_rhythm
from feeds.render.heads import GENERATOR
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone
from feeds.render.xml import SY, Element, add
from feeds.text import legal_text
from feeds.urls import tag_uri

_MOST = 500  # entries
_LIFETIME = 900  # seconds between two looks that a reader is told to keep


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFeed:
    problems: Sequence[Problem]  # open and solved, in any order
    authority: str  # of ids: "example.com,2021"
    site: str  # its title
    home: str  # absolute address of the site
    listed: str  # absolute address where all problems are listed; some readers pass over entries without a link
    url: str  # of the feed itself, absolute
    zone: tzinfo  # dates are written in it


class _Rhythm(BaseExtension):
    """Says how often to look; feedgen's own extension misspells it (see `corrections`)."""

    def extend_ns(self) -> dict[str, str]:
        return {"sy": SY}

    def extend_atom(self, root: Element) -> Element:
        write_rhythm(root, _LIFETIME)
        return root


class _Link(BaseEntryExtension):
    """Links an entry to the list of problems; feedgen's own link loses its rel (see `corrections`)."""

    def __init__(self, address: str) -> None:
        self._address = address

    def extend_atom(self, element: Element) -> Element:
        add(element, "link", href=self._address, rel="alternate")
        return element


def problems_atom(feed: ProblemFeed) -> bytes:
    """Write a document with the newest problems first; what is solved is as new as its solution.

    A solved problem keeps the id under which readers know it. One that comes back has another, or nobody would see it.
    Without entries the feed was never updated, and says 1970: it shows nothing that could have an older date.
    """
    newest = sorted(feed.problems, key=lambda one: (_updated(one), one.number), reverse=True)[:_MOST]
    model: Any = FeedGenerator()  # type: ignore[no-untyped-call]
    model.register_extension("rhythm", _Rhythm)
    model.id(tag_uri(feed.authority, "problems"))
    model.title(_legal(f"Problems of {feed.site}"))
    model.updated(_moment(_updated(newest[0]) if newest else 0, feed.zone))
    model.author({"name": _legal(feed.site)})
    model.language("en")  # in which diagnostics are written
    model.generator(GENERATOR, version=__version__)
    model.link(href=feed.home, rel="alternate", type="text/html")
    model.link(href=feed.url, rel="self", type=MEDIA_TYPES["atom"])
    for problem in newest:
        model.add_entry(_entry(problem, feed), order="append")
    document: bytes = model.atom_str()
    return document


def _entry(problem: Problem, feed: ProblemFeed) -> object:
    diagnostic = problem.diagnostic
    is_solved = problem.solved is not None
    model: Any = FeedEntry()  # type: ignore[no-untyped-call]
    model.id(_id(problem, feed.authority))
    model.title(_legal(f"{'Solved: ' if is_solved else ''}{diagnostic.place}: {diagnostic.message}"))
    model.content(_legal(_content(problem)), type="html")
    model.register_extension("link", partial(_Link, feed.listed))
    for scheme, term in (("level", str(diagnostic.level)), ("code", diagnostic.code)):
        model.category({"term": term, "scheme": tag_uri(feed.authority, scheme)})
    model.published(_moment(problem.first_seen or 0, feed.zone))
    model.updated(_moment(_updated(problem), feed.zone))
    return model


def _content(problem: Problem) -> str:
    diagnostic = problem.diagnostic
    texts = [diagnostic.message, "It is solved." if problem.solved is not None else diagnostic.remedy]
    paragraphs = [f"<p>{escape(text)}</p>" for text in texts]
    if diagnostic.detail:
        paragraphs.append(f"<pre>{escape(diagnostic.detail)}</pre>")
    return "".join(paragraphs)


def _id(problem: Problem, authority: str) -> str:
    """Mint an id from what the problem is, but for its line, and since when; its number parts it from equal ones."""
    diagnostic = problem.diagnostic
    since = str(problem.first_seen), str(problem.number)
    name = digest_texts(diagnostic.path, diagnostic.code, diagnostic.detail, *since)
    return tag_uri(authority, f"problem:{name[:24]}")


def _updated(problem: Problem) -> int:
    return (problem.first_seen or 0) if problem.solved is None else problem.solved


def _moment(seconds: int, zone: tzinfo) -> datetime:
    return in_zone(datetime.fromtimestamp(seconds, UTC), zone)


def _legal(text: str) -> str:
    return legal_text(text)[0]
