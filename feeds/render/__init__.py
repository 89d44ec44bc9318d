"""Feeds as bytes: pure, and the only room that knows feedgen, lxml, Jinja2 and the codings' libraries."""

from feeds.render.coding import ENCODERS, Coding
from feeds.render.formats import RENDERERS, Renderer

__all__ = ["ENCODERS", "RENDERERS", "Coding", "Renderer"]
