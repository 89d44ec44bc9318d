"""How commands explain themselves: every `--help` ends with examples, and each of them is run by a test."""

EXAMPLES = "Examples:"


def examples(*commands: str) -> str:
    """Write the end of a command's help, which click must not run together."""
    return "\n".join(("\b", EXAMPLES, *(f"  {command}" for command in commands)))


def examples_in(epilog: str | None) -> list[str]:
    """Return the commands of such an end."""
    lines = (epilog or "").splitlines()
    return [line.strip() for line in lines[lines.index(EXAMPLES) + 1 :]] if EXAMPLES in lines else []
