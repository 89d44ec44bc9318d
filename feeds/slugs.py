"""A feed's name in its address: readable in every script, and never shared by two terms.

The mapping is a pure function of the term, and one-to-one, so no table is needed and nothing depends on who came first:
a space becomes `_` (as in Wikipedia's addresses), and a character that an address or a file name cannot carry, `_`
included, becomes `~` with its UTF-8 bytes in hexadecimal. Letters keep their script and their case.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_SPACE = re.compile(r"\s+")
_SPELLED = re.compile("(?:~[0-9A-F]{2})+")
_PLAIN = frozenset("-.()+,@!'&=$;")  # legal in a path segment (RFC 3986 §3.3) and in every file system's names
_MAX_BYTES = 200  # a file name holds 255, and `.atom.gz` or a temporary suffix must still fit


@lru_cache(maxsize=65_536)  # few names, asked for with every post
def normal_term(name: str) -> str:
    """Give a term its one spelling: NFC, white space collapsed and trimmed."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", name)).strip()


def slug_for(term: str, fixed: Mapping[str, str] | None = None) -> str:
    """Return the slug of a normal term; distinct terms have distinct slugs.

    fixed: term → slug as the settings fix them, for terms of the same kind. A term whose own slug somebody else was
    given by the settings gets a hash behind it.
    """
    fixed = fixed or {}
    if term in fixed:
        return fixed[term]
    slug = _natural_slug(term)
    return f"{slug}~~{_hash(term)}" if slug in fixed.values() else slug


def path_slug_for(term: str, fixed: Mapping[str, str] | None = None) -> str:
    """Return the slug of a term whose first slash stays one in the address: `log/local news` → `log/local_news`."""
    if fixed and term in fixed:
        return fixed[term]
    name, slash, rest = term.partition("/")
    return slug_for(name, fixed) if not slash else f"{_natural_slug(name)}/{_natural_slug(rest)}"


def _natural_slug(term: str) -> str:
    slug = "".join(map(spell, term))
    if slug.startswith("."):  # `.`, `..` and hidden files
        slug = "~2E" + slug[1:]
    if len(slug.encode()) > _MAX_BYTES:
        head = slug.encode()[: _MAX_BYTES - 18].decode("utf-8", "ignore")
        slug = f"{head}~~{_hash(term)}"  # `~~` stands in no spelled character, so nobody else's slug ends so
    return slug


def spell(character: str) -> str:
    """Write one character as a slug does; `read_spelled` takes it back."""
    if character == " ":
        return "_"
    if character in _PLAIN or (character.isascii() and character.isalnum()):
        return character
    if not character.isascii() and unicodedata.category(character)[0] not in "CZ":
        return character
    return "".join(f"~{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def read_spelled(text: str) -> str | None:
    """Return the text that was spelled character by character; None where it is no spelling of any."""
    try:
        return _SPELLED.sub(_characters, text.replace("_", " "))
    except UnicodeDecodeError:
        return None


def _characters(spelled: re.Match[str]) -> str:
    return bytes.fromhex(spelled[0].replace("~", "")).decode("utf-8", "surrogatepass")


def _hash(term: str) -> str:
    return hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
