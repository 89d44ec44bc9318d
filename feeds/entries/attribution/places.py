"""Where in its file a post says something."""

import re
from functools import lru_cache
from itertools import chain

from feeds.entries.attribution.clues import Clue
from feeds.model import Post
from feeds.slugs import normal_term

_TAG = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>")  # and not `<http://x>`
_REACH = 60  # lines from either end of a body; the rules look no farther


def line_of_clue(clue: Clue, post: Post, *, original: str | None = None) -> int | None:
    """Return the line of the file on which a clue stands, be it in the body or in the front matter.

    original: the address whose host the clue may be; it stands in either.
    """
    if clue.where == "body":
        return line_of(clue.said, post)
    if clue.key in ("categories", "tags") and (line := post.term_lines.get(normal_term(clue.said))):
        return line
    if clue.key is None:
        return None
    return post.lines.get(clue.key) or (line_of(original, post) if original and clue.key == "original" else None)


def line_of(said: str, post: Post) -> int | None:
    """Return the line of the file that says it, the last such line where there are several; None where it is split."""
    lines = _lines_of(post.body)
    wanted = "".join(said.split())
    near_end = range(len(lines) - 1, max(-1, len(lines) - 1 - _REACH), -1)
    near_start = range(min(_REACH, len(lines)))
    for at in chain(near_end, near_start):
        if _says(lines[at], wanted):
            return post.body_line + at
    return None


@lru_cache(maxsize=2)  # asked for each clue of one post
def _lines_of(body: str) -> list[str]:
    return body.split("\n")


def _says(line: str, wanted: str) -> bool:
    if not wanted or wanted[0] not in line:
        return False
    text = _TAG.sub("", line) if "<" in line else line
    return wanted in text or wanted in "".join(text.split())
