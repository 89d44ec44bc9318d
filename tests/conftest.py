"""A site folder with verbs, a clock that a test turns, and the whole house opened on them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import event

from feeds.library import Rendition
from feeds.model import FeedKey
from feeds.publisher import Run
from feeds.settings import load_settings
from feeds.site import Site, open_site
from feeds.store import Store

# A machine may be busy; and a change is judged by the same examples twice, while whoever works on it meets new ones.
hypothesis_settings.register_profile("here", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SETTINGS = {
    "site": {"url": "https://example.com", "authority": "example.com,2026", "title": "Example"},
    "content": {"roots": ["content"], "archives": [], "settle": 0, "grace": 0, "min_interval": 0},
}


def laid_over(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The usual settings with these on top."""
    tables: dict[str, Any] = dict(SETTINGS)
    for name, table in settings.items():
        tables[name] = {**tables.get(name, {}), **table} if isinstance(table, dict) else table
    return tables


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Desk:
    """A site as its publisher and its readers meet it. Files rest long enough to be read at once."""

    def __init__(self, folder: Path, clock: Clock, settings: Mapping[str, object]) -> None:
        self.folder = folder
        self.clock = clock
        self.settings = load_settings(folder, environ={}, flags=settings)
        self.site: Site = open_site(folder, self.settings, now=clock)
        self._ticks = 0

    # what a publisher does

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self._ticks += 1  # two writes in one tick of the file system's clock still differ
        long_ago = 1_600_000_000_000_000_000 + self._ticks * 1_000_000_000
        os.utime(file, ns=(long_ago, long_ago))
        return file

    def post(self, path: str, title: str = "A title", body: str = "Some text.", **fields: object) -> Path:
        fields = {"title": f'"{title}"', "date": "2026-10-01 08:00:00", **fields}
        front = "".join(f"{key}: {value}\n" for key, value in fields.items())
        return self.write(path, f"---\n{front}---\n\n{body}\n")

    def delete(self, path: str) -> None:
        (self.folder / path).unlink()

    def move(self, path: str, to: str) -> None:
        (self.folder / to).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).rename(self.folder / to)

    def publish(self) -> Run:
        publisher = self.site.claim()
        assert publisher is not None
        return publisher.catch_up()

    def take(self, *paths: str) -> Run:
        publisher = self.site.claim()
        assert publisher is not None
        return publisher.take(paths)

    def restart(self) -> None:
        self.site.close()
        self.site = open_site(self.folder, self.settings, now=self.clock)

    def restart_with(self, **settings: object) -> None:
        """Restart with the usual settings but for these."""
        self.settings = load_settings(self.folder, environ={}, flags=laid_over(settings))
        self.restart()

    # what a reader gets

    def look_up(self, path: str) -> Rendition | None:
        return self.site.library.look_up(path)

    def read(self, path: str) -> bytes:
        rendition = self.look_up(path)
        assert rendition is not None, f"no feed at {path}"
        return self.site.library.fill(rendition).body()

    def etags(self) -> dict[FeedKey, str]:
        found = {}
        for listed in self.site.library.listing():
            rendition = self.look_up(listed.address + ".atom")
            assert rendition is not None
            found[listed.key] = rendition.etag()
        return found

    def codes(self) -> list[tuple[str, str]]:
        """What there is to mend: path and code."""
        return [(one.path, one.code) for one in self.site.store.diagnostics()]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_desk(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Desk]]:
    opened = []

    def open_(folder: Path = tmp_path, **settings: object) -> Desk:
        tables = laid_over(settings)
        for root in (*tables["content"]["roots"], *tables["content"]["archives"]):
            (folder / root).mkdir(parents=True, exist_ok=True)
        desk = Desk(folder, clock, tables)
        opened.append(desk)
        return desk

    yield open_
    for desk in opened:
        desk.site.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


@dataclass
class Heard:
    """What SQLite did: the statements, once for each row they were given, with the values in them; its machine's steps."""

    statements: list[str] = field(default_factory=list)
    steps: int = 0


@pytest.fixture
def heard_by_sqlite() -> Callable[[Store], AbstractContextManager[Heard]]:
    """Listen to all connections to an index that are opened for something meanwhile."""

    @contextmanager
    def listening(store: Store) -> Iterator[Heard]:
        heard = Heard()

        def step() -> None:
            heard.steps += 1

        def begin(connection: Any, *_rest: object) -> None:
            connection.set_trace_callback(heard.statements.append)
            connection.set_progress_handler(step, 1)  # a look through a whole table is one statement, and many steps

        def end(connection: Any, *_rest: object) -> None:
            connection.set_trace_callback(None)
            connection.set_progress_handler(None, 1)

        listeners = {"checkout": begin, "checkin": end}
        for name, listener in listeners.items():
            event.listen(store.engine, name, listener)
        try:
            yield heard
        finally:
            for name, listener in listeners.items():
                event.remove(store.engine, name, listener)

    return listening
