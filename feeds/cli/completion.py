"""`feeds completion SHELL`: what a shell has to read once, to complete commands, options and addresses of feeds."""

import re

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, get_completion_class

from feeds.cli.helping import examples

_VARIABLE = "_FEEDS_COMPLETE"  # click's name for it
_SHELLS = ("bash", "zsh", "fish")
_UNSAFE = re.compile(r"([^\w@%+=:,./~-])")


class QuotingBash(BashComplete):
    """Bash puts what is proposed into the line as it is; zsh and fish quote by themselves."""

    def format_completion(self, item: CompletionItem) -> str:
        value = _UNSAFE.sub(r"\\\1", item.value)
        return f"{item.type},{value}"


add_completion_class(QuotingBash)


@click.command(
    epilog=examples(
        "feeds completion bash > ~/.local/share/bash-completion/completions/feeds",
        "feeds completion zsh > ~/.zfunc/_feeds",
        "feeds completion fish > ~/.config/fish/completions/feeds.fish",
    )
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what lets a shell complete commands, options, and the addresses of feeds.

    Write it where your shell looks, and open a new one: the examples are the usual places. For zsh the folder must
    stand in $fpath before compinit runs.
    """
    complete = get_completion_class(shell)
    assert complete is not None, "click knows these three"
    click.echo(complete(ctx.find_root().command, {}, "feeds", _VARIABLE).source())
