"""The least program of the kind: the libraries of ours, two processes, and nothing that can be left out.

    python lean.py FOLDER OUTDIR [--all]

It reads front matter, turns Markdown into HTML, makes links absolute, sanitises, escapes each post for each format and
joins the windows of feeds. There is no revision, no diagnostic, no field, date or encoding that the corpus does not
have, and no check of what is written: a floor that runs, for whoever writes these feeds in Python.

As it comes it does the work of Hugo, in memory: RSS and Atom for the site, categories and tags, and what stands in no
window is not escaped. --all does the work of ours: it reads each post into an index (SQLite, beside the posts), with
the source that one pattern finds, and makes JSON Feed and the feeds of sources, too, and a manifest with digests.
"""

import argparse
import gc
import os
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from email.utils import format_datetime
from functools import cache, lru_cache, partial
from hashlib import blake2b, sha256
from html import escape
from itertools import groupby, islice
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import comrak
import frontmatter
import nh3
import orjson
import yaml
from frontmatter.default_handlers import YAMLHandler
from turbohtml import parse_fragment

WINDOW = 50
HOME = "https://finews.example.com"
PIECE = 100  # posts, or feeds, in one task
PROCESSES = 2
MANY = 500  # rows of a table that are written at once
INDEX = ".lean.sqlite3"
SOURCE = re.compile(r"(?:来源|转自)[:：]\s*([^\s<（）()，。]{2,20})")

T = TypeVar("T")
U = TypeVar("U")

EXTENSIONS, PARSING, RENDERING = comrak.ExtensionOptions(), comrak.ParseOptions(), comrak.RenderOptions()
RENDERING.unsafe_ = True  # raw HTML stays, until it is sanitised
CLEANER = nh3.Cleaner()


class Handler(YAMLHandler):
    def load(self, fm: str, **_kwargs: object) -> Any:
        return yaml.load(fm, Loader=yaml.CBaseLoader)  # every scalar a string


HANDLER = Handler()


class Post(NamedTuple):
    when: datetime
    name: str
    url: str
    title: str
    category: str
    tags: Sequence[str]
    source: str  # empty where none is found
    html: str

    @property
    def id(self) -> str:
        return f"tag:finews.example.com,2026:{self.name}"

    @property
    def terms(self) -> Sequence[str]:
        return [self.category, *self.tags]

    @property
    def feeds(self) -> list[str]:
        """Return their addresses, without suffixes."""
        of_source = [f"source/{self.source}"] if self.source else []
        return ["feed", f"category/{self.category}", *(f"tag/{tag}" for tag in self.tags), *of_source]


class Item(NamedTuple):
    when: datetime
    name: str
    feeds: Sequence[str]
    fragments: Sequence[bytes]  # RSS, Atom, and JSON where it is wanted


STOCK: list[Item] = []  # all that are shown, the newest first: processes that begin later have it, too
NEWER: Counter[str] = Counter()  # by feed, posts of later days that this process has read
TODAY: list[str] = []  # the day that it is at, and then the feeds of the posts of that day


class File(NamedTuple):
    path: str
    sha256: str
    bytes: int


def read(path: str, *, finds_source: bool = False) -> Post:
    name = os.path.basename(path).removesuffix(".md")  # noqa: PTH119 - the quickest
    front, body = frontmatter.parse(Path(path).read_bytes().decode("utf-8-sig"), handler=HANDLER)
    meta: dict[str, Any] = front
    url, tags = f"{HOME}/{name}.html", meta["tags"]
    tree = parse_fragment(comrak.render_markdown(body, EXTENSIONS, PARSING, RENDERING))
    tree.resolve_links(url)
    html = CLEANER.clean(tree.serialize(inner=True))
    found = SOURCE.search(html) if finds_source else None
    return Post(
        when=datetime.fromisoformat(meta["date"]),
        name=name,
        url=url,
        title=meta["title"],
        category=meta["categories"],
        tags=tags if isinstance(tags, list) else tags.split(),
        source=found[1] if found else "",
        html=html,
    )


def item(post: Post) -> Item:
    return Item(post.when, post.name, post.feeds, fragments(post))


def fragments(post: Post) -> list[bytes]:
    title, content = escape(post.title, quote=False), escape(post.html, quote=False)
    return [rss(post, title, content).encode(), atom(post, title, content).encode()]


def rss(post: Post, title: str, content: str) -> str:
    terms = "".join(f"<category>{escape(term)}</category>" for term in post.terms)
    source = f'<source url="{HOME}/source/{post.source}.rss">{post.source}</source>' if post.source else ""
    return (
        f"<item><title>{title}</title><link>{post.url}</link><description>{content}</description>{terms}"
        f'<guid isPermaLink="false">{post.id}</guid><pubDate>{format_datetime(post.when)}</pubDate>{source}</item>\n'
    )


def atom(post: Post, title: str, content: str) -> str:
    when, terms = post.when.isoformat(), "".join(f'<category term="{escape(term)}"/>' for term in post.terms)
    of = f"{HOME}/source/{post.source}"
    source = f"<source><id>{of}</id><title>{post.source}</title></source>" if post.source else ""
    return (
        f"<entry><id>{post.id}</id><title>{title}</title><updated>{when}</updated><published>{when}</published>"
        f'<link href="{post.url}"/>{terms}<content type="html">{content}</content>{source}</entry>\n'
    )


def json(post: Post) -> bytes:
    fields = {
        "id": post.id,
        "url": post.url,
        "title": post.title,
        "content_html": post.html,
        "date_published": post.when.isoformat(),
        "tags": post.terms,
    }
    return orjson.dumps({**fields, "authors": [{"name": post.source}]} if post.source else fields)


def is_shown(post: Post) -> bool:
    """Say whether it can stand in a window. Posts come with their days in order, the newest first."""
    day = post.name[: len("YYYY-MM-DD")]
    if TODAY[:1] != [day]:
        NEWER.update(TODAY[1:])
        TODAY[:] = [day]
    TODAY.extend(post.feeds)
    return any(NEWER[feed] < WINDOW for feed in post.feeds)


def items(paths: Sequence[str]) -> list[Item]:
    return [item(post) for path in paths if is_shown(post := read(path))]


def documents(feed: str, window: Sequence[Item]) -> Iterator[tuple[str, bytes]]:
    """Yield a suffix and the document of it."""
    title, when, columns = escape(feed), window[0].when, list(zip(*(one.fragments for one in window), strict=True))
    head = f"<title>{title}</title><link>{HOME}/{title}</link><description>{title}</description>"
    opening = f'<rss version="2.0"><channel>{head}<lastBuildDate>{format_datetime(when)}</lastBuildDate>\n'
    yield ".rss", opening.encode() + b"".join(columns[0]) + b"</channel></rss>\n"
    head = f"<id>{HOME}/{title}</id><title>{title}</title><updated>{when.isoformat()}</updated>"
    opening = f'<feed xmlns="http://www.w3.org/2005/Atom">{head}<author><name>{title}</name></author>\n'
    yield ".atom", opening.encode() + b"".join(columns[1]) + b"</feed>\n"
    for column in columns[2:]:
        opening = f'{{"version":"https://jsonfeed.org/version/1.1","title":"{feed}","items":['
        yield ".json", opening.encode() + b",".join(column) + b"]}"


def write(feeds: Iterable[tuple[str, Sequence[Item]]], *, outdir: str) -> list[File]:
    files = []
    for feed, window in feeds:
        for suffix, document in documents(feed, window):
            with open(f"{outdir}/{feed}{suffix}", "wb") as file:  # noqa: PTH123 - the quickest
                file.write(document)
            files.append(File(feed + suffix, sha256(document).hexdigest(), len(document)))
    return files


def write_known(feeds: Sequence[tuple[str, Sequence[int]]], *, outdir: str) -> list[File]:
    return write(((feed, [STOCK[number] for number in numbers]) for feed, numbers in feeds), outdir=outdir)


def windows(known: Sequence[Item]) -> list[tuple[str, Sequence[int]]]:
    """Return each feed with the numbers of its items. known: the newest first."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(known):
        for feed in one.feeds:
            if len(found[feed]) < WINDOW:
                found[feed].append(number)
    return sorted(found.items())


# --- with an index


class Row(NamedTuple):
    """What an index cannot do without."""

    name: str
    digest: str
    when: float  # seconds since 1970
    payload: bytes
    feeds: Sequence[str]


def insert(rows: Iterable[Row], index: Path) -> None:
    """Write a file, an entry and its memberships for each post into a new index, as they come."""
    database = sqlite3.connect(index, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE posts (path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, digest TEXT)")
    database.execute("CREATE TABLE entries (id TEXT PRIMARY KEY, published REAL, payload BLOB)")
    database.execute("CREATE TABLE memberships (feed, age, entry, PRIMARY KEY (feed, age, entry)) WITHOUT ROWID")
    database.execute("BEGIN")
    rest = iter(rows)
    while some := list(islice(rest, MANY)):
        database.executemany("INSERT INTO posts VALUES (?, 1, 1, ?)", [(row.name, row.digest) for row in some])
        entries = [(row.name, row.when, row.payload) for row in some]
        database.executemany("INSERT INTO entries VALUES (?, ?, ?)", entries)
        members = [(feed, -row.when, row.name) for row in some for feed in row.feeds]
        database.executemany("INSERT INTO memberships VALUES (?, ?, ?)", members)
    database.execute("COMMIT")
    database.close()


def rows_of(paths: Sequence[str]) -> list[Row]:
    return [row_of(read(path, finds_source=True)) for path in paths]


def row_of(post: Post) -> Row:
    payload = json(post)
    return Row(post.name, blake2b(payload, digest_size=16).hexdigest(), post.when.timestamp(), payload, post.feeds)


def windows_in(index: Path) -> list[tuple[str, Sequence[str]]]:
    """Return each feed with the names of its entries; those that share some stand side by side."""
    database = sqlite3.connect(index)
    members = database.execute("SELECT feed, entry FROM memberships ORDER BY feed, age, entry DESC")
    found = [(feed, [name for _, name in islice(rows, WINDOW)]) for feed, rows in groupby(members, itemgetter(0))]
    database.close()
    return sorted(found, key=itemgetter(1))


@cache
def database_of(index: Path) -> sqlite3.Connection:
    return sqlite3.connect(index)


@lru_cache(maxsize=400)
def item_in(index: Path, name: str) -> Item:
    ((payload,),) = database_of(index).execute("SELECT payload FROM entries WHERE id = ?", (name,))
    fields = orjson.loads(payload)
    post = Post(
        when=datetime.fromisoformat(fields["date_published"]),
        name=name,
        url=fields["url"],
        title=fields["title"],
        category=fields["tags"][0],
        tags=fields["tags"][1:],
        source=fields["authors"][0]["name"] if "authors" in fields else "",
        html=fields["content_html"],
    )
    return Item(post.when, name, (), [*fragments(post), payload])


def write_indexed(feeds: Sequence[tuple[str, Sequence[str]]], *, index: Path, outdir: str) -> list[File]:
    return write(((feed, [item_in(index, name) for name in names]) for feed, names in feeds), outdir=outdir)


# --- both


def spread(work: Callable[[Sequence[T]], list[U]], things: Sequence[T]) -> Iterator[U]:
    """Do work in several processes, which begin as copies of this one."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        for made in pool.map(work, [things[start : start + PIECE] for start in range(0, len(things), PIECE)]):
            yield from made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--all", action="store_true", help="do the work of ours, with an index")
    options = parser.parse_args()
    gc.disable()
    for kind in ("category", "tag", *(["source"] if options.all else [])):
        (options.outdir / kind).mkdir(parents=True, exist_ok=True)
    paths = sorted((one.path for one in os.scandir(options.folder / "_posts")), reverse=True)
    if options.all:
        write_all(paths, options.folder / INDEX, options.outdir)
        return
    STOCK.extend(spread(items, paths))
    STOCK.sort(key=lambda one: one[:2], reverse=True)
    for _ in spread(partial(write_known, outdir=str(options.outdir)), windows(STOCK)):
        pass


def write_all(paths: Sequence[str], index: Path, outdir: Path) -> None:
    index.unlink(missing_ok=True)
    insert(spread(rows_of, paths), index)
    files = spread(partial(write_indexed, index=index, outdir=str(outdir)), windows_in(index))
    (outdir / "manifest.json").write_bytes(orjson.dumps([one._asdict() for one in files]))


if __name__ == "__main__":
    main()
