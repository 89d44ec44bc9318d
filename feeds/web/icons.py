"""The icon that we draw for a site, made when somebody first asks for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from starlette.requests import Request
from starlette.responses import Response

from feeds.web.looks import Looks


class IconDoor:
    """Replies with one picture."""

    def __init__(self, media_type: str, make: Callable[[], bytes], *, press: Executor) -> None:
        self._media_type = media_type.encode("ascii")
        self._make = make
        self._press = press
        self._made: Looks | None = None

    async def reply(self, request: Request) -> Response:
        if self._made is None:
            body = await asyncio.get_running_loop().run_in_executor(self._press, self._make)
            self._made = Looks(body, self._media_type)
        return await self._made.reply(request)
