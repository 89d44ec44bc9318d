"""How feeds look in a browser: plain CSS on their own elements, without script or transformation."""

from importlib.resources import files

_FOLDER = files("feeds.render") / "templates"
FEED_CSS = (_FOLDER / "feed.css").read_bytes()
SITE_FEED_CSS = FEED_CSS + (_FOLDER / "site-feed.css").read_bytes()  # of the site's own feed, whose page is its first
