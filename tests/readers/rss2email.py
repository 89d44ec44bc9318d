"""rss2email, delivering into a maildir: what it holds are the messages that somebody finds there."""

import json
import mailbox
import subprocess
from email.header import decode_header, make_header
from pathlib import Path

from .held import Held, environment, one_line

# reply-changes: without it an edit is never told, because the entry was seen. body-width: lines stay whole.
SETTINGS = """\
[DEFAULT]
to = reader@example.invalid
email-protocol = maildir
maildir-path = {folder}
maildir-mailbox = mail
reply-changes = True
body-width = -1
verbose = warning
"""


class Rss2email:
    name = "rss2email"
    programs = ("r2e",)
    polls_to_know = 1
    forms = ("atom", "rss")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}
        self._said = ""
        (folder / "config.cfg").write_text(SETTINGS.format(folder=folder))

    def subscribe(self, url: str) -> None:
        name = f"feed{len(self._names)}"
        self._run("add", name, url)
        self._names[url] = name

    def poll(self) -> None:
        self._said = self._run("run")

    def held(self, url: str) -> list[Held]:
        """Return each thread of messages as its newest says: a change comes as a reply, everything else is new."""
        threads: dict[str, Held] = {}
        for message in self._messages(url):
            parent = message["In-Reply-To"]
            threads.pop(parent, None)
            threads[message["Message-ID"]] = _held(message)
        return sorted(threads.values())

    def replies(self, url: str) -> int:
        """Return how many changes it has told."""
        return sum(message["In-Reply-To"] is not None for message in self._messages(url))

    def seen(self, url: str) -> list[str]:
        """Return the ids that it will not tell again."""
        return sorted(self._state(url)["seen"])

    def home(self, url: str) -> None:
        return None

    def where(self, url: str) -> str:
        lines = (self._folder / "config.cfg").read_text().splitlines()
        section = lines.index(f"[feed.{self._names[url]}]")
        return next(line.partition(" = ")[2] for line in lines[section:] if line.startswith("url = "))

    def complaint(self, url: str) -> str:
        return next((line for line in self._said.splitlines() if f"{self._names[url]} " in line), "")

    def take_in(self, opml: Path) -> list[str]:
        """Import a list of feeds; return the addresses that it will poll."""
        self._run("opmlimport", str(opml))
        lines = (self._folder / "config.cfg").read_text().splitlines()
        return [line.partition(" = ")[2] for line in lines if line.startswith("url = ")]

    def close(self) -> None:
        pass

    def _messages(self, url: str) -> list[mailbox.MaildirMessage]:
        """Return the messages of one feed in the order of their delivery."""
        if not (self._folder / "mail").exists():
            return []
        box = mailbox.Maildir(self._folder / "mail", create=False)
        named = f"<{self._names[url]}.localhost>"
        keys = sorted(box.keys(), key=_delivery)
        return [message for key in keys if (message := box[key])["List-ID"] == named]

    def _state(self, url: str) -> dict:
        feeds = json.loads((self._folder / "data.json").read_text())["feeds"]
        return next(feed for feed in feeds if feed["name"] == self._names[url])

    def _run(self, *words: str) -> str:
        files = ("-c", self._folder / "config.cfg", "-d", self._folder / "data.json")
        ended = subprocess.run(
            ["r2e", *files, *words],
            env=environment(self._folder),
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stderr


def _delivery(key: str) -> tuple[int, int]:
    """Return when a message was delivered, from the name of its file: `seconds.MmicrosecondsP…`."""
    seconds, rest = key.split(".")[:2]
    return int(seconds), int(rest[1 : rest.index("P")])


def _held(message: mailbox.MaildirMessage) -> Held:
    body = message.get_payload(decode=True).decode(message.get_content_charset("utf-8"))
    text, _, link = body.rstrip().rpartition("URL: ")
    assert link.strip("<>") == message["X-RSS-URL"]
    subject = str(make_header(decode_header(message["Subject"])))
    return Held(message["X-RSS-ID"], subject, message["X-RSS-URL"], one_line(text))
