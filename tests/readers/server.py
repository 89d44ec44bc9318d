"""The application on a port of this machine, with a note of every request."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uvicorn

from feeds.cli.running import server_config
from feeds.site import Site
from feeds.web.app import create_app


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what it was answered."""

    path: str
    status: int
    is_conditional: bool
    etag: str


class Server:
    """Serves one site after another at the same address: a restart is a new application on a new server."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked: list[Asked] = []
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, site: Site) -> None:
        """Serve a site. Nothing is published behind the test's back: the application's own publisher stays out."""
        config = server_config(self._noting(create_app(site, clock=lambda: self._clock().timestamp())))
        config.lifespan = "off"
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener.dup()]}, name="server", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
        self._server = None

    def close(self) -> None:
        self.stop()
        self._listener.close()

    def _noting(self, app: Any) -> Any:
        async def noted(scope: Any, receive: Any, send: Any) -> None:
            async def send_noted(message: Any) -> None:
                if message["type"] == "http.response.start":
                    names = {name for name, _ in scope["headers"]}
                    self.asked.append(
                        Asked(
                            path=scope["path"],
                            status=message["status"],
                            is_conditional=not names.isdisjoint({b"if-none-match", b"if-modified-since"}),
                            etag=dict(message["headers"]).get(b"etag", b"").decode(),
                        )
                    )
                await send(message)

            await app(scope, receive, send_noted)

        return noted
