"""The tables. What the content folder cannot give back, `feeds.store.keepsakes` names."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

VERSION = "6"

metadata = MetaData()

# What belongs to the index as a whole: schema, authority, generation, is_ready, compose_revision, feeds_revision,
# made_with: the settings that show in feeds, and `hub:ADDRESS`: the number of the last event of which that hub has been
# told.
facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

# One row for each file that was looked at.
posts = Table(
    "posts",
    metadata,
    Column("path", String, primary_key=True),
    Column("is_archive", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),  # of its root
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),  # -1: read again at the next sweep
    Column("digest", String, nullable=False),
    Column("standing", String, nullable=False),  # holder, shadowed, skipped, waiting
    Column("entry_id", String, index=True),  # the id that it claims
    Column("pin", String),  # the id that it took over, with the bytes, from a post that was renamed
    Column("missing_since", BigInteger),  # microseconds since 1970; within the grace time it is not gone
    Index("posts_digest", "digest"),
    Index("posts_missing", "missing_since", sqlite_where=text("missing_since IS NOT NULL")),
)

# What is said of files, and for a while what was.
diagnostics = Table(
    "diagnostics",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("path", String, nullable=False, index=True),
    Column("code", String, nullable=False),
    Column("line", Integer),
    Column("detail", String, nullable=False),
    Column("first_seen", BigInteger, nullable=False, server_default="0"),  # seconds since 1970
    Column("last_seen", BigInteger, nullable=False, server_default="0"),  # likewise
    Column("solved", BigInteger),  # likewise; since when it is not said any more
    Index("diagnostics_solved", "solved", sqlite_where=text("solved IS NOT NULL")),
)

entries = Table(
    "entries",
    metadata,
    Column("id", String, primary_key=True),
    Column("first_seen", BigInteger, nullable=False),  # seconds since 1970
    Column("is_live", Boolean, nullable=False),
    Column("published", BigInteger, nullable=False),  # microseconds since 1970
    Column("updated", BigInteger, nullable=False),  # microseconds since 1970
    Column("expires", BigInteger),  # microseconds since 1970
    Column("stamp", String, nullable=False),  # names these exact contents
    Column("changed", BigInteger, nullable=False, server_default="0"),  # seconds since 1970: since when they hold
    Column("weight", Integer, nullable=False),  # bytes in a feed that carries the full content, about
    Column("brief_weight", Integer, nullable=False),  # the same for summaries
    Column("payload", LargeBinary, nullable=False),
    Index("entries_waiting", "is_live", "published"),
    Index("entries_expiring", "is_live", "expires"),
)

# Entries that were published once and are no more (RFC 6721 tells readers of them).
tombstones = Table(
    "tombstones",
    metadata,
    Column("id", String, primary_key=True),
    Column("path", String, nullable=False),  # of the post
    Column("title", String, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),  # seconds since 1970
    Column("why", String, nullable=False),  # deleted, withdrawn, renamed
)

# What happened, for those who are told of it. Numbers are never used again.
outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),  # seconds since 1970
    Column("kind", String, nullable=False),
    Column("what", String, nullable=False),  # JSON
    sqlite_autoincrement=True,
)

# What an earlier index, or a backup, knew and the posts do not say; taken as the posts come in.
keepsakes = Table(
    "keepsakes",
    metadata,
    Column("what", String, primary_key=True),  # post, entry, feed
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),  # JSON
    sqlite_with_rowid=False,
)

feeds = Table(
    "feeds",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("term", String, nullable=False),
    Column("slug", String, nullable=False),
    Column("total", Integer, nullable=False),  # live entries, in the window or not
    Column("state", String, nullable=False),  # names what its renditions show; "" until it was first computed
    Column("changed", BigInteger, nullable=False),  # Last-Modified, seconds since 1970
    Column("generation", Integer, nullable=False, index=True),  # of the index, when it last moved
    UniqueConstraint("kind", "term"),
    UniqueConstraint("kind", "slug"),  # invariant 16
)

# Clustered in the order of feeds: newest first, then by id (invariant 3).
memberships = Table(
    "memberships",
    metadata,
    Column("feed", Integer, primary_key=True, autoincrement=False),
    Column("age", BigInteger, primary_key=True, autoincrement=False),  # published, negated: ascending is newest first
    Column("entry_id", String, primary_key=True),
    sqlite_with_rowid=False,
)

# How many entries call a feed by which name; the majority wins.
labels = Table(
    "labels",
    metadata,
    Column("feed", Integer, primary_key=True, autoincrement=False),
    Column("label", String, primary_key=True),
    Column("total", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What each feed was asked on a day, in all formats together.
traffic = Table(
    "traffic",
    metadata,
    Column("day", String, primary_key=True),  # 2026-11-28, in the zone of the site
    Column("kind", String, primary_key=True),
    Column("term", String, primary_key=True),
    Column("unchanged", BigInteger, nullable=False),  # answers without a body
    Column("answered", BigInteger, nullable=False),  # answers with one
    Column("sent", BigInteger, nullable=False),  # bytes of these
    Column("subscribers", BigInteger, nullable=False),  # as aggregators said on this day
    sqlite_with_rowid=False,
)

# For how many people aggregators asked last: each in one row for each address of a feed.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("kind", String, primary_key=True),
    Column("term", String, primary_key=True),
    Column("format", String, primary_key=True),
    Column("reader", String, primary_key=True),
    Column("day", String, nullable=False),  # on which it said so last
    Column("subscribers", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Which programs asked on a day; "" are those that do not say, and those too many to keep apart.
programs = Table(
    "programs",
    metadata,
    Column("day", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("asked", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
