"""What is measured: the names on the wire and what each one means.

The table in `docs/operating.md` is made from these definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One name on the wire, and how the numbers of several processes become one."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()
    is_moment: bool = False  # of a gauge: of several numbers the latest counts, not the sum
    bounds: tuple[float, ...] = ()  # of a histogram's buckets, but for the last, which has none; seconds


_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

METRICS: tuple[Metric, ...] = (
    # what readers ask
    Metric(
        name="feeds_requests_total",
        type="counter",
        labels=("kind", "status", "coding"),
        meaning="Requests. kind: of the feed (site, category, tag, source, author, collection); index for the lists of "
        "all feeds; entry for the pages of entries; alias for old addresses; other for all else, unknown feeds too. "
        "status: 226 for deltas, 429 for eager pollers who were asked to wait; 400, 408 and 431 for what never became "
        "a request. coding: of the answer.",
    ),
    Metric(
        name="feeds_sent_bytes_total",
        type="counter",
        labels=("kind", "status", "coding"),
        meaning="Bytes of the bodies of the answers, without header fields.",
    ),
    Metric(
        name="feeds_not_modified_ratio",
        type="gauge",
        meaning="Part of the answered polls that were 304, since the start: those of feeds and old addresses. "
        "For a span of time divide the rates of feeds_requests_total.",
    ),
    Metric(
        name="feeds_waiting_requests",
        type="gauge",
        meaning="Requests that wait for feeds or pages to be made; `server.max_concurrent` bounds them in each worker.",
    ),
    Metric(
        name="feeds_turned_away_total",
        type="counter",
        meaning="Requests that were sent away (503) because as many were waiting.",
    ),
    Metric(
        name="feeds_access_log_lost_total",
        type="counter",
        meaning="Lines of the access log that could not be written.",
    ),
    # what answering costs
    Metric(
        name="feeds_render_seconds",
        type="histogram",
        labels=("format",),
        bounds=_QUICK,
        meaning="Time to make the bytes of a feed, or of a delta, that were not remembered.",
    ),
    Metric(
        name="feeds_compress_seconds",
        type="histogram",
        labels=("coding",),
        bounds=_QUICK,
        meaning="Time to code these bytes.",
    ),
    Metric(name="feeds_memo_hits_total", type="counter", meaning="Look-ups that found a remembered feed."),
    Metric(name="feeds_memo_misses_total", type="counter", meaning="Feeds that had to be looked up in the index."),
    Metric(name="feeds_memo_bytes", type="gauge", meaning="Size of the bodies that are remembered."),
    Metric(name="feeds_memo_renditions", type="gauge", meaning="Feeds in one format that are remembered."),
    # what publishing does
    Metric(
        name="feeds_publish_lag_seconds",
        type="histogram",
        bounds=_SLOW,
        meaning="Time from the change of a post's file to the moment at which the feeds have it. It counts from the "
        "file's mtime, at the earliest from the look before, which found it as it was. The first look counts nothing.",
    ),
    Metric(
        name="feeds_publisher_queue", type="gauge", meaning="Files known to have changed that are not published yet."
    ),
    Metric(
        name="feeds_publishers",
        type="gauge",
        meaning="Processes of this server that publish: 1, or 0 while another server of the folder does.",
    ),
    Metric(
        name="feeds_last_look_timestamp_seconds",
        type="gauge",
        is_moment=True,
        meaning="When the publisher last looked for changes, since 1970. It does so every `content.sweep` seconds, "
        "and less often where the folder is very large.",
    ),
    Metric(
        name="feeds_last_change_timestamp_seconds",
        type="gauge",
        is_moment=True,
        meaning="When it last published one, since 1970.",
    ),
    # what there is
    Metric(name="feeds_index_posts", type="gauge", meaning="Post files in the index."),
    Metric(name="feeds_index_entries", type="gauge", meaning="Published entries."),
    Metric(name="feeds_index_feeds", type="gauge", meaning="Feeds."),
    Metric(
        name="feeds_index_diagnostics",
        type="gauge",
        labels=("level",),
        meaning="Diagnostics of all posts; `feeds check` lists them.",
    ),
    Metric(name="feeds_workers", type="gauge", meaning="Processes whose gauges are in these numbers."),
    Metric(name="feeds_info", type="gauge", labels=("version",), meaning="Always 1."),
)

NAMED: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}
