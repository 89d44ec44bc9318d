"""A look at all files, compared with the index: what a sweep finds before anything is read."""

from dataclasses import dataclass

from feeds.posts.roots import Root, Sweep
from feeds.publisher.reading import Authors


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    roots: tuple[Root, ...]
    authors: Authors
    swept: Sweep  # of the files whose size or time is another than in the index, and of those that it does not know
    gone: frozenset[str]  # paths that the index knows and nobody sees
    is_first: bool  # the index knows nothing yet
    waited: float = 0.0  # seconds for which others came first
