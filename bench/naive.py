"""What a site's own script would do: read every post, build one feedgen feed for each category, write RSS and Atom.

    python naive.py FOLDER OUTDIR [--all]

The yardstick of the benches. python-frontmatter and feedgen are used as their own first examples use them. Bodies are
taken as they stand, without Markdown, cleaning or sanitising, and only --all makes the feeds of the site and of tags,
too: it does less work.
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


def read(folder: Path, *, has_all: bool) -> dict[str, list[Dated]]:
    """Return the posts of each feed, newest first."""
    posts_in = defaultdict(list)
    for path in folder.glob("_posts/*.md"):
        post = frontmatter.load(str(path))
        when = datetime.fromisoformat(str(post["date"]))
        for feed in feeds_of(post) if has_all else (str(post["categories"]),):
            posts_in[feed].append(Dated(when, path.stem, post))
    for posts in posts_in.values():
        posts.sort(key=lambda dated: dated[:2], reverse=True)
    return posts_in


def feeds_of(post: frontmatter.Post) -> tuple[str, ...]:
    tags = post["tags"] if isinstance(post["tags"], list) else str(post["tags"]).split()
    return "feed", str(post["categories"]), *(f"tag/{tag}" for tag in tags)


def build(name: str, posts: list[Dated]) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id(f"{HOME}/category/{name}")
    feed.title(name)
    feed.description(name)
    feed.link(href=f"{HOME}/category/{name}.html", rel="alternate")
    feed.updated(posts[0].when)
    for when, stem, post in posts[:WINDOW]:
        entry = feed.add_entry(order="append")
        entry.id(f"{HOME}/{stem}")
        entry.title(post["title"])
        entry.link(href=f"{HOME}/{stem}.html")
        entry.published(when)
        entry.updated(when)
        entry.category(term=str(post["categories"]))
        entry.content(post.content, type="html")
    return feed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--all", action="store_true", help="the feeds of the site and of tags, too")
    options = parser.parse_args()
    (options.outdir / "tag" if options.all else options.outdir).mkdir(parents=True, exist_ok=True)
    for name, posts in read(options.folder, has_all=options.all).items():
        feed = build(name, posts)
        feed.rss_file(str(options.outdir / f"{name}.rss"))
        feed.atom_file(str(options.outdir / f"{name}.atom"))


if __name__ == "__main__":
    main()
