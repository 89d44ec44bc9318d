"""What a site's own script would do: read every post, build one feedgen feed for each category, write RSS and Atom.

    python naive.py FOLDER OUTDIR

The yardstick of start.py. python-frontmatter and feedgen are used as their own first examples use them. Bodies are
taken as they stand, without Markdown, cleaning or sanitising, and there are no feeds of tags: it does less work.
"""

# mypy: disable-error-code="no-untyped-call"

import argparse
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import frontmatter
from feedgen.feed import FeedGenerator

WINDOW = 50
HOME = "https://finews.example.com"


class Dated(NamedTuple):
    when: datetime
    name: str
    post: frontmatter.Post


def read(folder: Path) -> dict[str, list[Dated]]:
    """Return the posts of each category, newest first."""
    posts_in = defaultdict(list)
    for path in folder.glob("_posts/*.md"):
        post = frontmatter.load(str(path))
        when = datetime.fromisoformat(str(post["date"]))
        posts_in[str(post["categories"])].append(Dated(when, path.stem, post))
    for posts in posts_in.values():
        posts.sort(key=lambda dated: dated[:2], reverse=True)
    return posts_in


def build(category: str, posts: list[Dated]) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id(f"{HOME}/category/{category}")
    feed.title(category)
    feed.description(category)
    feed.link(href=f"{HOME}/category/{category}.html", rel="alternate")
    feed.updated(posts[0].when)
    for when, name, post in posts[:WINDOW]:
        entry = feed.add_entry(order="append")
        entry.id(f"{HOME}/{name}")
        entry.title(post["title"])
        entry.link(href=f"{HOME}/{name}.html")
        entry.published(when)
        entry.updated(when)
        entry.category(term=category)
        entry.content(post.content, type="html")
    return feed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("outdir", type=Path)
    options = parser.parse_args()
    options.outdir.mkdir(parents=True, exist_ok=True)
    for category, posts in read(options.folder).items():
        feed = build(category, posts)
        feed.rss_file(str(options.outdir / f"{category}.rss"))
        feed.atom_file(str(options.outdir / f"{category}.atom"))


if __name__ == "__main__":
    main()
