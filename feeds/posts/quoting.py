"""Texts as YAML writes them."""

import json
import re

# What JSON leaves as it is, but YAML 1.1 does not take inside double quotes (§5.1 printable, §5.4 line breaks).
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# What YAML 1.1 reads as a text without quotation marks, whoever reads it: no number, no truth, no nothing.
_PLAIN = re.compile(r"[^\W\d_][\w-]*")
_NO_TEXTS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def quoted(text: str) -> str:
    """Write a text as a YAML double-quoted scalar, which JSON's string is but for a few characters."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def plain(text: str) -> str:
    """Write a text without quotation marks where it is a text without them, too."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXTS else quoted(text)
