"""What the router sends, seen on its way out."""

from collections.abc import Callable

from starlette.types import Message, Send

from feeds.metrics import Answer
from feeds.web.replies import answer_of, http_date


class Routed:
    """Sends one answer of the router with its Date, and knows afterwards what it was."""

    def __init__(self, send: Send, clock: Callable[[], float]) -> None:
        self._send = send
        self._clock = clock
        self._status = 500
        self._coding = "identity"
        self.sent = 0  # bytes of the body

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._coding = dict(message["headers"]).get(b"content-encoding", b"identity").decode("ascii")
            message = {**message, "headers": [(b"date", http_date(int(self._clock()))), *message["headers"]]}
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    def answer(self, kind: str) -> Answer:
        return answer_of(kind, self._status, self._coding)
