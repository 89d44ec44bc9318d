"""Whether the index is what the folder makes of it, how it is mended, and a backup of what the folder cannot give."""

from feeds.doctor.backups import back_up, restore, write_backup
from feeds.doctor.findings import SAME_SETTINGS, Finding, Health, as_text
from feeds.doctor.mending import mend
from feeds.doctor.verifying import verify

__all__ = ["SAME_SETTINGS", "Finding", "Health", "as_text", "back_up", "mend", "restore", "verify", "write_backup"]
