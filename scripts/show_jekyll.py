"""Give the same small sites to jekyll-feed and to Feedwright, and show behaviour by behaviour what comes out.

python scripts/show_jekyll.py

Each folder of tests/jekyll/cases is a site that shows one behaviour. Its `expect.toml` says what a reader finds at the
addresses of jekyll-feed, and which fields differ from it, and why.
"""  # noqa: INP001 (a script, not a package)

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.client import OK
from pathlib import Path
from typing import Any

from lxml import etree
from starlette.testclient import TestClient

from feeds.export import Builder
from feeds.opening import read_folder
from feeds.site import open_site
from feeds.web.app import create_app

CASES = Path(__file__).parents[1] / "tests/jekyll/cases"
_ATOM, _MEDIA = "{http://www.w3.org/2005/Atom}", "{http://search.yahoo.com/mrss/}"
_WIDEST = 150  # characters of a value in the table
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Ruby begins once and forks for each site: it needs most of a second to begin, and Jekyll remembers dates and zones.
_RUBY = """
require "jekyll"
require "jekyll-feed"
Jekyll.logger.log_level = :error
ARGV.each do |folder|
  fork do
    config = Jekyll.configuration(
      "source" => folder, "destination" => File.join(folder, "_site"), "quiet" => true, "disable_disk_cache" => true
    )
    Jekyll::Site.new(config).process
  end
end
exit Process.waitall.all? { |_, status| status.success? }
"""

Fields = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One behaviour. differs: field → reason; gone: addresses of jekyll-feed at which nothing is to be."""

    folder: Path
    behaviour: str
    feeds: Sequence[Mapping[str, Any]]
    differs: Mapping[str, str] = field(default_factory=dict)
    gone: Sequence[str] = ()

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a reader finds in an Atom feed, at its head and in its entries."""

    head: Fields
    entries: Sequence[Fields]


def cases() -> list[Case]:
    return [_case(folder) for folder in sorted(CASES.iterdir()) if folder.is_dir()]


def _case(folder: Path) -> Case:
    expected = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    return Case(
        folder=folder,
        behaviour=expected["behaviour"],
        feeds=expected["feed"],
        differs=expected.get("differs", {}),
        gone=expected.get("gone", ()),
    )


# --- reading


def read_atom(body: bytes) -> Feed:
    root = etree.fromstring(body)
    head: dict[str, object] = {
        "title": _plain(_text(root, "title")),
        "description": _text(root, "subtitle"),
        "home": _href(root, "alternate"),
        "language": root.get(_LANG, ""),
        "author": "".join(_people(root)),
        "icon": _text(root, "icon"),
        "logo": _text(root, "logo"),
        "stylesheet": _stylesheet(body),
    }
    return Feed(head=head, entries=[_entry(one, _people(root)) for one in root.findall(f"{_ATOM}entry")])


def _entry(element: etree._Element, people: list[str]) -> Fields:
    link = _href(element, "alternate")
    return {
        "title": _plain(_text(element, "title")),
        "link": link,
        "published": _moment(_text(element, "published")),
        "updated": _moment(_text(element, "updated")),
        "lang": element.get(_LANG, ""),
        "authors": [one for one in _people(element) if one] or people,
        "categories": [one.get("term") for one in element.findall(f"{_ATOM}category")],
        "summary": _plain(_text(element, "summary")),
        "content": outline(_text(element, "content"), link),
        "images": [one.get("url") for one in element.iter(f"{_MEDIA}thumbnail")],
    }


def _text(element: etree._Element, name: str) -> str:
    return " ".join((element.findtext(f"{_ATOM}{name}") or "").split(" ")).strip()


def _href(element: etree._Element, rel: str) -> str:
    found = [one.get("href", "") for one in element.findall(f"{_ATOM}link") if one.get("rel", "alternate") == rel]
    return found[0] if found else ""


def _people(element: etree._Element) -> list[str]:
    """Write each author on one line: name, <e-mail>, address."""
    people = []
    for one in element.findall(f"{_ATOM}author"):
        name, email, uri = (_text(one, part) for part in ("name", "email", "uri"))
        people.append(" ".join(filter(None, (name, f"<{email}>" if email else "", uri))))
    return people


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat() if text else ""


def _stylesheet(body: bytes) -> str:
    _, found, rest = body.partition(b"<?xml-stylesheet ")
    return rest.partition(b'href="')[2].partition(b'"')[0].decode() if found else ""


class _Outline(HTMLParser):
    """HTML as people meet it: elements, addresses, words; no white space but in <pre>, no ids, no classes."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base, self._depth = base, 0
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag == "pre"
        kept = [f' {name}="{value}"' for name, value in attrs if name in ("href", "src")]
        self.pieces.append(f"<{tag}{''.join(kept)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "pre"
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.pieces.append(data)
        elif data.strip():
            before, after = " " * data[0].isspace(), " " * data[-1].isspace()
            self.pieces.append(before + " ".join(data.split()) + after)


def outline(html: str, base: str) -> str:
    parser = _Outline(base)
    parser.feed(html)
    parser.close()
    return "".join(parser.pieces).strip()


def _plain(text: str) -> str:
    """Read text that is said to be HTML; ours says it is plain, and holds no references then."""
    words = _Outline("")
    words.feed(text)
    words.close()
    return " ".join("".join(piece for piece in words.pieces if not piece.startswith(("<span", "</span"))).split())


# --- both sides


@dataclass(frozen=True, kw_only=True)
class Ours:
    """What a reader of ours gets. feeds: by our address; leads: by jekyll-feed's, where it leads or "" for nowhere."""

    feeds: Mapping[str, Feed]
    leads: Mapping[str, str]
    files: Mapping[str, bytes]  # by path, in the tree that `feeds build` writes
    said: Sequence[str] = ()


def ours(case: Case, scratch: Path) -> Ours:
    """Serve a copy of a site, and ask as a reader asks: at the old address, and where that leads."""
    folder = _copy(case, scratch / "ours")
    opening = read_folder(folder, environ={}, flags={"content.settle": 0})
    olds = [one["old"] for one in case.feeds if "old" in one] + list(case.gone)
    with open_site(folder, opening.settings) as site:
        publisher = site.claim()
        assert publisher is not None, "nobody else knows this folder"
        publisher.catch_up()
        client = TestClient(create_app(site), follow_redirects=False)
        base = opening.settings.base_path
        leads = {old: _lead(client, base, old) for old in olds}
        with Builder(site, folder / "public") as builder:
            builder.build()
        bodies = {one["address"]: client.get(base + one["address"]).content for one in case.feeds}
    return Ours(
        feeds={address: read_atom(body) for address, body in bodies.items() if body.startswith(b"<?xml")},
        leads=leads,
        files={f"/{file.relative_to(folder / 'public')}": file.read_bytes() for file in _files(folder / "public")},
        said=opening.said,
    )


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def _lead(client: TestClient, base: str, old: str) -> str:
    """Return where an old address leads, "" where nothing is there."""
    place = client.get(base + old).headers.get("location", "")
    return place.removeprefix(base) if place and client.get(place).status_code == OK else ""


def theirs(some: Sequence[Case], scratch: Path) -> dict[str, dict[str, Feed]]:
    """Build copies of all sites with jekyll-feed; return its feeds by case and address.

    Raises FileNotFoundError where there is no Ruby, CalledProcessError where it has no Jekyll or no jekyll-feed.
    """
    folders = {case.name: _copy(case, scratch / "theirs") for case in some}
    for folder in folders.values():
        with (folder / "_config.yml").open("a", encoding="utf-8") as config:
            config.write("plugins: [jekyll-feed]\n")
    subprocess.run(  # noqa: S603 - a script of ours and folders of ours
        ["ruby", "-e", _RUBY, *map(str, folders.values())],  # noqa: S607
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {name: dict(_built(folder / "_site")) for name, folder in folders.items()}


def _built(site: Path) -> Iterator[tuple[str, Feed]]:
    for file in site.rglob("*.xml"):
        body = file.read_bytes()
        if _ATOM[1:-1].encode() in body:
            yield f"/{file.relative_to(site).as_posix()}", read_atom(body)


def _copy(case: Case, place: Path) -> Path:
    return Path(shutil.copytree(case.folder, place / case.name, ignore=shutil.ignore_patterns("expect.toml")))


# --- comparing


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one case shows. values: theirs and ours, by field; those of fields that agree are what the case is about."""

    case: Case
    agreeing: Mapping[str, object]
    differing: Mapping[str, tuple[object, object]]


def rows(scratch: Path) -> Iterator[Row]:
    some = cases()
    built = theirs(some, scratch)
    for case in some:
        mine = ours(case, scratch)
        yield Row(case=case, agreeing=_shown(case, mine), differing=disagreements(case, mine, built[case.name]))


def disagreements(case: Case, mine: Ours, other: Mapping[str, Feed]) -> dict[str, tuple[object, object]]:
    """Return the fields in which the two differ, with the first values of each: theirs, ours."""
    found: dict[str, tuple[object, object]] = {}
    for old in case.gone:
        if old in other or old in mine.files or mine.leads[old]:
            found.setdefault("gone", (old in other, mine.leads[old]))
    for one in case.feeds:
        if "old" not in one:
            found.setdefault("feeds", (sorted(other), one["address"]))
            continue
        for name, values in _compared(other[one["old"]], mine.feeds[one["address"]]):
            if values[0] != values[1]:
                found.setdefault(name, values)
    return found


def _compared(their: Feed, our: Feed) -> Iterator[tuple[str, tuple[object, object]]]:
    for name, value in our.head.items():
        if name not in ("icon", "logo", "stylesheet") or their.head[name]:  # jekyll-feed 0.17 knows no icon yet
            yield name, (their.head[name], value)
    if len(our.entries) != len(their.entries):
        yield "entries", (f"{len(their.entries)} of them", f"{len(our.entries)} of them")
    for one, other in zip(their.entries, our.entries, strict=False):
        yield from ((name, (one[name], value)) for name, value in other.items())


def _shown(case: Case, mine: Ours) -> dict[str, object]:
    """Return the fields that the case is about, as ours has them."""
    first = case.feeds[0]
    feed = mine.feeds[first["address"]]
    named = dict.fromkeys(name for entry in first["entries"] for name in entry)
    own = [name for name in named if name != "title"] or ["title"]
    heads = {name: feed.head[name] for name in first if name in feed.head}
    return heads | {name: [entry[name] for entry in feed.entries] for name in own if not heads or name != "title"}


# --- telling


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    write("| behaviour | jekyll-feed's | ours | test |\n|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as scratch:
        found = list(rows(Path(scratch)))
    for row in found:
        write(_line(row))
    same = sum(not row.differing for row in found)
    write(f"\n{same} of {len(found)} the same; {len(found) - same} differ, each with its reason\n")


def _line(row: Row) -> str:
    case, differing = row.case, row.differing
    if differing:
        theirs_ = "; ".join(f"{name}: {_brief(values[0])}" for name, values in differing.items())
        ours_ = "; ".join(
            f"{name}: {_brief(values[1])} ({case.differs.get(name, 'no reason!')})"
            for name, values in differing.items()
        )
    else:
        place = case.feeds[0]["old"]
        theirs_ = "; ".join(f"{name}: {_brief(value)}" for name, value in row.agreeing.items())
        theirs_, ours_ = f"{place}: {theirs_}", f"the same, at {case.feeds[0]['address']}"
    cells = (case.behaviour, theirs_, ours_, f"`{case.name}`")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _brief(value: object) -> str:
    """Write a value on one line that is not too long."""
    text = json.dumps(value, ensure_ascii=False) if value not in (None, "", []) else "none"
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


if __name__ == "__main__":
    main()
