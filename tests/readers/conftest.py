"""A site, served on a port of this machine, and a reader that has subscribed to it."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from .held import Held, Reader, text_of
from .library import ReaderLibrary
from .liferea import Liferea
from .newsboat import Newsboat
from .rss2email import Rss2email
from .server import Asked, Server

READERS = {reader.name: reader for reader in (Newsboat, Rss2email, ReaderLibrary, Liferea)}
STYLES = ["jekyll", "hugo"]  # /feed.xml is an Atom feed, /index.xml an RSS feed


class Stage:
    """One site and one reader, and the clock that both the publisher and the server go by."""

    def __init__(
        self, open_desk: Callable, server: Server, reader: Reader, record: Callable[[str, object], None]
    ) -> None:
        self._settings = {"site": {"url": server.address}, "aliases": {"styles": STYLES, "answer": "in-place"}}
        self.desk = open_desk(**self._settings)
        self.clock = self.desk.clock
        self.server = server
        self.reader = reader
        self._record = record
        self._paths: list[str] = []

    # what the publisher does

    def publish(self, name: str, title: str, *, day: str = "2026-10-05", body: str = "Some text.", **fields) -> None:
        """Write a post, new or changed, and publish it."""
        self.desk.post(f"content/{name}.md", title=title, body=body, date=f"{day} 08:00:00", **fields)
        self.desk.publish()

    def withdraw(self, name: str) -> None:
        self.desk.delete(f"content/{name}.md")
        self.desk.publish()

    def restart(self, **settings: object) -> None:
        """End the server, and start another with these settings laid over those so far."""
        self._settings |= settings
        self.server.stop()
        self.desk.restart_with(**self._settings)
        self.desk.publish()
        self.server.start(self.desk.site)

    # what the reader does

    def subscribe(self, *paths: str) -> None:
        """Subscribe, and poll until the reader knows the feeds' validators."""
        self._paths = list(paths)
        for path in paths:
            self.reader.subscribe(self.url(path))
        for _ in range(self.reader.polls_to_know):
            self.poll()

    def poll(self) -> dict[str, list[int]]:
        """Return what was answered at each path of a feed, in order."""
        self.server.asked.clear()
        self.reader.poll()
        answers: dict[str, list[int]] = {}
        for asked in self._asked():
            answers.setdefault(asked.path, []).append(asked.status)
        return answers

    def etags(self) -> set[tuple[str, str]]:
        """Return what the last poll was told: path and ETag."""
        return {(asked.path, asked.etag) for asked in self._asked()}

    def _asked(self) -> list[Asked]:
        """Return the requests of the last poll for feeds; Liferea also looks for pages and icons."""
        return [asked for asked in self.server.asked if asked.path.endswith((".atom", ".rss", ".json", ".xml"))]

    def url(self, path: str) -> str:
        return self.server.address + path

    # what there is to compare

    def published(self, path: str = "/feed") -> list[Held]:
        items = json.loads(self.desk.read(f"{path}.json"))["items"]
        return sorted(Held(one["id"], one["title"], one["url"], text_of(one["content_html"])) for one in items)

    def held(self) -> list[Held]:
        """Return what the reader holds of a feed; all that it has subscribed to agree, whatever their format."""
        first, *others = (self.reader.held(self.url(path)) for path in self._paths)
        assert all(other == first for other in others)
        return first

    def complaints(self) -> list[str]:
        return [self.reader.complaint(self.url(path)) for path in self._paths]

    def tell(self, scenario: str, *answers: int, is_gone: bool = False) -> None:
        """Write a cell of the table: what the reader holds in the end, beside what is published, and its last answers."""
        published = {} if is_gone else {one.id: one for one in self.published()}
        kinds = Counter(
            "kept" if one.id not in published else "as published" if published[one.id] == one else "as before"
            for one in self.held()
        )
        words = [f"{kinds[kind]} {kind}" for kind in ("as published", "as before", "kept") if kinds[kind]]
        self._record("scenario", scenario)
        self._record("reader", self.reader.name)
        self._record("cell", f"{', '.join(words)}; {' '.join(map(str, answers))}")


@pytest.fixture(params=READERS)
def reader(request, tmp_path_factory) -> Iterator[Reader]:
    made = READERS[request.param]
    if missing := [program for program in made.programs if shutil.which(program) is None]:
        pytest.skip(f"{made.name} needs {', '.join(missing)}, from Debian's packages")
    reader = made(tmp_path_factory.mktemp(request.param))
    yield reader
    reader.close()


@pytest.fixture
def server(clock) -> Iterator[Server]:
    server = Server(clock)
    yield server
    server.close()


@pytest.fixture
def stage(open_desk, server, reader, record_property) -> Stage:
    """A site with two entries; nobody has subscribed yet."""
    stage = Stage(open_desk, server, reader, record_property)
    stage.publish("a", "Ä & B", day="2026-10-01", body="It's 1 < 2.", category="Old News")
    stage.publish("b", "二", day="2026-10-02", body="第二条。", category="Old News")
    server.start(stage.desk.site)
    return stage
