"""What of the origins somebody ought to look at, as diagnostics."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from feeds.diagnostics import Diagnostic
from feeds.model import Entry, Scheme
from feeds.posts.term_pages import TermPage
from feeds.provenance.ledger import ROLES, fact_of, name_said, source_in, without_origin
from feeds.slugs import normal_term
from feeds.sources import Sources, fold_suffix

_MAJORITY = 0.6  # of a category's posts that name a source; below it the name of its feed says too little
_NAMES_SHOWN = 4


def missing_origins(entries: Iterable[Entry], *, is_error: bool) -> Iterator[Diagnostic]:
    """Tell of each post without an origin, and of the rule that came nearest to finding one."""
    code = "source-required" if is_error else "source-missing"
    for post in without_origin(entries):
        near = post.nearest
        detail = f"the rule {near.rule} came nearest, with “{near.said}”" if near else "no rule came near"
        yield Diagnostic(code=code, path=post.path, line=post.line, detail=detail)


def notes(entries: Sequence[Entry], sources: Sources, *, suffix: str) -> Iterator[Diagnostic]:
    """Tell of what looks odd although nothing is missing. A site that passes nothing on gets none."""
    yield from _categories_named_variously(entries)
    yield from _sources_with_several_names(entries, sources, suffix)
    yield from _shared_originals(entries)


def misnamed_pages(
    pages: Iterable[TermPage], entries: Iterable[Entry], sources: Sources, *, suffix: str
) -> Iterator[Diagnostic]:
    """Tell of the pages of categories and tags that are titled as one source, while most of their posts name another.

    suffix: the ending with which tags and such titles name a source. Other titles are the site's own affair.
    """
    names: dict[tuple[Scheme, str], Counter[str]] = {}
    for entry in entries:
        for category in entry.categories:
            if entry.source:
                names.setdefault((category.scheme, category.term), Counter())[entry.source.name] += 1
    for page in pages:
        counts, titled = names.get((page.scheme, page.term)), _source_titled(page.title, sources, suffix)
        if counts and titled:
            named = min(counts, key=lambda name: (-counts[name], name))
            if fold_suffix(named) != fold_suffix(titled):
                detail = f"“{page.title}”, while most of its posts are from {named}"
                yield Diagnostic(code="term-page-misnamed", path=page.path, line=page.line, detail=detail)


def _source_titled(title: str, sources: Sources, suffix: str) -> str | None:
    name = title.removesuffix(suffix).strip()
    is_source = name != title.strip() or sources.known(title) is not None
    return sources.canonical(name) if name and is_source else None


def _categories_named_variously(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Only labels that differ from the term count: the term itself is no name that a post gave."""
    labels: dict[str, dict[str, list[str]]] = {}  # term → label → paths
    for entry in entries:
        for category in entry.categories:
            if category.scheme == "category" and category.label != category.term:
                labels.setdefault(category.term, {}).setdefault(category.label, []).append(entry.path)
    for term, named in sorted(labels.items()):
        counts = Counter({label: len(paths) for label, paths in named.items()})
        ranked = sorted(counts, key=lambda label: (-counts[label], label))
        if counts[ranked[0]] < _MAJORITY * counts.total():
            shown = ", ".join(f"{label} ({counts[label]})" for label in ranked[:_NAMES_SHOWN])
            more = ", …" if len(ranked) > _NAMES_SHOWN else ""
            path = min(named[ranked[1]])
            yield Diagnostic(code="category-named-variously", path=path, detail=f"{term}: {shown}{more}")


def _sources_with_several_names(entries: Iterable[Entry], sources: Sources, suffix: str) -> Iterator[Diagnostic]:
    """Name the first post for each spelling that only folding brought to a source of the settings."""
    first: dict[tuple[str, str], tuple[str, int | None]] = {}
    for entry in entries:
        for role in ROLES:
            source, fact = source_in(entry, role), fact_of(entry, role)
            said = name_said(fact, suffix) if fact else None
            if source and fact and said and _is_only_folded(said, source.name, sources):
                place = (entry.path, fact.line)
                first[said, source.name] = min(place, first.get((said, source.name), place), key=lambda at: at[0])
    for (said, name), (path, line) in sorted(first.items()):
        yield Diagnostic(code="source-several-names", path=path, line=line, detail=f"“{said}” counts as {name}")


def _is_only_folded(said: str, name: str, sources: Sources) -> bool:
    known = sources.known(said)
    if known is None or normal_term(known.name) != name:
        return False
    return said not in {normal_term(one) for one in (known.name, *known.aliases)}


def _shared_originals(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    paths: dict[str, list[str]] = {}
    for entry in entries:
        if entry.via:
            paths.setdefault(entry.via, []).append(entry.path)
    for address, sharing in sorted(paths.items()):
        first, *others = sorted(sharing)
        for path in others:
            yield Diagnostic(code="original-shared", path=path, detail=f"{first} has {address}, too"[:200])
