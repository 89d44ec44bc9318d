"""Plain text fit for feeds: legal in XML, on one line, cut where a reader would cut it."""

import re
import unicodedata

# `Char` of XML 1.0 §2.2, in half the time that looking for another takes; and everything outside it.
_LEGAL = re.compile("[ -\ud7ff\t\n\r\ue000-\ufffd\U00010000-\U0010ffff]*")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Scripts written without spaces between words: Thai, Lao, Khmer, kana, Bopomofo, ideographs, full-width forms.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff00-\uffef\U00020000-\U0003ffff]"
)
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_JOINER = "\u200d"
_DANGLING = " \u3000,;:–—-([{<（［｛《〈「『【“‘，、；："


def legal_text(text: str) -> tuple[str, int]:
    """Drop what XML 1.0 cannot carry (invariant 5) and give every line one ending, LF; also count what was dropped."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # XML 1.0 §2.11 takes both for a line end
    if _LEGAL.fullmatch(text):
        return text, 0
    return _ILLEGAL.subn("", text)


def is_legal(text: str) -> bool:
    """Say whether `legal_text` would give this text back."""
    return "\r" not in text and _LEGAL.fullmatch(text) is not None


def one_line(text: str) -> str:
    """Collapse every run of white space, U+3000 included, to one space, and trim."""
    return " ".join(text.split())


def script_language(text: str) -> str | None:
    """Guess the language of a text whose script tells it: ja, ko or zh; None for all others."""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh" if len(_HAN.findall(text)) * 3 > len(text) else None


def shorten(text: str, limit: int) -> str:
    """Cut to at most `limit` characters, the closing `…` included: at a word, or anywhere between CJK characters.

    A character never loses its accents, its joined parts or its half of a flag. A word that is longer than half of the
    limit is cut.
    """
    if len(text) <= limit:
        return text
    if limit <= 0:
        return ""
    end = _whole_character(text, limit - 1)
    return text[: _whole_word(text, end)].rstrip(_DANGLING) + "…"


def _whole_word(text: str, end: int) -> int:
    if end == 0 or _is_break(text[end - 1]) or _is_break(text[end]):
        return end
    start = end
    while start > 0 and not _is_break(text[start - 1]):
        start -= 1
    return start if start > end // 2 else end


def _is_break(character: str) -> bool:
    return character.isspace() or _SPACELESS.match(character) is not None


def _whole_character(text: str, end: int) -> int:
    """Move `end` back until it stands between two user-perceived characters (UAX #29, the cases that occur)."""
    while 0 < end < len(text) and (_clings(text[end]) or text[end - 1] == _JOINER or _splits_flag(text, end)):
        end -= 1
    return end


def _clings(character: str) -> bool:
    """Say whether it belongs to the character before: accents, variation selectors, skin tones, joiners, tags."""
    is_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    is_tag = "\U000e0020" <= character <= "\U000e007f"
    return is_tone or is_tag or character == _JOINER or unicodedata.category(character)[0] == "M"


def _splits_flag(text: str, end: int) -> bool:
    run = 0
    while run < end and "\U0001f1e6" <= text[end - 1 - run] <= "\U0001f1ff":
        run += 1
    return run % 2 == 1 and "\U0001f1e6" <= text[end] <= "\U0001f1ff"
