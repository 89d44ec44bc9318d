"""Rules for what the surroundings of a post tell: its tags, its category, the host of the original."""

from collections.abc import Iterator, Sequence

from feeds.entries.attribution.clues import Clue, Evidence
from feeds.urls import host_and_query


def tag_suffix(evidence: Evidence) -> Iterator[Clue]:
    """The one tag that ends as the settings say: 新京报新闻 → 新京报."""
    suffix = evidence.settings.content.source_suffix
    name = source_in_tags(evidence.post.tags, suffix)
    if name:
        yield Clue(rule="tag-suffix", confidence="derived", name=name, said=f"{name}{suffix}", key="tags")
        return
    subjects = [tag for tag in evidence.post.tags if suffix and tag.endswith(suffix) and tag != suffix]
    if subjects:
        yield Clue(rule="tag-suffix", confidence="derived", said=", ".join(subjects), key="tags")


def category(evidence: Evidence) -> Iterator[Clue]:
    """A category that the settings give to a source."""
    for term in evidence.post.categories:
        known = evidence.sources.of_category(term)
        if known:
            yield Clue(rule="category", confidence="derived", name=known.name, said=term, key="categories")


def host(evidence: Evidence) -> Iterator[Clue]:
    """The host of the original address, where the settings give it to a source."""
    if not evidence.original:
        return
    known = evidence.sources.of_address(evidence.original)
    said = host_and_query(evidence.original)[0] or evidence.original
    yield Clue(rule="host", confidence="derived", name=known.name if known else "", said=said, key="original")


def source_in_tags(tags: Sequence[str], suffix: str) -> str | None:
    """Return what the one tag that ends with `suffix` names: 新京报新闻 → 新京报. Several such tags are subjects."""
    names = {tag.removesuffix(suffix).strip() for tag in tags if suffix and tag.endswith(suffix)} - {""}
    return names.pop() if len(names) == 1 else None
