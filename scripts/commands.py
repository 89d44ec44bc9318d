"""Write docs/commands.md and the man page man/feeds.1 from the definitions of the commands.

python scripts/commands.py
"""  # noqa: INP001 (a script, not a package)

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from feeds import __version__
from feeds.cli import main
from feeds.cli.helping import examples_in

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "commands.md"
MANUAL = ROOT / "man" / "feeds.1"

_STATUSES = (
    ("0", "All is well."),
    ("1", "There is something to mend, in posts or in the index, or an order failed or took too long."),
    ("2", "Something must be changed first, such as a wrong setting or a taken port; one line says what."),
    ("70", "A mistake of Feedwright itself, in one line; with --debug its traceback is shown, too."),
)
_VARIABLES = (
    ("FEEDS_TABLE__KEY", "A setting, such as FEEDS_SITE__TITLE; with _FILE behind it, the file that holds its value."),
    ("FEEDS_TOKEN", "The token with which regenerate and watch ask a server."),
    ("FEEDS_DEBUG", "If 1, errors show their traceback, as with --debug."),
    ("PAGER", "The program through which show and check --fix page what does not fit the terminal."),
    ("NO_COLOR", "If set, nothing is coloured. TERM=dumb does the same."),
    ("FORCE_HYPERLINK", "If 1, file names are links (OSC 8) whatever the terminal is; if 0, never."),
)
_FILES = (
    ("feeds.toml", "The settings; `feeds init` writes one in which each is explained."),
    ("sources.toml", "What is known of the publications that posts come from."),
    (".feeds/", "The index; it can be deleted and is made anew from the posts."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    name: str  # `feeds list`
    usage: str  # `[OPTIONS] [FOLDER]`
    paragraphs: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]


def described() -> Iterator[Described]:
    with click.Context(main, info_name="feeds", max_content_width=200) as top:
        for name in main.list_commands(top):
            command = main.get_command(top, name)
            assert command is not None
            with click.Context(command, info_name=name, parent=top) as ctx:
                yield _described(command, ctx)


def _described(command: click.Command, ctx: click.Context) -> Described:
    records = (one.get_help_record(ctx) for one in command.params)
    return Described(
        name=ctx.command_path,
        usage=" ".join(command.collect_usage_pieces(ctx)),
        paragraphs=paragraphs(command.help or ""),
        options=tuple(record for record in records if record and record[1]),
        examples=tuple(examples_in(command.epilog)),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


# --- docs/commands.md


HEAD = """\
# Commands

FOLDER is the site's folder, the current one where it is left out. `feeds --debug COMMAND` shows where in the program an
error arose. All of this is in `man feeds`, too, and `feeds COMMAND --help` has it at hand.

This page is written from the commands by `make docs`; change it there.
"""


def page() -> str:
    statuses = "".join(_row(*pair) for pair in _STATUSES)
    variables = "".join(_row(f"`{name}`", text) for name, text in _VARIABLES)
    parts = [
        HEAD,
        *map(_section, described()),
        f"## Exit status\n\n| status | meaning |\n|---|---|\n{statuses}",
        f"## Environment\n\n| variable | meaning |\n|---|---|\n{variables}",
    ]
    return "\n".join(parts)


def _section(one: Described) -> str:
    text = "\n\n".join(_marked(part) for part in one.paragraphs)
    options = "".join(_row(f"`{name}`", help_) for name, help_ in one.options)
    table = f"| option | meaning |\n|---|---|\n{options}\n" if options else ""
    shown = "".join(f"$ {example}\n" for example in one.examples)
    tried = f"<!-- tested: tests/cli/test_help.py -->\n```console\n{shown}```\n"
    return f"## {one.name}\n\n```text\n{one.name} {one.usage}\n```\n\n{text}\n\n{table}{tried}"


def _row(name: str, text: str) -> str:
    return f"| {_cell(name)} | {_cell(_marked(text))} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _marked(text: str) -> str:
    """Set options in code, where the text has not done so."""
    return re.sub(r"(?<![`\w-])(--[a-z][a-z-]*|\$[A-Z_]+|\[\[\w+\]\])(?![`\w])", r"`\1`", text)


# --- man/feeds.1 (man-pages(7), groff_man(7))


def manual() -> str:
    lines = [
        '.\\" Written from the commands by `make docs`; change it there.',
        f'.TH FEEDS 1 "" "Feedwright {__version__}" "User Commands"',
        ".SH NAME",
        "feeds \\- turn a folder of posts into RSS, Atom and JSON feeds, and serve them",
        ".SH SYNOPSIS",
        ".B feeds",
        "[\\fB\\-\\-debug\\fR] \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
        "One feed for the site and one for every category, tag, source and author, each in three formats.",
        "FOLDER is the folder of a site, the current one where it is left out.",
        ".SH COMMANDS",
    ]
    for one in described():
        lines += _part(one)
    for heading, pairs in (("EXIT STATUS", _STATUSES), ("ENVIRONMENT", _VARIABLES), ("FILES", _FILES)):
        lines += [f".SH {heading}", *(line for name, text in pairs for line in _tagged(name, text))]
    return "\n".join(lines) + "\n"


def _part(one: Described) -> Iterator[str]:
    yield f".SS {roff(one.name)} {roff(one.usage)}"
    for number, text in enumerate(one.paragraphs):
        if number:
            yield ".PP"
        yield roff(text)
    for name, text in one.options:
        yield from _tagged(name, text)
    yield ".PP"
    yield "Examples:"
    yield ".PP"
    yield ".RS 4"
    yield ".nf"
    yield from (f"$ {roff(example)}" for example in one.examples)
    yield ".fi"
    yield ".RE"


def _tagged(name: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield f"\\fB{roff(name)}\\fR"
    yield roff(text)


def roff(text: str) -> str:
    """Escape a text: backslashes, hyphens that are typed, and what would be a request at the start of a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "").replace("^", "\\(ha").replace("~", "\\(ti")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    MANUAL.parent.mkdir(exist_ok=True)
    MANUAL.write_text(manual(), encoding="utf-8", newline="\n")
