"""Telling external WebSub hubs that feeds have moved. Being a hub is another matter, and not this room's."""

from feeds.hub.announcer import Announcer
from feeds.hub.announcing import Announcing, start_announcing
from feeds.hub.due import Due, Topic
from feeds.hub.line import Answer, Line

__all__ = ["Announcer", "Announcing", "Answer", "Due", "Line", "Topic", "start_announcing"]
