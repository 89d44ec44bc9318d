"""Feedwright: a folder of posts becomes RSS, Atom and JSON feeds."""

__version__ = "0.1.0"
