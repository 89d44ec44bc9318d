"""What a reader holds of an entry, in the same words for every reader."""

import os
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Held:
    id: str
    title: str
    link: str
    text: str  # of the content, without markup, white space as one space


@dataclass(frozen=True, slots=True, order=True)
class Taken:
    """A feed as a reader has taken it out of a list."""

    url: str
    title: str
    group: str  # the folder or tag under which it stands; "" for none


class Reader(Protocol):
    """A feed reader with a database of its own."""

    name: str
    programs: tuple[str, ...]  # what it needs installed
    forms: tuple[str, ...]  # the formats that it reads
    polls_to_know: int  # after which it makes conditional requests

    def subscribe(self, url: str) -> None:
        """Have it poll a feed from now on; it may poll at once."""

    def poll(self) -> None:
        """Have it poll every feed once, and return when its database holds what that brought."""

    def held(self, url: str) -> list[Held]:
        """Return what it holds of the feed that was subscribed to at this address, sorted; twice what it holds twice."""

    def where(self, url: str) -> str:
        """Return the address at which it will poll that feed next."""

    def home(self, url: str) -> str | None:
        """Return the page that it opens for the feed, None where it opens none."""

    def complaint(self, url: str) -> str:
        """Return what it has to say against the feed, nothing where it is content."""

    def close(self) -> None: ...


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def text_of(html: str) -> str:
    """Return the text of some HTML on one line."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return one_line("".join(parser.pieces))


def one_line(text: str) -> str:
    return " ".join(text.split())


def environment(home: Path) -> dict[str, str]:
    """Return what a program needs of the environment, with everything that it keeps in folders below one."""
    folders = {f"XDG_{name.upper()}": home / name for name in ("config_home", "data_home", "cache_home", "runtime_dir")}
    for folder in folders.values():
        folder.mkdir(mode=0o700, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        **{name: str(folder) for name, folder in folders.items()},
    }
