"""How feeds look in a browser: plain CSS on their own elements, without script or transformation."""

from importlib.resources import files

FEED_CSS = files("feeds.render").joinpath("templates/feed.css").read_bytes()
