"""Two posts can claim one id. Who holds it depends on what is there, not on who came first (invariant 15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from feeds.diagnostics import Diagnostic
from feeds.publisher.reading import Batch
from feeds.store import PostRow

Claimants = Mapping[str, Mapping[str, PostRow]]  # by id, then by path: who claims it in the index
CODES = ("id-claimed", "copy-archived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who holds an id. `rows` are the claimants whose standing changes."""

    holder: PostRow
    was_holder: bool  # the index has its entry already
    rows: tuple[PostRow, ...]
    diagnostics: tuple[Diagnostic, ...]


def judge(claimants: Iterable[PostRow]) -> Verdict | None:
    """Let the live roots win over archives, then the order of roots, then of paths. None: nobody claims the id."""
    ranked = sorted(claimants, key=lambda row: row.precedence)
    if not ranked:
        return None
    holder, *losers = ranked
    changed = [replace(row, standing="shadowed") for row in losers if row.standing != "shadowed"]
    if holder.standing != "holder":
        changed.append(replace(holder, standing="holder"))
    return Verdict(
        holder=holder,
        was_holder=holder.standing == "holder",
        rows=tuple(changed),
        diagnostics=tuple(_complaint(row, holder) for row in losers if not row.is_missing),
    )


def _complaint(loser: PostRow, holder: PostRow) -> Diagnostic:
    code = "copy-archived" if loser.is_archive and not holder.is_archive else "id-claimed"
    return Diagnostic(code=code, path=loser.path, detail=holder.path)


def open_ids(before: Mapping[str, PostRow], batch: Batch) -> set[str]:
    """Name the ids whose holder, or whose holder's content, the batch can change."""
    brought = {entry.id for entry in batch.entries.values()}
    left = {
        row.entry_id
        for path, row in before.items()
        if row.entry_id and (path in batch.gone or batch.rows[path].entry_id != row.entry_id)
    }
    returned = {
        row.entry_id
        for path, row in before.items()
        if row.entry_id and row.is_missing and path not in batch.gone and not batch.rows[path].is_missing
    }  # another may have taken their ids meanwhile
    return brought | left | returned


def claimants_of(id_: str, known: Mapping[str, PostRow], batch: Batch) -> list[PostRow]:
    """Return who claims an id once the batch is in. known: who claims it in the index, by path."""
    staying = [row for path, row in known.items() if path not in batch.rows]
    coming = [batch.rows[path] for path in batch.claiming(id_)]
    return [row for row in (*staying, *coming) if row.path not in batch.gone]
