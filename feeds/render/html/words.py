"""What pages say, in the languages there are: gettext catalogues (`zh.po`), read as they are written.

The wall around Babel, which reads them; the standard library's gettext looks the words up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Texts = Iterable[tuple[str, bytes]]  # file name and content of catalogues


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of pages in one language."""

    tag: str  # BCP 47
    texts: NullTranslations


ENGLISH = Words(tag="en", texts=NullTranslations())  # that is what the templates are written in


class CatalogueError(ValueError):
    """A catalogue cannot be read. Its text says on which line, and why."""


def read_words(name: str, text: bytes) -> Words:
    """Read a catalogue. name: of its file, without the ending. Raises CatalogueError."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415  only where such words are wanted
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        catalogue = read_po(BytesIO(text), abort_invalid=True)
        binary = BytesIO()
        write_mo(binary, catalogue)
    except PoFileError as err:
        raise CatalogueError(f"line {err.lineno + 1}: {err.args[0]}") from err
    except ValueError as err:  # a header that is none, an encoding that it is not in
        raise CatalogueError(f"line 1: {err}") from err
    binary.seek(0)
    return Words(tag=(catalogue.locale_identifier or name).replace("_", "-"), texts=GNUTranslations(binary))


def our_texts() -> Texts:
    """Yield the catalogues that come with us, by language: `zh`."""
    folder = files("feeds.render").joinpath("translations")
    return [(one.name.removesuffix(".po"), one.read_bytes()) for one in folder.iterdir() if one.name.endswith(".po")]


def texts_in(folder: Path) -> Texts:
    return [(one.stem, one.read_bytes()) for one in sorted(folder.glob("*.po"))]


def choose(wanted: str, known: Mapping[str, T]) -> T | None:
    """Return the words that suit a language tag best, by lookup (RFC 4647 §3.4); None where there are none."""
    parts = wanted.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        if found := known.get("-".join(parts[:length])):
            return found
    return None
