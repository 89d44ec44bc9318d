"""`/-/status` for whoever publishes, and `/-/status.json` for their programs."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from starlette.requests import Request

from feeds.metrics import Readings
from feeds.pages.status import as_object, status_of
from feeds.render import ENCODERS
from feeds.render.html import Status, frame_of, status_page
from feeds.site import Site
from feeds.web.admin.door import FRESH, Answer, told
from feeds.web.languages import language_for, varied_by
from feeds.web.negotiation import coding_for
from feeds.web.replies import GUARDS, NOT_READY_FOR_PROGRAMS, Fields, Reply, fields_of

_DAYS = 7
_MOST_DAYS = 35  # are kept


class StatusPages:
    """Both forms are made at each asking; what was counted last may be a minute old."""

    def __init__(
        self, site: Site, *, readings: Callable[[], Readings], bring_up_to_date: Callable[[], Awaitable[None]]
    ) -> None:
        """readings: returns the numbers of all processes of this server. bring_up_to_date: writes what was counted."""
        self._site = site
        self._readings = readings
        self._bring_up_to_date = bring_up_to_date

    async def page(self, request: Request) -> Reply:
        status = await self._status(request)
        if status is None:
            return NOT_READY_FOR_PROGRAMS
        site = self._site
        asked, languages = fields_of(request.scope), site.settings.pages.languages
        language = language_for(asked.get(b"accept-language"), languages)
        body = status_page(status, templates=site.templates, frame=frame_of(site.settings), language=language)
        coding = coding_for(asked.get(b"accept-encoding"))
        body = ENCODERS[coding](body) if coding != "identity" else body
        fields: Fields = (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            *(((b"content-encoding", coding.encode("ascii")),) if coding != "identity" else ()),
            (b"vary", varied_by(languages)),
        )
        return Reply(200, (*fields, *GUARDS, FRESH), body)

    async def json(self, request: Request) -> Reply:
        status = await self._status(request)
        return NOT_READY_FOR_PROGRAMS if status is None else told(200, as_object(status, self._site))

    async def _status(self, request: Request) -> Status | None:
        """Return how the site is doing; None before anybody can know."""
        await self._bring_up_to_date()
        return await asyncio.to_thread(self._made, _days(request))

    def _made(self, days: int) -> Status | None:
        site = self._site
        if not site.library.is_ready:
            return None
        today = site.now().astimezone(site.settings.zone).date()
        return status_of(site, self._readings(), today=today, days=days)

    def answers(self) -> dict[str, Answer]:
        """Return what answers GET, by the address below `/-/`."""
        return {"status": self.page, "status.json": self.json}


def _days(request: Request) -> int:
    """Read `?days=N`; what is unreadable is as if it were not there."""
    asked = parse_qs(request.scope["query_string"].decode("latin-1")).get("days", [""])[0]
    return min(max(int(asked), 1), _MOST_DAYS) if re.fullmatch("[0-9]{1,6}", asked) else _DAYS
