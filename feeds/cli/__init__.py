"""The command line. Commands are thin, and import what is heavy only when they run."""

from feeds.cli.program import main

__all__ = ["main"]
