"""When a post is published: as it says, or as far as its file tells."""

from datetime import datetime

from feeds.posts.fields import Fields
from feeds.posts.naming import Name
from feeds.settings import Settings


def published(fields: Fields, name: Name, *, settings: Settings, mtime: datetime) -> datetime:
    """Follow the chain of quirks 1 and 11: front matter, file name, the digits of the id, the file's own time.

    An embargo, or Hugo's publishDate, later than the date is when the post may be seen, and so when it is published.
    """
    zone = settings.zone
    date = fields.moment(zone, "date")
    visible = fields.moment(zone, "publishdate", "publish_date")
    embargo = fields.moment(zone, "embargo", "embargo_until", "embargo_date")
    otherwise = fields.moment(zone, "published", "pubdate", "created", "created_at")
    stated = max((moment for moment in (date, visible) if moment), default=otherwise)
    if embargo:
        stated = max(embargo, stated or name.published or embargo)
    if stated:
        if "_posts" in name.folders and name.published is None:  # Jekyll drops such a file without a word
            fields.found.add("file-name-without-date", detail="its front matter's")
        return stated
    if name.published:
        return name.published
    fields.found.add(
        "date-missing",
        line=fields.line("date"),
        detail="the digits of its name" if name.digits else "the file's own time",
    )
    return name.digits or mtime
