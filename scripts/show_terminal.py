"""Play the first hour of a publisher in a terminal: init, new, check, serve, change; and print what a person sees.

python scripts/show_terminal.py [--columns 80]

Each program runs in a pseudo-terminal, and what it writes goes through a terminal emulator (pyte), so that a bar that
has come and gone is not in the picture. Nothing waits for a time: each step waits for what it expects to read.
"""  # noqa: INP001 (a script, not a package)

import argparse
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pexpect
import pyte

_PATIENCE = 60  # seconds for what is expected, on a busy machine
_HEIGHT = 200  # lines, so that nothing scrolls away
_DRAFT = """\
---
title: Storm: the second night
date: 2026-11-02 07:30:00 +0100
categories: [Weather]
---
The mole held. The cranes did not.
"""


class Terminal:
    """A screen on which one program after the other runs, as in one window."""

    def __init__(self, folder: Path, columns: int) -> None:
        self._folder = folder
        self._columns = columns
        self._screen = pyte.Screen(columns, _HEIGHT)
        self._stream = pyte.Stream(self._screen)
        self._screen.set_mode(pyte.modes.LNM)  # what we type below needs no carriage return

    def run(self, *words: str, answers: Sequence[tuple[str, str]] = ()) -> int:
        """Run a command to its end; return its exit status. answers: what to type when a text has come."""
        program = self._start(words)
        for text, answer in answers:
            self._expect(program, re.escape(text))
            program.sendline(answer)
        self._expect(program, pexpect.EOF)
        program.close()
        return program.exitstatus if program.exitstatus is not None else -1

    def serve(self, *words: str) -> "Serving":
        return Serving(self, self._start(words))

    def types(self, text: str) -> None:
        """Show what a person types."""
        self._stream.feed(f"{text}\n")

    def _start(self, words: Sequence[str]) -> "pexpect.spawn[str]":
        self.types(f"$ {shlex.join(words)}")
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        bin_ = Path(sys.executable).parent
        return pexpect.spawn(
            words[0],
            list(words[1:]),
            cwd=self._folder,
            env={**environ, "PATH": f"{bin_}:{environ.get('PATH', '')}", "TERM": "xterm-256color", "PAGER": "cat"},
            encoding="utf-8",
            timeout=_PATIENCE,
            dimensions=(_HEIGHT, self._columns),
        )

    def _expect(self, program: "pexpect.spawn[str]", what: str | type[pexpect.EOF]) -> None:
        program.expect(what)
        self._stream.feed(program.before or "")
        if isinstance(program.after, str):
            self._stream.feed(program.after)

    def lines(self) -> Iterator[str]:
        shown = [line.rstrip() for line in self._screen.display]
        while shown and not shown[-1]:
            shown.pop()
        yield from shown


class Serving:
    """`feeds serve`, while a person works beside it."""

    def __init__(self, terminal: Terminal, program: "pexpect.spawn[str]") -> None:
        self._terminal = terminal
        self._program = program

    def sees(self, pattern: str) -> None:
        self._terminal._expect(self._program, pattern)  # noqa: SLF001 - two halves of one thing

    def end(self) -> int:
        self._program.sendintr()
        self._terminal._expect(self._program, pexpect.EOF)  # noqa: SLF001
        self._program.close()
        return self._program.exitstatus if self._program.exitstatus is not None else -1


def play(folder: Path, *, columns: int) -> list[str]:
    """Return the lines on the screen. folder: an empty one. Raises pexpect's errors where something does not come."""
    terminal = Terminal(folder, columns)
    (folder / "harbour").mkdir()
    terminal.run("feeds", "init", "harbour")
    terminal.types("")
    terminal.run("feeds", "new", "Fog until noon", "--category", "Weather", "--folder", "harbour")
    begun = next((folder / "harbour").rglob("*.md"))
    post = begun.with_name("2026-11-02-storm.md")
    terminal.types(f"\n$ $EDITOR {post.relative_to(folder)}   # with a colon in its title")
    post.write_text(_DRAFT, encoding="utf-8")
    terminal.types("")
    terminal.run("feeds", "check", "harbour")
    terminal.types("")
    terminal.run("feeds", "check", "harbour", "--fix", answers=[("[y/N]", "y")])
    terminal.types("")
    terminal.run("feeds", "list", "harbour", "--sort", "count")
    terminal.types("")
    _serve_and_change(terminal, post)
    return list(terminal.lines())


def _serve_and_change(terminal: Terminal, post: Path) -> None:
    serving = terminal.serve("feeds", "serve", "harbour", "--port", "0")
    serving.sees(r"Ctrl-C stops the server\.\r\n")
    post.write_text(post.read_text("utf-8").replace("did not", "did, too"), encoding="utf-8")
    serving.sees(r"changed\S* Storm[^\n]*\n")
    other = post.with_name("2026-11-03-calm.md")
    other.write_text(_DRAFT.replace("Storm: the second night", "Calm").replace("11-02", "11-03"), encoding="utf-8")
    serving.sees(r"added\S* Calm[^\n]*\n")
    post.unlink()
    serving.sees(r"removed\S* Storm[^\n]*\n")
    serving.end()


def main() -> None:
    parser = argparse.ArgumentParser(description="Play init, new, check, serve and change in a terminal.")
    parser.add_argument("--columns", type=int, default=80)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for line in play(Path(name), columns=asked.columns):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
