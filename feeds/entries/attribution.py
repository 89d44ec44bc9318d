"""Who published first: the source of a post.

What the front matter states wins; then what the body says, `（文章来源：X）`; then a tag such as 新京报新闻.
"""

import re
from collections.abc import Sequence

from feeds.model import Post, Source
from feeds.text import one_line

_STATED = re.compile(
    r"（\s*文章来源\s*[：:]\s*(?P<wide>[^（）：:]{1,40}?)\s*）"
    r"|\(\s*文章来源\s*[：:]\s*(?P<narrow>[^()：:]{1,40}?)\s*\)"
    r"|\A文章来源\s*[：:]\s*(?P<bare>\S{1,40})\Z"
)
_CREDITS = re.compile(r"（\s*(?:文章来源|责任编辑)\s*[：:][^（）]{0,40}）")


def stated_source(text: str) -> str | None:
    """Return the source that a paragraph's text names; 图片来源, 来源 alone and 责任编辑 name none."""
    matches = list(_STATED.finditer(text.strip()))
    if not matches:
        return None
    last = matches[-1]
    return one_line(last["wide"] or last["narrow"] or last["bare"]) or None


def without_credits(text: str) -> str:
    """Take credit lines out of plain text."""
    return _CREDITS.sub("", text)


def find_source(post: Post, *, stated: str | None, suffix: str) -> Source | None:
    """Return the source of a post: front matter, else the body's own words (`stated`), else its tag."""
    if post.source:
        return post.source
    name = stated or source_in_tags(post.tags, suffix)
    return Source(name=name) if name else None


def source_in_tags(tags: Sequence[str], suffix: str) -> str | None:
    """Return what the one tag that ends with `suffix` names: 新京报新闻 → 新京报. Several such tags are subjects."""
    names = {tag.removesuffix(suffix).strip() for tag in tags if suffix and tag.endswith(suffix)} - {""}
    return names.pop() if len(names) == 1 else None
