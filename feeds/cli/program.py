"""The `feeds` command, and how it fails: one line for what the operator can mend, exit status 2."""

import sys
import traceback

import click

from feeds import __version__
from feeds.cli.build import build
from feeds.cli.check import check
from feeds.cli.doctor import doctor
from feeds.cli.init import init
from feeds.cli.listing import listing
from feeds.cli.new import new
from feeds.cli.regenerate import regenerate
from feeds.cli.serve import serve
from feeds.cli.show import show
from feeds.cli.sources import sources
from feeds.cli.telling import tell
from feeds.cli.watch import watch
from feeds.errors import FeedsError


class Program(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order in which a newcomer needs them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
            sys.stdout.flush()  # here, where click is quiet about a reader that has gone: `feeds list | head`
        except FeedsError as err:
            if ctx.params.get("debug"):
                traceback.print_exc()
            tell("\n".join(f"feeds: {line}" for line in str(err).splitlines()))
            ctx.exit(2)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="feeds %(version)s")
@click.option("--debug", is_flag=True, help="Show where in the program an error arose.")
def main(*, debug: bool) -> None:
    """Turn a folder of posts into RSS, Atom and JSON feeds.

    FOLDER is the site's folder, the current one where it is left out.
    """


for command in (serve, build, check, listing, sources, show, regenerate, watch, doctor, new, init):
    main.add_command(command)
