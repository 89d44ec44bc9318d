"""The application on a socket of its own, in front of which programs that we did not write are put."""

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn

from feeds.cli.running import server_config
from feeds.web.app import create_app

PATIENCE = 30  # seconds, on a busy machine
CONTRIB = Path(__file__).parents[2] / "contrib"


@dataclass
class Answer:
    status: int
    fields: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        """Return a field, those of several lines joined."""
        values = [value for known, value in self.fields if known.lower() == name]
        return ", ".join(values) if values else None


def ask(port: int, path: str, method: str = "GET", **fields: str) -> Answer:
    """Ask once, with no field that is not given but Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in fields.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def wait_until(is_so):
    """Ask again and again; return what it says once that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := is_so()):
        assert time.monotonic() < deadline
    return answer


@dataclass
class Asked:
    """A request as it came to the application, and what it was answered."""

    method: str
    path: str
    fields: dict[str, str]
    status: int = 0


@dataclass
class Served:
    """An application on a port, started and stopped at will, that remembers who asked."""

    app: object
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    adds: tuple[tuple[bytes, bytes], ...] = ()  # fields for the program in front alone

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = listener.getsockname()[1]
        config = server_config(recorded(self))
        config.lifespan = "off"
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive())

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


def recorded(served: Served):
    async def app(scope, receive, send):
        fields = {name.decode(): value.decode() for name, value in scope["headers"]}
        asked = Asked(scope["method"], scope["raw_path"].decode(), fields)
        served.asked.append(asked)

        async def record(message):
            if message["type"] == "http.response.start":
                asked.status = message["status"]
                message = {**message, "headers": [*message["headers"], *served.adds]}
            await send(message)

        await served.app(scope, receive, record)

    return app


@pytest.fixture
def serve(request):
    """Put an application on a free port until the test ends."""

    def serve_(app) -> Served:
        served = Served(app)
        served.start()
        request.addfinalizer(served.stop)
        return served

    return serve_


@pytest.fixture
def serve_desk(serve, open_desk):
    """Put the application of a desk's site there. Its clock is the desk's."""

    def serve_(clock=None, **settings):
        desk = open_desk(**settings)
        desk.post("content/1.md", title="First", categories="[News]", tags="[新京报新闻]", body="Some text. " * 50)
        desk.publish()
        served = serve(create_app(desk.site, clock=clock or (lambda: desk.clock().timestamp())))
        served.desk = desk
        return served

    return serve_


@pytest.fixture
def peer():
    """Find a program; a test whose program is missing is skipped, which the CI does not let pass."""

    def find(name: str, package: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
        if found is None:
            pytest.skip(f"needs {name} (Debian: {package})")
        return found

    return find


@pytest.fixture
def contrib():
    return CONTRIB


@pytest.fixture
def tools():
    """What the tests of this folder share, which cannot import each other."""
    return SimpleNamespace(
        Answer=Answer, PATIENCE=PATIENCE, ask=ask, wait_until=wait_until, free_port=free_port, running=running
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def running(command, port, **environment):
    """Run a server until it listens, and end it at the end."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=said, stderr=said)
        try:
            wait_until(lambda: listens(port) or process.poll() is not None)
            assert process.poll() is None, said.seek(0) or said.read().decode()
            yield process
        finally:
            process.terminate()
            process.wait()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
