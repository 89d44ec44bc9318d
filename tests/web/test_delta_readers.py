"""Readers that ask for deltas and get them: after several polls their databases hold exactly what was published.

And a cache in front, which must never let a reader have a delta from its own base.
"""

import mailbox
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.request
from contextlib import closing
from email.header import decode_header, make_header

import pytest
import uvicorn
from reader import make_reader

from feeds.cli.running import server_config
from feeds.web.app import create_app

pytestmark = pytest.mark.slow


def needs(program, package=""):
    """Where everything must be installed, a missing reader is a failure and not a skipped test."""
    return pytest.mark.skipif(
        shutil.which(program) is None and not os.environ.get("CI"),
        reason=f"needs Debian's package {package or program}",
    )


class Library:
    """The library `reader`."""

    def __init__(self, folder, url):
        self._reader = make_reader(str(folder / "reader.sqlite"))
        self._reader.add_feed(url)

    def poll(self):
        self._reader.update_feeds(scheduled=False)

    def held(self):
        return {entry.id: entry.title for entry in self._reader.get_entries()}

    def close(self):
        self._reader.close()


class Program:
    def __init__(self, folder, *words):
        self._command = words
        self._environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}

    def run(self, *words):
        command = [*map(str, self._command), *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    def close(self):
        pass


class Newsboat(Program):
    def __init__(self, folder, url):
        (folder / "urls").write_text(f"{url}\n")
        (folder / "config").touch()
        self._cache = folder / "cache.db"
        super().__init__(folder, "newsboat", "-C", folder / "config", "-u", folder / "urls", "-c", self._cache)

    def poll(self):
        self.run("-x", "reload")

    def held(self):
        with closing(sqlite3.connect(self._cache)) as cache:
            return dict(cache.execute("SELECT guid, title FROM rss_item WHERE deleted = 0"))


class Rss2email(Program):
    def __init__(self, folder, url):
        self._mail = folder / "mail"
        (folder / "config.cfg").write_text(
            "[DEFAULT]\nto = reader@example.invalid\nemail-protocol = maildir\nreply-changes = True\n"
            f"maildir-path = {folder}\nmaildir-mailbox = mail\n"
        )
        super().__init__(folder, "r2e", "-c", folder / "config.cfg", "-d", folder / "data.json")
        self.run("add", "feed", url)
        self.said = ""

    def poll(self):
        self.said = self.run("run")

    def held(self):
        """The newest message of each thread: a change comes as a reply."""
        held = {}
        messages = list(mailbox.Maildir(self._mail, create=False)) if self._mail.exists() else []
        parents = {message["In-Reply-To"] for message in messages}
        for message in messages:
            if message["Message-ID"] not in parents:
                held[message["X-RSS-ID"]] = str(make_header(decode_header(message["Subject"])))
        return held


class Site:
    """A site on a port of this machine. It knows what it published, and what it answered."""

    def __init__(self, desk):
        self.desk = desk
        self.statuses = []
        self.published = {}
        self.is_soon_stale = False  # a second is the shortest that caches count
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(desk.site, clock=lambda: desk.clock().timestamp())
        config = server_config(self._noting(app))
        config.lifespan = "off"  # the test publishes
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()

    def close(self):
        self._server.should_exit = True
        self._thread.join()

    def _aged(self, value):
        return re.sub(rb"max-age=.*", b"max-age=1", value) if self.is_soon_stale else value

    def _noting(self, app):
        async def noted(scope, receive, send):
            async def send_noted(message):
                if message["type"] == "http.response.start":
                    self.statuses.append(message["status"])
                    message = {**message, "headers": [(name, self._aged(value)) for name, value in message["headers"]]}
                await send(message)

            await app(scope, receive, send_noted)

        return noted

    def post(self, name, title, day):
        self.desk.post(f"content/{name}.md", title, f"All about {title}.", date=f"2026-10-{day:02} 08:00:00")
        self.published[name] = title

    def publish(self):
        self.desk.clock.advance(60)
        self.desk.publish()


@pytest.fixture
def open_site(open_desk):
    opened = []

    def open_(**server):
        desk = open_desk(server={"delta": True, **server})
        site = Site(desk)
        opened.append(site)
        for day in range(1, 9):
            site.post(f"p{day}", f"Day {day}", day)
        site.publish()
        return site

    yield open_
    for site in opened:
        site.close()


@pytest.fixture
def subscribe(tmp_path):
    readers = []

    def subscribe_(make, url):
        folder = tmp_path / "reader"
        folder.mkdir()
        readers.append(make(folder, url))
        return readers[-1]

    yield subscribe_
    for one in readers:
        one.close()


def polled(site, reader):
    reader.poll()
    return site.statuses[-1]


def follow(site, reader):
    """Publish and poll by turns; return the last status of each poll. What a reader holds is looked at each time."""
    for _ in range(2):  # newsboat forgets the validators of its first
        reader.poll()
    assert sorted(reader.held().values()) == sorted(site.published.values())
    statuses = []
    for change in (
        [("p9", "Day 9", 9)],
        [("p3", "Day 3, edited", 3)],
        [],
        [("late", "Found later", 2)],
        [("p10", "Day 10", 10), ("p11", "Day 11", 11), ("p9", "Day 9, edited", 9)],
    ):
        for post in change:
            site.post(*post)
        site.publish()
        statuses.append(polled(site, reader))
        assert sorted(reader.held().values()) == sorted(site.published.values())
    site.desk.delete("content/p5.md")
    site.publish()
    statuses.append(polled(site, reader))
    site.post("p12", "Day 12", 12)
    site.publish()
    statuses.append(polled(site, reader))
    assert sorted(reader.held().values()) == sorted(site.published.values())  # who has read it keeps it
    return statuses


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_reader_holds_what_was_published(open_site, subscribe, form):
    site = open_site()
    statuses = follow(site, subscribe(Library, f"{site.address}/feed.{form}"))
    # It keeps no tag of an answer that brought no entry, so it asks with the one from before the deletion.
    assert statuses == [226, 226, 304, 226, 226, 200, 200]


@needs("newsboat")
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_newsboat_holds_what_was_published(open_site, subscribe, form):
    site = open_site()
    statuses = follow(site, subscribe(Newsboat, f"{site.address}/feed.{form}"))
    assert statuses == [226, 226, 304, 226, 226, 200, 226]


@needs("r2e", "rss2email")
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_rss2email_gets_the_whole_and_sends_what_was_published(open_site, subscribe, form):
    site = open_site()
    statuses = follow(site, subscribe(Rss2email, f"{site.address}/feed.{form}"))
    assert statuses == [200, 200, 304, 200, 200, 200, 200]


@needs("r2e", "rss2email")
def test_rss2email_would_lose_entries_if_it_got_deltas(open_site, subscribe):
    """Should this fail one day, rss2email can leave the default of `delta_except`."""
    site = open_site(delta_except=[])
    reader = subscribe(Rss2email, f"{site.address}/feed.atom")
    reader.poll()
    site.post("p9", "Day 9", 9)
    site.publish()
    assert polled(site, reader) == 226
    assert "226" in reader.said
    assert "Day 9" not in reader.held().values()


NGINX = """
daemon off; {user} pid {folder}/pid; error_log {folder}/log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=feeds:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {behind};
            proxy_http_version 1.1;
            proxy_cache feeds;
            proxy_cache_revalidate on;
            add_header X-Cache $upstream_cache_status;
        }}
    }}
}}
"""


@pytest.fixture
def cache(tmp_path):
    """Put nginx with a cache in front of an address; ask it for the feed: status, what the cache did, body."""
    running = []

    def start(behind):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        user = "user root;" if os.geteuid() == 0 else ""  # its workers must reach the folder
        conf = tmp_path / "nginx.conf"
        conf.write_text(NGINX.format(user=user, folder=tmp_path, port=port, behind=behind))
        running.append(subprocess.Popen(["nginx", "-c", conf], stderr=subprocess.DEVNULL))
        deadline = time.monotonic() + 20
        while not _is_open(port):
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()

        def ask(**fields):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/feed.atom", headers=fields)
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.headers["X-Cache"], response.read()

        return ask

    yield start
    for process in running:
        process.terminate()
        process.wait(20)


def _is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@needs("nginx", "nginx-light")
def test_a_new_reader_behind_a_cache_gets_the_whole_and_no_delta_from_the_state_of_the_cache(open_site, cache):
    """With `Vary: A-IM` alone it got a delta: the cache asked with its own tag and the reader's A-IM."""
    site = open_site()
    site.is_soon_stale = True
    ask = cache(site.address)
    ask(**{"A-IM": "feed"})
    assert [ask()[1] for _ in range(2)] == ["MISS", "HIT"]
    site.post("p9", "Day 9", 9)
    site.publish()
    deadline = time.monotonic() + 20
    while ask()[1] == "HIT":
        assert time.monotonic() < deadline, "what the cache holds never gets stale"
    status, did, body = ask(**{"A-IM": "feed"})
    assert (status, did, body.count(b"<entry>")) == (200, "MISS", 9)
    assert ask()[1:] == ("HIT", body)
