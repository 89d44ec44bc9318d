"""The writing side: load → compose → plan → commit."""

from feeds.publisher.orders import Orders, Report, Ticket
from feeds.publisher.publisher import Publisher
from feeds.publisher.run import Run
from feeds.publisher.watch import watch

__all__ = ["Orders", "Publisher", "Report", "Run", "Ticket", "watch"]
