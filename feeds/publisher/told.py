"""What is told of a change: events, made from what a commit writes."""

from collections.abc import Iterable, Iterator

from feeds.events import Event
from feeds.model import Move, Plan
from feeds.store import PostRow


def of_posts(rows: Iterable[PostRow]) -> Iterator[Event]:
    """Tell of the posts that were read; those that wait are not, until they are whole."""
    for row in rows:
        if row.digest:
            yield Event(kind="post", what={"path": row.path, "standing": row.standing})


def of_entries(plans: Iterable[Plan]) -> Iterator[Event]:
    """Tell of the entries that came into feeds, changed there, or left them."""
    for one in plans:
        entry = one.new or one.old
        if entry and (change := _change(one)):
            yield Event(kind="entry", what={"id": one.id, "path": entry.path, "title": entry.title, "change": change})


def _change(plan: Plan) -> str:
    if not plan.was_live:
        return "added" if plan.is_live else ""
    return "changed" if plan.is_live else "removed"


def of_feeds(moves: Iterable[Move]) -> Iterator[Event]:
    for key, before, after in moves:
        yield Event(kind="feed", what={"kind": key.kind, "term": key.term, "before": before, "after": after})
