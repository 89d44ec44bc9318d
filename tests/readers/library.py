"""The library `reader`, which its own web application and others are built on."""

from pathlib import Path

from reader import make_reader

from .held import Held, text_of


class ReaderLibrary:
    name = "reader"
    programs = ()
    polls_to_know = 1
    forms = ("atom", "rss", "json")

    def __init__(self, folder: Path) -> None:
        self._reader = make_reader(str(folder / "reader.sqlite"))

    def subscribe(self, url: str) -> None:
        self._reader.add_feed(url)

    def poll(self) -> None:
        self._reader.update_feeds(scheduled=False)

    def held(self, url: str) -> list[Held]:
        entries = self._reader.get_entries(feed=url)
        return sorted(Held(one.id, one.title, one.link, text_of(one.get_content().value)) for one in entries)

    def home(self, url: str) -> str:
        return self._reader.get_feed(url).link

    def where(self, url: str) -> str:
        return self._reader.get_feed(url).url

    def complaint(self, url: str) -> str:
        trouble = self._reader.get_feed(url).last_exception
        return trouble.value_str if trouble else ""

    def close(self) -> None:
        self._reader.close()
