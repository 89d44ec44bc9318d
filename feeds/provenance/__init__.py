"""What is known of where entries come from, told for the publisher: who, how it was found, and what to mend.

Everything here is a pure function over entries; nothing is merged and nothing is written.
"""

from feeds.provenance.ledger import (
    SourceLine,
    UnknownLine,
    brief,
    rules_counted,
    sources_seen,
    without_origin,
)
from feeds.provenance.mending import misnamed_pages, missing_origins, notes
from feeds.provenance.suggesting import Alias, Suggestion, as_toml, suggest

__all__ = [
    "Alias",
    "SourceLine",
    "Suggestion",
    "UnknownLine",
    "as_toml",
    "brief",
    "misnamed_pages",
    "missing_origins",
    "notes",
    "rules_counted",
    "sources_seen",
    "suggest",
    "without_origin",
]
