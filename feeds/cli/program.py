"""The `feeds` command, and how it fails: in one line. Exit status 2: the operator can mend it; 70: only we can.

70 is EX_SOFTWARE of sysexits(3). With --debug, or FEEDS_DEBUG in the environment, the traceback is shown, too.
"""

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from feeds import __version__
from feeds.cli.build import build
from feeds.cli.check import check
from feeds.cli.completion import completion
from feeds.cli.doctor import doctor
from feeds.cli.head import head
from feeds.cli.init import init
from feeds.cli.listing import listing
from feeds.cli.new import new
from feeds.cli.regenerate import regenerate
from feeds.cli.serve import serve
from feeds.cli.show import show
from feeds.cli.sources import sources
from feeds.cli.stats import stats
from feeds.cli.telling import tell
from feeds.cli.watch import watch
from feeds.errors import FeedsError
from feeds.web.logs import DEBUG, is_debugging, log_in_lines

_OUR_BUG = 70

atexit.register(gc.freeze)  # all goes with the process: another look for cycles in it would take a tenth of a second


class Program(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order in which a newcomer needs them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
            sys.stdout.flush()  # here, where click is quiet about a reader that has gone: `feeds list | head`
        except FeedsError as err:
            _show_traceback()
            tell("\n".join(f"feeds: {line}" for line in str(err).splitlines()))
            ctx.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own ways to end
        except Exception as err:  # noqa: BLE001 - the last resort: whoever runs us did not ask for our source code
            _show_traceback()
            tell(f"feeds: {last_words(err)}")
            ctx.exit(_OUR_BUG)


@contextmanager
def _debugging() -> Iterator[None]:
    """Ask for tracebacks while a command runs, also in its worker processes."""
    before = os.environ.get(DEBUG)
    os.environ[DEBUG] = "1"
    try:
        yield
    finally:
        os.environ.pop(DEBUG)
        if before is not None:
            os.environ[DEBUG] = before


def _show_traceback() -> None:
    if is_debugging():
        traceback.print_exc()


def last_words(err: Exception) -> str:
    """Say in one line that we failed, where, and what to do about it."""
    last = traceback.extract_tb(err.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    what = " ".join(f"{type(err).__name__}: {err}".split())
    return (
        f"a mistake of Feedwright {__version__} itself ({what}, {where}); run it again with `feeds --debug …` or "
        "FEEDS_DEBUG=1, and report what that prints where you have Feedwright from"
    )


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="feeds %(version)s")
@click.option("--debug", is_flag=True, help="Show where in the program an error arose.  [or FEEDS_DEBUG=1]")
@click.pass_context
def main(ctx: click.Context, *, debug: bool) -> None:
    """Turn a folder of posts into RSS, Atom and JSON feeds.

    FOLDER is the site's folder, the current one where it is left out.
    """
    if debug:
        ctx.with_resource(_debugging())
    log_in_lines()


for command in (
    serve,
    build,
    check,
    listing,
    sources,
    show,
    stats,
    head,
    regenerate,
    watch,
    doctor,
    new,
    init,
    completion,
):
    main.add_command(command)
