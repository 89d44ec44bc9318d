"""Pages for people. The only room that knows Jinja2 and Babel."""

from feeds.render.html.entry import EntryLink, FeedLink, canonical_of, entry_page
from feeds.render.html.feed import FeedHead, ReaderLink, feed_page
from feeds.render.html.frame import Frame, frame_of
from feeds.render.html.index import FeedLine, FeedList, KindLine, Pager, index_page
from feeds.render.html.sources import SourceRow, source_row, sources_page
from feeds.render.html.status import Publishing, Ran, Seen, Status, Trouble, Visited, status_page
from feeds.render.html.templates import Templates
from feeds.render.html.trial import try_out

__all__ = [
    "EntryLink",
    "FeedHead",
    "FeedLine",
    "FeedLink",
    "FeedList",
    "Frame",
    "KindLine",
    "Pager",
    "Publishing",
    "Ran",
    "ReaderLink",
    "Seen",
    "SourceRow",
    "Status",
    "Templates",
    "Trouble",
    "Visited",
    "canonical_of",
    "entry_page",
    "feed_page",
    "frame_of",
    "index_page",
    "source_row",
    "sources_page",
    "status_page",
    "try_out",
]
