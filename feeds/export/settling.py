"""What was made, compared with the record by digest: which files have other bytes, and how the record goes on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from feeds.export.leaves import Made
from feeds.export.record import Record
from feeds.export.trees import Trees
from feeds.export.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """From the tree that is read to the one that is wanted."""

    written: tuple[str, ...]  # paths of files whose bytes differ, in order
    removed: tuple[str, ...]
    blocked: tuple[str, ...]  # where somebody else's files lie
    lines: Mapping[str, str]  # of the manifest, by path
    has_changed: bool  # whether anything of the manifest does
    unchanged: int  # files


def compare(made: Sequence[Made], gone: Collection[str], record: Record, trees: Trees) -> Difference:
    """gone: documents that are no more; what they leave behind is removed, and so is what the others no longer have."""
    leaves = {leaf.path: leaf for one in made for leaf in one.leaves}
    before = record.files_of([*(one.document for one in made), *gone])
    known = before.keys() | record.paths_among(leaves.keys() - before.keys())
    blocked = tuple(sorted(path for path in leaves.keys() - known if not trees.is_free(path, leaves[path].sha256)))
    lines = {path: leaf.line for path, leaf in leaves.items() if path not in blocked}
    written = tuple(sorted(path for path in lines if before.get(path, ("",))[0] != leaves[path].sha256))
    removed = tuple(sorted(before.keys() - leaves.keys()))
    is_told_otherwise = any(path not in before or before[path][1] != line for path, line in lines.items())
    return Difference(
        written=written,
        removed=removed,
        blocked=blocked,
        lines=lines,
        has_changed=bool(written or removed) or is_told_otherwise,
        unchanged=record.count() - len(removed) - sum(path in before for path in written),
    )


def committing(record: Record, made: Sequence[Made], difference: Difference, work: Work) -> Callable[[], None]:
    """Return what writes a difference down in the record; in whose transaction, its caller decides."""

    def commit() -> None:
        document_of = {leaf.path: one.document for one in made for leaf in one.leaves}
        digest_of = {leaf.path: leaf.sha256 for one in made for leaf in one.leaves}
        stuck = {document_of[path] for path in difference.blocked}  # they are tried again
        record.put_states({one.document: one.state for one in made if one.document not in stuck})
        record.forget_documents([*work.gone, *stuck])
        record.forget_files([*difference.removed, *difference.blocked])
        record.put_files((path, document_of[path], digest_of[path], line) for path, line in difference.lines.items())
        record.put_fact("revision", work.revision)
        record.put_fact("seen", None if stuck else work.seen)

    return commit
