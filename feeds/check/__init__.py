"""What is odd about a site, told for people and for machines, with the exit status that a build server acts on."""

from feeds.check.ci import as_github, as_sarif
from feeds.check.report import Group, Report, groups, report
from feeds.check.told import as_counts, as_json, as_line, as_lines, as_solved, as_sum, since, solved_since
from feeds.check.wording import printable, quantity

__all__ = [
    "Group",
    "Report",
    "as_counts",
    "as_github",
    "as_json",
    "as_line",
    "as_lines",
    "as_sarif",
    "as_solved",
    "as_sum",
    "groups",
    "printable",
    "quantity",
    "report",
    "since",
    "solved_since",
]
