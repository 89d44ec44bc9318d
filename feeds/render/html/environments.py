"""The wall around Jinja2: what renders our templates, and a site's own."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from feeds.model import FORMATS, Format
from feeds.render.html.rhythms import in_words
from feeds.render.html.words import ENGLISH, Words
from feeds.render.media_types import MEDIA_TYPES
from feeds.render.moments import in_zone, rfc3339
from feeds.urls import wire

_FORMAT_NAMES: dict[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON"}
Source = tuple[str, str | None, Callable[[], bool] | None]  # text, file, whether it is as it was read


def environment_of(words: Words, own: tuple[Path, set[str]] | None) -> Environment:
    """own: folder and names of what a site has in place of ours; None: it has nothing."""
    ours = PackageLoader("feeds.render")
    return _environment(_Own(*own, ours) if own else ours, words, is_ours=own is None)


def trial_of(own: Path) -> Environment:
    """Return what compiles the templates in a site's folder, and nothing else."""
    return _environment(FileSystemLoader(own), ENGLISH)


class _Own(BaseLoader):
    """A site's templates where it has them, else ours; `ours/NAME` is always ours, to be extended."""

    def __init__(self, folder: Path, names: set[str], ours: BaseLoader) -> None:
        self._folder = FileSystemLoader(folder)
        self._names = frozenset(names)
        self._ours = ours

    def get_source(self, environment: Environment, template: str) -> Source:
        is_own = template in self._names
        loader = self._folder if is_own else self._ours
        return loader.get_source(environment, template if is_own else template.removeprefix("ours/"))


def _environment(loader: BaseLoader, words: Words, *, is_ours: bool = False) -> Environment:
    """is_ours: whether all templates are; others are run in a sandbox, which takes as long again."""
    environment = (Environment if is_ours else SandboxedEnvironment)(
        loader=loader,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words.texts, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        day=_day, minute=_minute, moment=rfc3339, rhythm=lambda gap: in_words(gap, words.texts.ngettext), wire=wire
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(formats=[(format_, _FORMAT_NAMES[format_], MEDIA_TYPES[format_]) for format_ in FORMATS])
    return environment


def _minute(moment: datetime, zone: tzinfo) -> str:
    return f"{in_zone(moment, zone):%Y-%m-%d %H:%M}"


def _day(moment: datetime, zone: tzinfo) -> str:
    return in_zone(moment, zone).date().isoformat()
