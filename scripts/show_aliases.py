"""Ask at twenty old addresses of Jekyll, Hugo, WordPress and Pelican, and show what each is answered.

python scripts/show_aliases.py
"""  # noqa: INP001 (a script, not a package)

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from starlette.testclient import TestClient

from feeds.model import FORMATS
from feeds.settings import AliasStyle, load_settings
from feeds.site import open_site
from feeds.urls import wire
from feeds.web.app import create_app

ADDRESSES: Mapping[AliasStyle, tuple[str, ...]] = {
    "jekyll": (
        "/feed.xml",
        "/feed/Local%20News.xml",
        "/feed/%E6%96%B0%E4%BA%AC%E6%8A%A5.xml",
        "/feed/by_tag/q-a.xml",
        "/feed/by_tag/node.js.xml",
    ),
    "hugo": (
        "/index.xml",
        "/categories/local-news/index.xml",
        "/categories/%E6%96%B0%E4%BA%AC%E6%8A%A5/index.xml",
        "/tags/caf%C3%A9/index.xml",
        "/tags/node.js/index.xml",
    ),
    "wordpress": (
        "/feed/",
        "/?feed=atom",
        "/category/local-news/feed/",
        "/tag/qa/feed/atom/",
        "/author/ann-lee/feed/",
    ),
    "pelican": (
        "/feeds/all.atom.xml",
        "/feeds/all.rss.xml",
        "/feeds/local-news.atom.xml",
        "/feeds/%E6%96%B0%E4%BA%AC%E6%8A%A5.atom.xml",
        "/feeds/ann-lee.rss.xml",
    ),
}
POSTS = (
    'title: One\ndate: 2026-10-01\ncategories: ["Local News"]\ntags: ["node.js", "Q&A"]\nauthors: ["Ann Lee"]',
    "title: Two\ndate: 2026-10-02\ncategories: [新京报]\ntags: [Café]",
)


class Answer(NamedTuple):
    """What one old address is answered, and what the feed is answered that it means."""

    style: AliasStyle
    address: str
    redirect: int  # the status where old addresses lead to the feeds
    location: str
    in_place: int  # the status where they answer as the feeds
    etag: str  # in place
    again: int  # the status of the next poll there, by that tag
    feed_etag: str  # at the location


def answers() -> Iterator[Answer]:
    """Yield the answers of the twenty addresses, in both manners."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, front in enumerate(POSTS):
            (folder / f"{number}.md").write_text(f"---\n{front}\n---\nSome text.\n", encoding="utf-8")
        led, there = (ask_all(folder, answer) for answer in ("redirect", "in-place"))
        for style, addresses in ADDRESSES.items():
            for address in addresses:
                status, location, _, _ = led[address]
                in_place, _, etag, again = there[address]
                yield Answer(style, address, status, location, in_place, etag, again, there[location][2])


Told = tuple[int, str, str, int]  # status, Location, ETag, status of a second request by that tag


def ask_all(folder: Path, answer: Literal["redirect", "in-place"]) -> dict[str, Told]:
    """Ask at every old address, and in place at every feed too; by address."""
    flags = {
        "site": {"authority": "example.com,2026"},
        "content": {"roots": ["."], "settle": 0},
        "aliases": {"styles": list(ADDRESSES), "answer": answer},
    }
    with open_site(folder, load_settings(folder, environ={}, flags=flags)) as site:
        publisher = site.claim()
        assert publisher is not None, "nobody else knows this folder"
        publisher.catch_up()
        client = TestClient(create_app(site), follow_redirects=False)
        own = [listed.address for listed in site.library.listing()]
        asked = [address for addresses in ADDRESSES.values() for address in addresses]
        return {address: told(client, address) for address in (*asked, *of_feeds(own))}


def of_feeds(addresses: list[str]) -> list[str]:
    return [f"{wire(address)}.{format_}" for address in addresses for format_ in FORMATS]


def told(client: TestClient, address: str) -> Told:
    first = client.get(address)
    etag = first.headers.get("etag", "")
    again = client.get(address, headers={"if-none-match": etag} if etag else {})
    return first.status_code, first.headers.get("location", ""), etag, again.status_code


def main() -> None:
    sys.stdout.write("| program | old address | redirect | Location | in place | ETag | next poll |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    for one in answers():
        cells = (one.style, one.address, one.redirect, one.location, one.in_place, one.etag, one.again)
        sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")


if __name__ == "__main__":
    main()
