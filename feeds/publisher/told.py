"""What is told of a change: events, made from what a commit writes."""

from collections.abc import Iterable, Iterator

from feeds.diagnostics import Diagnostic
from feeds.events import Event
from feeds.model import Move, Plan
from feeds.publisher.run import Run
from feeds.store import News, PostRow


def of_run(run: Run, orders: Iterable[str]) -> Event:
    """Tell that a run is over. orders: ids of those that it carried out."""
    what = {"read": run.read, "changed": run.changed, "removed": run.removed, "feeds": len(run.moved)}
    return Event(kind="run", what={**what, "problems": run.problems, "orders": list(orders)})


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


def of_problems(news: News) -> Iterator[Event]:
    """Tell of what there is to mend that was not there before, and of what is mended; not of what stays."""
    for one in news.new:
        yield _of_problem(one, is_solved=False)
    for one in news.solved:
        yield _of_problem(one, is_solved=True)


def _of_problem(one: Diagnostic, *, is_solved: bool) -> Event:
    what = {"code": one.code, "level": str(one.level), "path": one.path, "line": one.line, "detail": one.detail}
    return Event(kind="diagnostic", what={**what, "is_solved": is_solved})
