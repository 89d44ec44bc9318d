"""Templates, stylesheet and words of the pages: ours, and in their place what the site's own folder holds.

What is broken there costs only itself: ours is used instead, and `faults` says what to mend.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from feeds.fingerprint import digest_bytes, digest_texts
from feeds.render.html.frame import Frame
from feeds.render.html.words import ENGLISH, CatalogueError, Words, choose, our_texts, read_words, texts_in

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES_CSS = "pages.css"
PAGES_JS = "pages.js"
_LOG = logging.getLogger("feeds.pages")


class Templates:
    """All templates of one site. Any number of threads may render at once."""

    def __init__(self, own: Path | None = None) -> None:
        """own: folder of what the site puts in place of ours. It is read here, and not again."""
        self._own = own
        self.faults: list[str] = []  # a line each, with file, line and remedy
        self._words: dict[str, Callable[[], Words]] = {"en": partial(_as_read, ENGLISH)}  # read when they are wanted
        self._words |= {name.lower(): cache(partial(read_words, name, text)) for name, text in our_texts()}
        self._is_own: set[str] = set()
        self._texts: list[str] = []
        self.css = files("feeds.render").joinpath("templates", PAGES_CSS).read_bytes()
        self.script = files("feeds.render").joinpath("templates", PAGES_JS).read_bytes()
        if own is not None:
            self._take(own)
        self._environments: dict[tuple[str, bool], Environment] = {}  # replaced, so that threads may go on
        self.name = digest_bytes(self.css + self.script)[
            :8
        ]  # of the looks; browsers may keep a stylesheet under its name
        self.revision = digest_texts(self.name, *self._texts)  # of all that goes into pages

    @property
    def has_own(self) -> bool:
        return bool(self._is_own)

    # --- what the site has of its own

    def _take(self, own: Path) -> None:
        if not own.is_dir():
            self._blame(f"{own} is not a folder", "make it, or take `templates` under [pages] away")
            return
        try:
            self._take_words(own)
            self._take_templates(own)
            if (own / PAGES_CSS).is_file():
                self.css = (own / PAGES_CSS).read_bytes()
        except OSError as err:
            self._blame(f"{err.filename}: {err.strerror}", "let it be read")

    def _take_words(self, own: Path) -> None:
        for name, text in texts_in(own):
            try:
                self._texts.append(text.decode("utf-8", "replace"))
                words = self._laid_over(name, read_words(name, text))
                self._words[name.lower().replace("_", "-")] = partial(_as_read, words)
            except CatalogueError as err:
                self._blame(f"{own / name}.po {err}", "mend it")

    def _laid_over(self, name: str, words: Words) -> Words:
        """Let what a site's catalogue leaves out be said by ours."""
        if ours := choose(name, self._words):
            words.texts.add_fallback(ours().texts)
        return words

    def _take_templates(self, own: Path) -> None:
        from jinja2 import TemplateSyntaxError  # noqa: PLC0415  as for pages that are made

        from feeds.render.html.environments import trial_of  # noqa: PLC0415

        trying = trial_of(own)
        for path in sorted(own.rglob("*.html")):
            name = path.relative_to(own).as_posix()
            try:
                self._texts.append(text := path.read_text("utf-8"))
                trying.compile(text, name, str(path))
            except TemplateSyntaxError as err:
                self._blame(f"{path} line {err.lineno}: {err.message}", "mend it")
            except UnicodeDecodeError:
                self._blame(f"{path} is not UTF-8", "write it in UTF-8")
            else:
                self._is_own.add(name)

    def _blame(self, what: str, remedy: str) -> None:
        self.faults.append(f"{what}; {remedy}. Until then ours is used")

    # --- rendering

    def words(self, wanted: str) -> Words:
        """Return the words that suit a language tag, English where none do."""
        found = choose(wanted, self._words)
        return found() if found else ENGLISH

    def speaks(self, wanted: str) -> bool:
        return choose(wanted, self._words) is not None

    def render(self, name: str, site: Frame, *, language: str | None = None, **values: object) -> bytes:
        """Write a page. language: in which we speak, as a tag; the site's own where it is None."""
        words = self.words(language or site.language)
        values |= {"site": site, "lang": words.tag, "looks": self.name, "own": _own_language(site, words)}
        while self._is_own:
            try:
                return self._rendered(name, words, values, has_own=True)
            except Exception as err:  # noqa: BLE001  a template of theirs may raise whatever it likes
                self._forsake(name, err)
        return self._rendered(name, words, values, has_own=False)

    def _rendered(self, name: str, words: Words, values: Mapping[str, object], *, has_own: bool) -> bytes:
        key, environments = (words.tag, has_own), self._environments
        if key not in environments:
            from feeds.render.html.environments import environment_of  # noqa: PLC0415  most builds make no page

            own = (self._own, self._is_own) if has_own and self._own else None
            environments[key] = environment_of(words, own)
        return environments[key].get_template(name).render(values).encode()

    def _forsake(self, page: str, err: Exception) -> None:
        """Say once what is wrong with a site's template, and use it no more; none of them, if it cannot be named."""
        frames = traceback.extract_tb(err.__traceback__)
        place = next((f for f in reversed(frames) if self._own and f.filename.startswith(str(self._own))), None)
        name = Path(place.filename).relative_to(self._own or "").as_posix() if place else ""
        if name and name not in self._is_own:  # another thread was here before
            return
        self._is_own = self._is_own - {name} if name else set()
        self._environments = {}
        self.revision = digest_texts(self.name, *self._texts, *sorted(self._is_own)) if self._is_own else self.name
        where = f"{place.filename} line {place.lineno}" if place else page
        self._blame(f"{where}: {err}", "mend it and start again")
        _LOG.error("pages.template-broken: %s", self.faults[-1])


def _as_read(words: Words) -> Words:
    return words


def _own_language(site: Frame, words: Words) -> str:
    return "" if site.language == words.tag else Markup(' lang="{}"').format(site.language)
