"""Liferea on a display and a message bus of its own, driven through its D-Bus interface."""

import os
import re
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import quoteattr

from .held import Held, Taken, environment, text_of

PATIENCE = 30  # seconds, on a busy machine
# No service directories, so that nothing else is started on this bus.
BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""
LIST = '<?xml version="1.0"?><opml version="1.0"><head><title>Feeds</title></head><body>{}</body></opml>'
FEED = '<outline type="{}" id="{}" title="A feed" text="A feed" xmlUrl={} updateInterval="-1"/>'


_STARTED = "initial update: updating all feeds"


class Liferea:
    name = "Liferea"
    programs = ("liferea", "Xvfb", "dbus-daemon", "gdbus")
    polls_to_know = 1
    forms = ("atom", "rss")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nodes: dict[str, str] = {}
        self._started: list[subprocess.Popen] = []

    def subscribe(self, url: str) -> None:
        """Put a feed into its list, which it reads when it starts, at the first poll."""
        assert not self._started, "it has its list already"
        self._nodes[url] = f"feed{len(self._nodes)}"

    def poll(self) -> None:
        if not self._started:
            self._start()
        self._call("Refresh")
        self._wait(self._is_done, "a poll")

    def take_in_groups(self, opml: Path) -> list[Taken]:
        """Start with a list of feeds; return what it has made of it."""
        self._start(opml.read_text())
        count = opml.read_text().count(" xmlUrl=")
        self._wait(lambda: len(self._ask("SELECT node_id FROM subscription")) == count, "the list")
        rows = self._ask("SELECT node_id, source FROM subscription")
        nodes = {row[0]: row[1:] for row in self._ask("SELECT node_id, parent_id, title FROM node")}
        return sorted(
            Taken(source, nodes[node][1], nodes[nodes[node][0]][1] if nodes[node][0] in nodes else "")
            for node, source in rows
        )

    def held(self, url: str) -> list[Held]:
        rows = self._ask("SELECT source_id, title, source, description FROM items WHERE node_id = ?", self._nodes[url])
        return sorted(Held(id_, title, link, text_of(html)) for id_, title, link, html in rows)

    def home(self, url: str) -> str:
        return self._ask(
            "SELECT value FROM subscription_metadata WHERE key = 'homepage' AND node_id = ?", self._nodes[url]
        )[0][0]

    def where(self, url: str) -> str:
        return self._ask("SELECT source FROM subscription WHERE node_id = ?", self._nodes[url])[0][0]

    def complaint(self, url: str) -> str:
        discontinued, troubled = self._ask(
            "SELECT discontinued, available FROM subscription WHERE node_id = ?", self._nodes[url]
        )[0]
        return "discontinued" if discontinued else "an error" if troubled else ""

    def close(self) -> None:
        for process in reversed(self._started):
            process.terminate()
            try:
                process.wait(PATIENCE / 3)
            except subprocess.TimeoutExpired:  # Liferea may miss the signal while it updates its first list
                process.kill()
                process.wait()

    def _start(self, opml: str = "") -> None:
        folder = self._folder
        environ = environment(folder)
        outlines = "".join(FEED.format("atom", node, quoteattr(url)) for url, node in self._nodes.items())
        config = Path(environ["XDG_CONFIG_HOME"]) / "liferea"
        config.mkdir()
        (config / "feedlist.opml").write_text(opml or LIST.format(outlines))
        (folder / "bus.conf").write_text(BUS.format(folder=folder))
        self._environ = {
            **environ,
            "DISPLAY": self._display(environ),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
            "GSETTINGS_BACKEND": "memory",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "NO_AT_BRIDGE": "1",
        }
        self._run("dbus-daemon", "--nofork", f"--config-file={folder}/bus.conf")
        self._wait((folder / "bus").exists, "the message bus")
        self._run("liferea", "--mainwindow-state=hidden", "--debug-update", "--debug-db")
        self._wait(lambda: _STARTED in self._said() and self._answers("Ping"), "Liferea")

    def _display(self, environ: dict[str, str]) -> str:
        """Start an X server on a free display; return its name."""
        reading, writing = os.pipe()
        self._started.append(
            subprocess.Popen(
                ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"],
                env=environ,
                pass_fds=[writing],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            return f":{told.readline().strip()}"

    def _run(self, *words: str) -> None:
        with (self._folder / f"{words[0]}.log").open("wb") as log:
            self._started.append(subprocess.Popen(words, env=self._environ, stdout=log, stderr=log))

    def _answers(self, method: str) -> bool:
        ended = subprocess.run(
            [
                "gdbus",
                "call",
                "--session",
                "--dest",
                "org.gnome.feed.Reader",
                "--object-path",
                "/org/gnome/feed/Reader",
                "--method",
                f"org.gnome.feed.Reader.{method}",
            ],
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return ended.stdout.strip() == "(true,)"

    def _is_done(self) -> bool:
        """Say whether every poll begun since it started has ended, which its log tells."""
        said = self._said().partition(_STARTED)[2]
        return said.count(": Resetting last poll counter ") == len(re.findall(r": updating node info feed\d", said))

    def _call(self, method: str) -> None:
        assert self._answers(method), self._said()[-2000:]

    def _wait(self, is_so, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"{what} takes too long\n{self._said()[-2000:]}"
            time.sleep(0.02)

    def _said(self) -> str:
        log = self._folder / "liferea.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _ask(self, query: str, *values: str) -> list[tuple]:
        with closing(sqlite3.connect(self._folder / "data_home/liferea/liferea.db")) as database:
            return database.execute(query, values).fetchall()
