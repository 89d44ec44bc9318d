"""Where a post comes from: who published first, through whom it came, and how that was found.

One small unit for each rule, asked in the order of RULES; each looks at text and never at markup.
"""

from feeds.entries.attribution.clues import Clue, Evidence
from feeds.entries.attribution.derived import source_in_tags
from feeds.entries.attribution.finding import RULES, Attribution, attribute
from feeds.entries.attribution.original import original_key
from feeds.entries.attribution.parenthesis import known_parenthesis, outlet_parenthesis
from feeds.entries.attribution.stated import marked_line

__all__ = [
    "RULES",
    "Attribution",
    "Clue",
    "Evidence",
    "attribute",
    "known_parenthesis",
    "marked_line",
    "original_key",
    "outlet_parenthesis",
    "source_in_tags",
]
