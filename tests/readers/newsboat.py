"""newsboat, with a cache of its own for each feed: in one cache it keeps each guid once, whichever feed it came from."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from .held import Held, Taken, environment, text_of


class Newsboat:
    name = "newsboat"
    programs = ("newsboat",)
    polls_to_know = 2  # it forgets the validators of a feed that is not in its cache yet
    forms = ("atom", "rss")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folders: dict[str, Path] = {}
        (folder / "config").touch()

    def subscribe(self, url: str) -> None:
        folder = self._folder / f"feed{len(self._folders)}"
        folder.mkdir()
        (folder / "urls").write_text(f"{url}\n")
        self._folders[url] = folder

    def poll(self) -> None:
        for folder in self._folders.values():
            self._run(folder, "--execute", "reload")

    def held(self, url: str) -> list[Held]:
        rows = self._ask(url, "SELECT guid, title, url, content FROM rss_item WHERE deleted = 0")
        return sorted(Held(guid, title, link, text_of(content)) for guid, title, link, content in rows)

    def home(self, url: str) -> str:
        return self._ask(url, "SELECT url FROM rss_feed")[0][0]

    def where(self, url: str) -> str:
        return (self._folders[url] / "urls").read_text().strip()

    def complaint(self, url: str) -> str:
        """Return what it noted of its last poll; the log holds user errors only."""
        log = self._folders[url] / "log"
        return log.read_text().strip().rpartition("\n")[2] if log.exists() else ""

    def take_in(self, opml: Path) -> list[str]:
        """Import a list of feeds; return the addresses that it will poll."""
        (self._folder / "urls").touch()
        self._run(self._folder, "--import-from-opml", str(opml))
        return [line.split()[0] for line in (self._folder / "urls").read_text().splitlines()]

    def take_in_groups(self, opml: Path) -> list[Taken]:
        """Import a list of feeds and poll them; return what it has made of them. Titles it takes from the feeds."""
        self.take_in(opml)
        self._run(self._folder, "--execute", "reload")
        with closing(sqlite3.connect(self._folder / "cache.db")) as cache:
            titles = dict(cache.execute("SELECT rssurl, title FROM rss_feed").fetchall())
        lines = (line.partition(" ") for line in (self._folder / "urls").read_text().splitlines())
        return sorted(Taken(url, titles[url], tags.strip(' "')) for url, _, tags in lines)

    def close(self) -> None:
        pass

    def _run(self, folder: Path, *words: str) -> None:
        files = ("-C", self._folder / "config", "-u", folder / "urls", "-c", folder / "cache.db")
        log = folder / "log"
        log.unlink(missing_ok=True)
        subprocess.run(
            ["newsboat", *files, "--log-level", "1", "--log-file", log, *words],
            env=environment(self._folder),
            check=True,
            capture_output=True,
            timeout=60,
        )

    def _ask(self, url: str, query: str) -> list[tuple]:
        with closing(sqlite3.connect(self._folders[url] / "cache.db")) as cache:
            return cache.execute(query).fetchall()
