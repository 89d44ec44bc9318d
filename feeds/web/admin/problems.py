"""What there is to mend, for programs (`/-/problems.json`) and for readers (`/-/problems.atom`)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from math import inf
from threading import Lock
from urllib.parse import parse_qs

from starlette.requests import Request

from feeds.check import Report, as_json, report
from feeds.diagnostics import Level, Problems
from feeds.fingerprint import digest_bytes
from feeds.library import Coding
from feeds.render import ENCODERS, RENDERERS
from feeds.render.problems import ProblemFeed, problems_atom
from feeds.site import Site
from feeds.store import KEPT_SOLVED
from feeds.web.admin.door import Answer, refused
from feeds.web.negotiation import coding_for
from feeds.web.pages import Described, Page, answer, page
from feeds.web.replies import NOT_READY_FOR_PROGRAMS, Reply, fields_of

_LEVELS = {str(level): level for level in Level}
_UNKNOWN_LEVEL = refused(HTTPStatus.BAD_REQUEST, f"level is one of {', '.join(_LEVELS)}, given once.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    make: Callable[[Site, Problems, Level], Page]
    described: Described


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A page, and how long it stays right."""

    page: Page
    version: int  # of the index
    until: float  # seconds since 1970: then a solved problem is old enough to be forgotten


class ProblemPage:
    """One form of the problems, made anew when the index or the clock asks for it."""

    def __init__(self, site: Site, form: _Form) -> None:
        self._site = site
        self._form = form
        self._made: dict[Level, _Made] = {}
        self._making = Lock()

    async def reply(self, request: Request) -> Reply:
        if not self._site.library.is_ready:  # until then nobody knows the authority of ids
            return NOT_READY_FOR_PROGRAMS
        level = _level(request)
        if level is None:
            return _UNKNOWN_LEVEL
        coding = coding_for(fields_of(request.scope).get(b"accept-encoding"))
        now = self._site.now()
        current = await asyncio.to_thread(self._current, level, coding, now)
        return answer(current, self._form.described, request, coding=coding, now=int(now.timestamp()))

    def _current(self, level: Level, coding: Coding, now: datetime) -> Page:
        with self._making:
            version = self._site.store.data_version()  # before the problems, so that no commit falls between unseen
            made = self._made.get(level)
            if made is None or made.version != version or now.timestamp() >= made.until:
                made = self._made[level] = self._make(level, now, version)
            if coding not in made.page.bodies:
                made.page.bodies[coding] = ENCODERS[coding](made.page.bodies["identity"])
            return made.page

    def _make(self, level: Level, now: datetime, version: int) -> _Made:
        problems = self._site.store.problems(now=now)
        ends = (one.solved + KEPT_SOLVED for one in problems.solved if one.solved is not None)
        made = self._form.make(self._site, problems.at_least(level), level)
        return _Made(page=made, version=version, until=min(ends, default=inf))


def answers(site: Site) -> Mapping[str, Answer]:
    """Return what answers GET, by the address below `/-/`."""
    return {f"problems.{suffix}": ProblemPage(site, form).reply for suffix, form in _FORMS.items()}


def _json(site: Site, problems: Problems, _level: Level) -> Page:
    """Make a page whose tag is weak (RFC 9110 §8.8.1) and passes over `last_seen`.

    That moves whenever a post is read again and all that is wrong with it still is, which is no news: a program that
    asks each minute would get the whole list each minute.
    """
    told = report(problems, zone=site.settings.zone)
    return replace(page(as_json(told, indent=None).encode()), name=_without_last_seen(told), is_weak=True)


def _without_last_seen(told: Report) -> str:
    """Name a report but for the times at which its problems were seen last."""
    problems, solved = (tuple(replace(one, last_seen=None) for one in each) for each in (told.problems, told.solved))
    return digest_bytes(as_json(replace(told, problems=problems, solved=solved), indent=None).encode())[:24]


def _atom(site: Site, problems: Problems, level: Level) -> Page:
    told, address = site.settings.site, f"{site.settings.site.url}/-/problems.atom"
    feed = ProblemFeed(
        problems=(*problems.open, *problems.solved),
        authority=site.store.fact("authority") or "",
        site=told.title,
        home=f"{told.url}/",
        listed=f"{told.url}/-/problems.json",
        url=address if level is min(Level) else f"{address}?level={level}",
        zone=site.settings.zone,
    )
    return page(problems_atom(feed))


def _level(request: Request) -> Level | None:
    """Return the least level that is asked for; None where it cannot be read."""
    asked = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True).get("level")
    if asked is None:
        return min(Level)
    return _LEVELS.get(asked[0]) if len(asked) == 1 else None


_FORMS = {
    "json": _Form(make=_json, described=Described(media_type=b"application/json", fresh=0, is_private=True)),
    "atom": _Form(
        make=_atom,
        described=Described(media_type=RENDERERS["atom"].media_type.encode("ascii"), fresh=0, is_private=True),
    ),
}
