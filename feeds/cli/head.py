from pathlib import Path

import click

from feeds.cli.helping import examples
from feeds.cli.session import current_site, folder_option


@click.command(
    epilog=examples(
        "feeds head",
        "feeds head /category/news/ > _includes/feeds-news.html",
        "feeds head https://example.com/2026/10/01/storm.html",
        "feeds head _posts/2026-10-01-storm.md",
    )
)
@click.argument("page", default="/")
@folder_option
def head(page: str, folder: Path) -> None:
    """Print the links to feeds that belong into the head of a page of your site.

    PAGE is its address, or the path of a post's file; without it they are those of every page. The first feed is the
    one that the page is about: for a post that of the site, then those of its categories, tags, source and authors.
    """
    from feeds.errors import UnknownFeedError
    from feeds.pages.heads import Heads

    with current_site(folder) as site:
        snippet = Heads(site).snippet(page)
    if snippet is None:
        raise UnknownFeedError(
            f"there is no post and no feed at {page}", "`feeds list` names the feeds; a post may be named by its file"
        )
    click.echo(snippet, nl=False)
