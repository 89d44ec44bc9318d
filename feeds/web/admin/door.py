"""One address below `/-/`: which methods it has, and whether it asks for a token."""

import errno
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from feeds.web.replies import GUARDS, Reply, as_response, problem
from feeds.web.tokens import Tokens

log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[Reply | Response]]  # a Response where the answer is a stream

FRESH = (b"cache-control", b"no-store")
NAME = "feeds.token"  # where the scope says whose token it is


class Door:
    """An ASGI application. Without `tokens` it is open, and its answers see to who may ask."""

    def __init__(self, tokens: Tokens | None = None, **answers: Answer) -> None:
        """answers: by method, as in GET=…; HEAD and OPTIONS need not be given."""
        self._tokens = tokens
        self._answers = answers
        methods = [*answers, *(["HEAD"] if "GET" in answers else []), "OPTIONS"]
        allow = (b"allow", ", ".join(methods).encode())
        self._options = Reply(204, (allow, FRESH))
        self._not_allowed = problem(405, f"Only {', '.join(methods)} are answered here.", allow, FRESH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reply = await self._reply(Request(scope, receive))
        response = as_response(reply, scope["method"]) if isinstance(reply, Reply) else reply
        await response(scope, receive, send)

    async def _reply(self, request: Request) -> Reply | Response:
        method = request.method
        if method == "OPTIONS":
            return self._options
        answer = self._answers.get("GET" if method == "HEAD" else method)
        if answer is None:
            return self._not_allowed
        if self._tokens is not None:
            name = self._tokens.name_of(request.scope)
            if name is None:
                return self._tokens.refusal(request.scope)
            request.scope[NAME] = name
        try:
            return await answer(request)
        except OSError as err:  # a full disk, or a state folder that cannot be written
            log.exception("admin.failed: %s %s", method, request.scope["path"])
            full = err.errno in (errno.ENOSPC, errno.EDQUOT)
            return refused(507 if full else 503, f"The server cannot do this now: {err.strerror}.")


def told(status: int, what: Any, *fields: tuple[bytes, bytes]) -> Reply:  # noqa: ANN401 - whatever JSON can say
    """Reply with JSON."""
    body = json.dumps(what, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
    described = ((b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)))
    return Reply(status, (*described, *GUARDS, FRESH, *fields), body)


def refused(status: int, detail: str, *fields: tuple[bytes, bytes]) -> Reply:
    """Say why not (RFC 9457)."""
    return problem(status, detail, FRESH, *fields)


NOTHING = refused(HTTPStatus.NOT_FOUND, "There is nothing here; docs/publishing.md says what there is below /-/.")
