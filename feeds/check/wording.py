def printable(text: str) -> str:
    """Spell characters that could move a terminal's cursor, or that no terminal can show, as Python escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def quantity(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
