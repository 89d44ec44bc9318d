"""Write docs/diagnostics.md from the catalogue of diagnostics, and the table in docs/operating.md from the metrics.

python scripts/document.py
"""  # noqa: INP001 (a script, not a package)

import re
from pathlib import Path

from feeds.diagnostics import CATALOGUE, Level
from feeds.metrics import METRICS, Metric

PAGE = Path(__file__).parents[1] / "docs" / "diagnostics.md"
OPERATING = PAGE.with_name("operating.md")

INTRODUCTION = """\
# Diagnostics

What `feeds check` and `feeds serve` say about odd content. Publishing goes on whatever is said here: a diagnostic
concerns one post, and all the others are published as always. `…` stands for the text or the number in question.

The index remembers since when each thing is so. `feeds check` says it of what was there before, and names what it finds
mended. In text they stand in groups, ten places of each on a terminal, unless `--all` or `--code CODE` asks for all.
`--format lines` writes `file:line: level code message — remedy`, as editors read it; `sarif` is for code scanning and
`github` for the log of a GitHub workflow, which shows ten errors and ten warnings of a step beside their lines; for
both, files are named from the top of the repository. With `--format json` there are two lists, `problems` and `solved`,
the gravest first. Each diagnostic has the keys `code`, `level`, `path`, `line`, `detail`, `message`, `remedy`,
`first_seen` and `last_seen`, and one that is solved also `solved`. Times are RFC 3339, and null for what `feeds check`
finds by itself, about origins. The codes do not change between versions.

A server says the same at `/-/problems.json`, but for the origins, and as an Atom feed at `/-/problems.atom`, to whoever
has a token (`[admin] tokens`), as `Authorization: Bearer TOKEN` or, for feed readers, as the password of any user name.
A token in an address would end in logs, so none is read there. `?level=warning` leaves out notes, `?level=error` also
warnings. In the feed each problem is one entry, which turns into “Solved: …” when it is; one that comes back is a new
entry. What was solved is told for 7 days, of at most 1,000 problems, and the feed holds the 500 newest. A diagnostic
counts as the same while path, code and detail are, also on another line. It was seen last when its post was read last:
a post that nobody touches is not read again.

`feeds check --fix` mends what is safe: `date-missing` by the date that the post goes by, `front-matter-salvaged` and
`front-matter-cut` by quotation marks, `terms-split` by a list. Each step is tried on a copy first, and only what leaves
the published entry as it was is proposed, as a diff. Nothing is written without a yes, or `--yes` where nobody can be
asked. Encoding, byte order mark, line ends and permissions stay; only YAML is touched.

This page is written from `feeds/diagnostics.py` by `make docs`; change it there.
"""

SECTIONS = {
    Level.ERROR: (
        "Errors",
        "The post, or a part of it, is not published, or its last good version stays. `feeds check` ends with 1.",
    ),
    Level.WARNING: (
        "Warnings",
        "The post waits, or is published with something guessed. `feeds check --strict` ends with 1.",
    ),
    Level.NOTE: ("Notes", "Nothing is wrong; this is how the post was understood. The exit status does not change."),
}


def page() -> str:
    """Return the whole page: the gravest first, and inside a level in the order of the catalogue."""
    return "\n".join((INTRODUCTION, *(section(level) for level in SECTIONS)))


def section(level: Level) -> str:
    title, meaning = SECTIONS[level]
    rows = "".join(row(code) for code, kind in CATALOGUE.items() if kind.level is level)
    return f"## {title}\n\n{meaning}\n\n| code | what is said | what to do |\n|---|---|---|\n{rows}"


def row(code: str) -> str:
    kind = CATALOGUE[code]
    return f"| `{code}` | {cell(kind.summary)} | {cell(kind.remedy)} |\n"


def cell(text: str) -> str:
    return text.replace("{detail}", "…").replace("|", "\\|")


def operating(text: str) -> str:
    """Return docs/operating.md with its table of metrics made anew."""
    table = "| name | type | labels | meaning |\n|---|---|---|---|\n" + "".join(map(metric_row, METRICS))
    return re.sub(r"(?s)(<!-- metrics:.*?-->\n).*?(<!-- /metrics -->)", rf"\1\n{table}\n\2", text)


def metric_row(metric: Metric) -> str:
    return f"| `{metric.name}` | {metric.type} | {', '.join(metric.labels)} | {metric.meaning} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    OPERATING.write_text(operating(OPERATING.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
