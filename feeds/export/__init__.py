"""A site as plain files, for servers that are not ours."""

from feeds.export.builder import Builder, Built
from feeds.export.watching import keep

__all__ = ["Builder", "Built", "keep"]
