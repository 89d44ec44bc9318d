"""What XML cannot carry never gets past here (invariant 5)."""

from collections.abc import Iterable
from dataclasses import replace

from feeds.diagnostics import Found
from feeds.model import Post
from feeds.text import is_legal, legal_text


def legal_post(post: Post, found: Found) -> Post:
    """Drop what XML cannot carry from everything that people read, and count it in one note."""
    if is_legal(post.body) and is_legal("".join(_texts(post))):
        return post
    dropped = 0

    def legal(text: str) -> str:
        nonlocal dropped
        text, count = legal_text(text)
        dropped += count
        return text

    post = replace(
        post,
        title=legal(post.title),
        body=legal(post.body),
        description=post.description and legal(post.description),
        guid=post.guid and legal(post.guid),
        lang=post.lang and legal(post.lang),
        categories=tuple(map(legal, post.categories)),
        tags=tuple(map(legal, post.tags)),
        authors=tuple(replace(p, name=legal(p.name), email=p.email and legal(p.email)) for p in post.authors),
        source=post.source and replace(post.source, name=legal(post.source.name)),
        via=post.via and replace(post.via, name=legal(post.via.name)),
        license=post.license and legal(post.license),
        enclosures=tuple(replace(file, type=legal(file.type)) for file in post.enclosures),
    )
    if dropped:
        found.add("text-illegal-characters", detail=str(dropped))
    return post


def _texts(post: Post) -> Iterable[str]:
    """Return all of it but the body."""
    texts = [post.title, *post.categories, *post.tags]
    texts += filter(None, (post.description, post.guid, post.lang, post.license))
    for person in post.authors:
        texts += (person.name, person.email or "")
    texts += [source.name for source in (post.source, post.via) if source]
    texts += [file.type for file in post.enclosures]
    return texts
