"""What is asked of each generator that is measured: how it is set up and started, and where its feeds are."""

import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

SITES = Path(__file__).parent / "sites"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    path: Path
    category: str
    tag: str

    def rename(self, word: str) -> None:
        """Put a word in front of the title, in place, as editors save."""
        self.path.write_text(self._renamed(word), encoding="utf-8")

    def _renamed(self, word: str) -> str:
        text = self.path.read_text(encoding="utf-8")
        return re.sub(r'^(title: "|Title: )', rf"\g<1>{word} ", text, count=1, flags=re.MULTILINE)

    def add(self, word: str) -> None:
        """Write another post like this one, with a word in front of its title; its name ends in the digits of that."""
        number = "".join(filter(str.isdigit, word))
        self.path.with_stem(f"{self.path.stem}-{number}").write_text(self._renamed(word), encoding="utf-8")


def newest_post(posts: Path) -> Post:
    """Return the post that stands in the window of each of its feeds."""
    day = max(path.name for path in posts.iterdir())[: len("YYYY-MM-DD")]
    texts = {path: path.read_text(encoding="utf-8") for path in posts.glob(f"{day}*")}
    path = max(texts, key=lambda path: _first_of("date", texts[path]))
    text = texts[path]
    return Post(path=path, category=_first_of("categor(?:y|ies)", text), tag=_first_of("tags", text))


def _first_of(name: str, text: str) -> str:
    found = re.search(rf"^{name}: \W*(\w.*?)\W*(?:,.*)?$", text, re.MULTILINE | re.IGNORECASE)
    assert found is not None, text
    return found[1]


class Rival(ABC):
    """A generator. What it does to prepare is not measured."""

    name: ClassVar[str]
    program: ClassVar[str]
    layout: ClassVar[str]  # of the corpus
    posts: ClassVar[str]  # the folder in which the posts lie
    formats: ClassVar[tuple[str, ...]]
    kinds: ClassVar[str]  # of feeds
    places: ClassVar[Mapping[str, str]]  # of the feeds, by kind, below the output, without what a format adds
    endings: ClassVar[tuple[str, ...]]  # what each format adds
    remark: ClassVar[str]  # what was set to make it quick, and what it does less or more than others
    largest: ClassVar[int] = 10**9  # posts; with more it takes minutes
    leavings: ClassVar[tuple[str, ...]] = ()  # what a build leaves beside the posts, to be quicker the next time
    starts_anew: ClassVar[bool] = False  # it cannot do less after one change

    def found(self) -> str | None:
        """Return the path of its program, where it is installed."""
        return shutil.which(self.program)

    def version(self) -> str:
        ended = subprocess.run(self.asks_version(), check=True, capture_output=True, text=True, encoding="utf-8")
        return ended.stdout.strip()

    def asks_version(self) -> Sequence[str]:
        return (str(self.found()), "--version")

    def prepare(self, folder: Path) -> None:
        """Put its settings beside the posts."""
        if (SITES / self.name).exists():
            shutil.copytree(SITES / self.name, folder, dirs_exist_ok=True)

    @abstractmethod
    def build(self, folder: Path, output: Path) -> tuple[str, ...]:
        """Return the command that writes all feeds below output."""

    def watch(self, folder: Path, output: Path) -> tuple[str, ...] | None:  # noqa: ARG002 - for those who can
        """Return the command that builds and then follows changes; None where it cannot."""
        return None

    def feeds(self, category: str, tag: str) -> dict[str, tuple[str, ...]]:
        """Return the paths of the site's feeds, and of a category's and a tag's, by kind, below the output."""
        named = {kind: place.format(category=category, tag=tag) for kind, place in self.places.items()}
        return {kind: tuple(place + ending for ending in self.endings) for kind, place in named.items()}
