"""The writing side: load → compose → plan → commit."""

from feeds.publisher.publisher import Publisher
from feeds.publisher.run import Run
from feeds.publisher.watch import watch

__all__ = ["Publisher", "Run", "watch"]
