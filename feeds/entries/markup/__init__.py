"""Markdown and HTML in, HTML fit for a feed out: canonical, absolute, harmless. Never raises, whatever the text."""

from feeds.entries.markup.editing import MAX_DEPTH, is_too_deep, tidy, tree_of
from feeds.entries.markup.finishing import as_text, finish, finished, serialised
from feeds.entries.markup.jekyll import settle_liquid, without_attribute_lists
from feeds.entries.markup.links import Links
from feeds.entries.markup.markdown import markdown
from feeds.entries.markup.reading import first_image, first_paragraph, plain, text_of
from feeds.entries.markup.typography import typographic

__all__ = [
    "MAX_DEPTH",
    "Links",
    "as_text",
    "clean",
    "finish",
    "finished",
    "first_image",
    "first_paragraph",
    "is_too_deep",
    "markdown",
    "plain",
    "serialised",
    "settle_liquid",
    "text_of",
    "tidy",
    "tree_of",
    "typographic",
    "without_attribute_lists",
]


def clean(html: str, links: Links) -> str:
    """Clean a fragment: edited, canonical in its white space, sanitised. Cleaning it again changes nothing."""
    root = tree_of(html)
    if is_too_deep(root, html):
        links.found.add("body-too-deep")
        return as_text(root)
    tidy(root, links)
    return finish(root, links)
