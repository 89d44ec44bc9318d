"""`feeds check --fix`: shows what it would write, asks, and writes."""

import sys
from collections import Counter
from collections.abc import Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from feeds.check import printable, quantity
from feeds.cli.telling import progress, tell
from feeds.cli.terminal import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from feeds.check.mending import Mend
    from feeds.site import Site

_LOOKS = {"---": "bold", "+++": "bold", "@@ ": "cyan"}
_SIGNS = {"-": "red", "+": "green"}


def fix(
    site: "Site", paths: Sequence[str], codes: Sequence[str], *, prefix: str, is_sure: bool
) -> tuple[str, ...] | None:
    """Mend posts after showing how; return the paths that were written, None where nothing may be written.

    is_sure: --yes. prefix: the way from here to the site folder.
    """
    from feeds.check.mending import mends, put
    from feeds.posts.roots import find_roots
    from feeds.publisher.reading import desk_of

    desk = desk_of(site.folder, site.settings, site.store.fact("authority"), now=site.now)
    with progress("Mending", "posts") as report:
        found = tuple(mends(desk, find_roots(site.folder, site.settings), paths, codes=codes, progress=report))
    if not found:
        tell("Nothing here can be mended without knowing what its author means.")
        return ()
    _show(found, prefix, is_paged=not is_sure)
    tell(_sum(found))
    if not (is_sure or _is_wanted(found)):
        return None
    refused = {one.path: why for one in found if (why := put(site.folder, one))}
    for path, why in refused.items():
        tell(f"{prefix}{path} is left as it was: {why}")
    return tuple(one.path for one in found if one.path not in refused)


def _is_wanted(found: Sequence["Mend"]) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        tell("Nothing was written; --yes writes it without asking.")
        return False
    return click.confirm(f"Write {quantity(len(found), 'file')}?", err=True)


def _sum(found: Sequence["Mend"]) -> str:
    counts = Counter(code for one in found for code in one.codes)
    said = ", ".join(f"{count:,} {code}" for code, count in counts.items())
    return f"This mends {said} in {quantity(len(found), 'file')}; the posts read as before."


def _show(found: Sequence["Mend"], prefix: str, *, is_paged: bool) -> None:
    from feeds.cli.reading import page

    screen = console()
    with screen.capture() as captured:
        for one in found:
            for line in _diff(one, prefix):
                screen.print(line, soft_wrap=True)
    page(captured.get(), is_paged=is_paged and sys.stdout.isatty())


def _diff(mend: "Mend", prefix: str) -> "Iterator[Text]":
    from rich.text import Text

    name = printable(prefix + mend.path)
    before, after = mend.lines()
    for line in unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""):
        yield Text(printable(line.replace("\t", "    ")), _LOOKS.get(line[:3]) or _SIGNS.get(line[:1], ""))
