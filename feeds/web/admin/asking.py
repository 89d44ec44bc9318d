"""What a request below `/-/` brings: its body, within bounds, and how long it is ready to wait."""

import json
import math
import re
from typing import Any

from starlette.requests import ClientDisconnect, Request

from feeds.web.admin.door import refused
from feeds.web.replies import Reply

_LONGEST_WAIT = 60  # seconds


class RefusedError(Exception):
    """The request cannot be used; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def refuse(status: int, detail: str, *fields: tuple[bytes, bytes]) -> RefusedError:
    return RefusedError(refused(status, detail, *fields))


async def read_body(request: Request, *, most: int) -> bytes:
    """Read a body of so many bytes at most, counted while they come. Raises RefusedError (413)."""
    too_large = refuse(413, f"The body is larger than {most} bytes.", (b"connection", b"close"))
    if (length := request.headers.get("content-length", "")).isdigit() and int(length) > most:
        raise too_large
    pieces, size = [], 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise too_large
            pieces.append(piece)
    except ClientDisconnect as err:
        raise refuse(400, "The body did not come whole.") from err
    return b"".join(pieces)


def read_json(body: bytes) -> dict[str, Any]:
    """Read an object; no body is an empty one. Raises RefusedError (400)."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as err:
        raise refuse(400, "The body is not JSON.") from err
    if not isinstance(value, dict):
        raise refuse(400, 'The body is no JSON object, such as {"paths": ["content"]}.')
    return value


def wait_of(request: Request) -> float | None:
    """Return for how many seconds to wait for the result (`?wait=`); None: not at all. Raises RefusedError (400)."""
    text = request.query_params.get("wait")
    if text is None:
        return None
    seconds = float(text) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,9})?", text, re.ASCII) else math.nan
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise refuse(400, f"wait is a number of seconds from 0 to {_LONGEST_WAIT}.")
    return seconds
