"""What names may be found by: as they are, in any case and width, and in pinyin. The wall around pypinyin."""

import re
import unicodedata
from functools import lru_cache

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def folded(text: str) -> str:
    """Let case, width and white space make no difference: ＴＩＤＥ is tide."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=65_536)  # names hardly change, and a site's are asked for again with each change of its list
def spellings(name: str) -> str:
    """Return a line for each spelling of a name: itself, its pinyin, the initials of that."""
    plain = folded(name)
    if _HAN.search(plain) is None:
        return plain
    whole, initials = _pinyin(plain)
    return f"{plain}\n{whole}\n{initials}"


def collation(name: str) -> str:
    """Return what names are sorted by: their pinyin, where they have one, among Latin letters."""
    plain = folded(name)
    return plain if _HAN.search(plain) is None else spellings(name).split("\n")[1]


def _pinyin(text: str) -> tuple[str, str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  57 MB of dictionaries, for sites with Chinese names alone

    syllables = lazy_pinyin(text)  # what is no Chinese stays in one piece
    return "".join(syllables), "".join(one if one in text else one[:1] for one in syllables)
