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

With `--format json` each diagnostic has the keys `code`, `level`, `path`, `line`, `detail`, `message` and `remedy`. The
codes do not change between versions.

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
