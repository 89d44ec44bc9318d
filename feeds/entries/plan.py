"""The decision what a change does to the feeds: pure, and the size of the change, never of the site (invariant 14)."""

from dataclasses import replace
from datetime import datetime

from feeds.model import Entry, Plan, feed_keys


def plan(old: Entry | None, new: Entry | None, *, was_live: bool, now: datetime) -> Plan | None:
    """Decide what to do so that `new` stands where `old` stood; None where there is neither.

    old: as the index has it; was_live: whether it stands in feeds. The plan's `new` carries the right `updated`.
    """
    if old is None and new is None:
        return None
    new = new and _with_updated(old, new, now)
    is_live = new is not None and new.is_live(now)
    before = dict(feed_keys(old)) if old and was_live else {}
    after = dict(feed_keys(new)) if new and is_live else {}
    is_moved = bool(old and new) and old.published != new.published  # type: ignore[union-attr]
    leave = {key: label for key, label in before.items() if is_moved or after.get(key) != label}
    join = {key: label for key, label in after.items() if is_moved or before.get(key) != label}
    touched = frozenset(before.keys() | after.keys()) if old != new else frozenset(leave.keys() | join.keys())
    holder = new or old
    assert holder is not None
    return Plan(
        id=holder.id, old=old, new=new, was_live=was_live, is_live=is_live, leave=leave, join=join, touched=touched
    )


def as_before(new: Entry, *, fingerprint: str, updated: datetime, now: datetime) -> Entry:
    """Give an entry that an earlier index knew the `updated` that it had there, or that its change since then gives."""
    return _with_updated(replace(new, fingerprint=fingerprint, updated=updated), new, now)


def _with_updated(old: Entry | None, new: Entry, now: datetime) -> Entry:
    """Let `updated` move only with the significant content (invariant 4), and never behind `published`."""
    if new.is_updated_stated or old is None:
        return new
    if old.fingerprint != new.fingerprint:
        return replace(new, updated=max(now.replace(microsecond=0), new.published))
    return replace(new, updated=max(old.updated, new.published))
