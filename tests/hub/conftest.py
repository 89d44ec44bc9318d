"""A hub on this machine that takes pings as it is told to, and an announcer whose clock a test turns."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from feeds.hub import Announcer, Line
from feeds.model import FORMATS


class Hub:
    """Records what it is told. answer: status and fields, for an address; the second argument counts from 0."""

    def __init__(self, port=0):
        self.forms = []
        self.connections = 0
        self.answer = lambda _topic, _number: (204, {})
        self.on_ping = lambda: None
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                hub.connections += 1

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                form = parse_qs(body, strict_parsing=True)
                number = len(hub.forms)
                hub.forms.append(form)
                hub.on_ping()
                status, fields = hub.answer(form["hub.url"][0], number)
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):  # who pings may hang up
                pass

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def told(self):
        return [form["hub.url"][0] for form in self.forms]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def open_hub():
    opened = []

    def open_(**how):
        opened.append(Hub(**how))
        return opened[-1]

    yield open_
    for hub in opened:
        hub.close()


@pytest.fixture
def hub(open_hub):
    return open_hub()


class Announcement:
    """An announcer, and the time that it lives in: seconds that pass only where it waits."""

    def __init__(self, desk, url, *, tell=None, chance=0.5):
        self.desk = desk
        self.now = 0.0
        self._line = Line(url, timeout=5)
        self.announcer = Announcer(
            url,
            store=desk.site.store,
            library=desk.site.library,
            tell=tell or self._line.tell,
            clock=lambda: self.now,
            chance=lambda: chance,
        )

    def run(self, seconds=0.0):
        """Let time pass; at its end nothing is left that could be done by then."""
        end = self.now + seconds
        while True:
            wait = self.announcer.step()
            if self.now + wait > end:
                self.now = end
                return
            self.now += wait

    def close(self):
        self._line.close()


@pytest.fixture
def announce():
    """Begin to announce a desk's moves to a hub."""
    begun = []

    def begin(desk, hub, **how):
        begun.append(Announcement(desk, getattr(hub, "url", hub), **how))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


def selves(desk, *addresses):
    """Return what feeds say of themselves, in each format: what a hub should be told."""
    found = []
    for address in addresses:
        for format_ in FORMATS:
            link = desk.look_up(f"{address}.{format_}").links.split(", ")[0]
            assert link.endswith('; rel="self"')
            found.append(link[1 : link.index(">")])
    return sorted(found)


@pytest.fixture
def ready(open_desk, hub):
    """A published site that names the hub."""
    desk = open_desk(feeds={"hubs": [hub.url]})
    desk.post("content/old.md", categories="[red, 新京报]")
    desk.publish()
    return desk
