"""The generators that are measured beside one another: ours first."""

from rivals.feedwright import Feedwright
from rivals.hugo import Hugo
from rivals.jekyll import Jekyll
from rivals.lean import Lean, LeanAsHugo
from rivals.pelican import Pelican
from rivals.rival import Post, Rival, newest_post
from rivals.script import Script

OURS = Feedwright()
ALL: tuple[Rival, ...] = (OURS, Hugo(), Jekyll(), Pelican(), Script(), Lean(), LeanAsHugo())

__all__ = ["ALL", "OURS", "Post", "Rival", "newest_post"]
