"""Feeds as bytes: pure, and the only room that knows feedgen, lxml and Jinja2."""

from feeds.render.coding import gzip_bytes
from feeds.render.formats import RENDERERS, Renderer

__all__ = ["RENDERERS", "Renderer", "gzip_bytes"]
