import gc
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.cli.helping import examples
from feeds.cli.session import caught_up, folder_argument, get_crew_ready
from feeds.cli.telling import progress, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from feeds.export import Builder, Built
    from feeds.opening import Opening
    from feeds.publisher import Run
    from feeds.site import Site

_SELDOM = 50_000  # new objects between two looks for cycles, of which a build leaves few: a tenth of a short one's CPU


@click.command(
    epilog=examples(
        "feeds build --output public",
        "feeds build blog --output public --base-url https://mirror.example.org",
        "feeds build --output public --dry-run",
    )
)
@folder_argument
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder for the files.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings of this site, in place of feeds.toml.")
@click.option("--base-url", help="Address at which the files will be, in place of site.url.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Processes that read and render. Default: as many as there are cores."
)
@click.option("--watch", "is_watching", is_flag=True, help="Go on after each change of a file.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Write nothing; list what would be written and removed.")
@click.option("--strict", is_flag=True, help="Write nothing while there is a warning or an error.")
@click.pass_context
def build(  # noqa: PLR0913 - one for each option
    ctx: click.Context,
    folder: Path,
    output: Path,
    *,
    config: Path | None,
    base_url: str | None,
    jobs: int | None,
    is_watching: bool,
    is_dry: bool,
    strict: bool,
) -> None:
    """Write all feeds as plain files, for a server of your choice.

    Exit status: 0 all is written, 1 it is, but posts have errors (with --strict, or warnings, and nothing is written),
    2 it could not be done.
    """
    gc.set_threshold(_SELDOM)
    opening = _opened(folder, config, base_url, jobs)
    get_crew_ready(opening)
    from feeds.crew import cores
    from feeds.export import Builder

    with caught_up(opening, says_inferred=True) as site:
        _raise_if_other(site)
        status = exit_status(site, strict=strict)
        if strict and status:
            tell("Nothing is written, because of --strict; `feeds check` says what to mend.")
            ctx.exit(status)
        with Builder(site, output, jobs=jobs or cores()) as builder:
            show(run(builder, is_dry=is_dry, goes_on=is_watching), output, is_dry=is_dry)
            if is_watching and not is_dry:
                keep_on(site, builder, output, strict=strict)
    ctx.exit(status)


def _opened(folder: Path, config: Path | None, base_url: str | None, jobs: int | None) -> "Opening":
    """Read the settings. A site of its own, beside the one of `feeds.toml`, has an index of its own."""
    from feeds.fingerprint import digest_texts
    from feeds.opening import read_folder

    names = [*([config.stem] if config else []), *([digest_texts(base_url)[:8]] if base_url else [])]
    return read_folder(
        folder,
        environ=os.environ,
        flags={"site.url": base_url, "content.jobs": jobs},
        config=config,
        state=f".feeds/sites/{'-'.join(names)}" if names else None,
    )


def _raise_if_other(site: "Site") -> None:
    from feeds.errors import IndexUnusableError

    if site.publisher is None and not site.library.is_current():
        raise IndexUnusableError(
            f"{site.folder}: another process publishes it under other settings",
            "end that, or give this site an index of its own: `path` under [state]",
        )


def exit_status(site: "Site", *, strict: bool) -> int:
    """Judge the posts as `feeds check` does."""
    from feeds.check import report

    return report(site.store.problems(now=site.now())).exit_status(strict=strict)


def run(builder: "Builder", *, is_dry: bool = False, goes_on: bool = False) -> "Built":
    with progress("Writing", "documents") as tell_progress:
        return builder.build(tell_progress, is_dry=is_dry, goes_on=goes_on)


def show(built: "Built", output: Path, *, is_dry: bool = False) -> None:
    for note in built.notes:
        tell(f"note: {note}")
    for path in built.written if is_dry else ():
        click.echo(f"write {path}")
    for path in built.removed if is_dry else ():
        click.echo(f"remove {path}")
    click.echo(_sum(built, output, is_dry=is_dry))


def _sum(built: "Built", output: Path, *, is_dry: bool) -> str:
    removed = f", {len(built.removed):,} removed" if built.removed else ""
    would = "would be " if is_dry else ""
    return f"{len(built.written):,} files {would}written{removed}, {built.unchanged:,} unchanged in {output}"


def keep_on(site: "Site", builder: "Builder", output: Path, *, strict: bool) -> None:
    """Build after each change until SIGINT or SIGTERM."""
    from feeds.export import keep

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    builder.get_ready()
    keep(site, _building(site, builder, output, strict=strict), stop)


def _building(site: "Site", builder: "Builder", output: Path, *, strict: bool) -> "Callable[[Run | None], None]":
    def build_again(run: "Run | None") -> None:
        if strict and exit_status(site, strict=True):
            builder.forget()
            tell("Nothing is written, because of --strict; `feeds check` says what to mend.")
            return
        if run:
            built = builder.build(moved=run.moved.keys(), touched=run.touched, entries=run.entries)
        else:
            built = builder.build()
        if built.written or built.removed:
            show(built, output)
        builder.get_ready()

    return build_again
