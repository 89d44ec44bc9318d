"""The words with which a line names a source, in the languages of the newswires, and the names cleaned of the rest."""

import re
from functools import lru_cache

from feeds.text import one_line

LONGEST = 40  # characters of a name
_REACH = 300  # characters behind a label in which the name ends
_ASKED = 256  # answers that are remembered: several rules ask the same of the lines of one post

# Labels that speak of the whole text. 图片来源, 数据来源, 消息来源 and 责任编辑 speak of something else.
_LABEL = (
    r"(?:文章|稿件|本文|新闻|信息|原文)?来源|稿源|(?:本文)?转(?:载)?自|(?:文章|稿件|本文|新聞)?來源"
    r"|出典|引用元|記事元|출처|source|quelle|fuente|fonte|bron|via"
)
_COLONS = "：:丨"
_COLON = rf"\s*[{_COLONS}]\s*"
_LABELLED = re.compile(rf"(?P<label>{_LABEL}){_COLON}(?P<name>.+)", re.IGNORECASE)
# `（文章来源：X）` says what it is wherever it ends a text; a bare `来源` only behind a whole sentence.
_BRACKETED = re.compile(
    rf"(?P<stop>^|[。！？!?….”」』）)\]】]\s*)?(?P<all>[（(【\[]\s*(?P<label>{_LABEL}){_COLON}"
    r"(?P<name>(?:[^（()）【】\[\]]|[（(][^（()）]*[）)])+?)\s*[）)】\]])",
    re.IGNORECASE,
)
_CERTAIN = frozenset({"文章来源", "稿件来源", "本文来源", "文章來源", "稿件來源", "本文來源"})
_PUBLISHED = re.compile(
    r"(?:(?:this|the)\s+(?:article|post|story|piece|essay|text)\s+)?(?:was\s+|is\s+|has\s+been\s+)?"
    r"(?:(?:originally|first)\s+(?:published|posted|appeared|printed|ran)\s+(?:at|on|in|by)"
    r"|(?:re(?:published|printed|posted)|syndicated)\s+from)(?:\s*:)?\s+(?P<name>.+)",
    re.IGNORECASE,
)
_VIA = re.compile(r"[（(\[]?via\s+(?P<name>[^()（）\[\]]+?)[)）\]]?", re.IGNORECASE)
_VIA_AT_END = re.compile(
    r"(?<=[.!?。！？…”\"])\s*(?P<all>[（(\[]via:?\s+(?P<name>[^()（）\[\]]+)[)）\]])[.。]?\Z", re.IGNORECASE
)

_DATE = r"\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
_OTHER = r"(?:作者|记者|文|编辑|责任编辑|责编|编审|校对|审核|发布时间|时间|日期|author|by|date|published)"
_BEFORE = re.compile(
    rf"(?:(?:{_DATE}|{_OTHER}\s*[：:/]\s*[^\s|｜：:]{{1,20}}(?:\s\d{{1,2}}:\d{{2}})?)[\s|｜·,，]+)+", re.IGNORECASE
)
# With one of these a line of CJK begins that does nothing but name a source, or with a digit; re takes the last four
# for other cases of i, s and k.
_FIRST = frozenset(character for character in f"{_LABEL}{_OTHER}ıİſK" if not character.isascii())
_PEOPLE = r"(?:责任编辑|责编|见习记者|本报记者|记者|编辑|编审|校对|审核|作者|原标题|发布时间|时间|日期)"
_BEHIND = re.compile(
    rf"(?:[\s|｜,，;；/（(\[【]*{_PEOPLE}\s*[：:/].*|[\s|｜（(]+{_DATE}.*|\s{_PEOPLE}.*|\s(?:文|图)/.*|\s*[|｜].*)\Z",
    re.DOTALL,
)
_ON_DAY = re.compile(
    r",?\s+on\s+(?:\w+day,?\s+)?(?:\w+\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\.?\s+\w+),?\s+\d{4}\W*\Z", re.IGNORECASE
)
_BRACKETS = {
    "（": "）",
    "(": ")",
    "【": "】",
    "[": "]",
    "“": "”",
    '"': '"',
    "「": "」",
    "『": "』",
    "《": "》",
    "‘": "’",
    "<": ">",
}
_FURTHER = re.compile(r"\s*(?:[（(【\[][^（()）【】\[\]]{0,40}[）)】\]]\s*)*[.。]?\s*")  # brackets, and a full stop
_ADDRESS = re.compile(r"<?(?:https?://|www\.)\S+?>?")
_EDGES = " \t\u3000.。,，;；:：、!！?？…·-—–|｜*"
_SENTENCE = re.compile(r"[。；！？!?\n]|[.;]\s|，|：")
_NO_NAMES = (
    "网络,互联网,综合,未知,不详,本站,原创,本站原创,网络综合,综合整理,综合报道,网络整理,作者,自己,受访者供图,"
    "unknown,none,n/a,internet,the internet,web,the web,author,the author,own,own research,own calculations,own work,"
    "company data,company filings,company reports,various,eigene darstellung,eigene berechnungen,unbekannt,email,"
    "e-mail,mail,phone,telephone,app,link"
)
_NOBODY = frozenset(_NO_NAMES.split(","))
_MARKS = re.compile(
    rf"[（(【\[]?\s*(?:{_LABEL}|(?:图片|数据|资料|图表|素材|视频|照片)来源|图源|图片|摄影|供图|photo|image|picture|data"
    r"|责任编辑|责编|编辑|原标题|作者|记者)\s*[：:/]",
    re.IGNORECASE,
)


def labelled(text: str) -> tuple[str, str, bool] | None:
    """Return what a line that does nothing but name a source names: (name as written, what to cut, is `via`).

    text: trimmed.
    """
    if text[:1].isascii() or text[0] in _BRACKETS:
        return _labelled(text)  # else it has to begin with a word of ours, as few lines of CJK do
    may_begin = text[0] in _FIRST or text[0].isdecimal()
    return _labelled(text) if may_begin and any(colon in text for colon in _COLONS) else None


@lru_cache(maxsize=_ASKED)
def _labelled(text: str) -> tuple[str, str, bool] | None:
    line = text.strip()
    inner = line[1:-1].strip() if _is_one_bracket(line) else line
    before = _BEFORE.match(inner)
    rest = inner[before.end() :] if before else inner
    if match := _LABELLED.fullmatch(rest):
        return match["name"], text, match["label"].lower() == "via"
    if match := _PUBLISHED.fullmatch(inner):
        return match["name"], text, False
    if match := _VIA.fullmatch(line):
        return match["name"], text, True
    return None


def _is_one_bracket(line: str) -> bool:
    return len(line) > 2 and _BRACKETS.get(line[0]) == line[-1] and line[-1] not in line[1:-1]


def bracketed(text: str) -> tuple[str, str, bool] | None:
    """Return what a bracket at the end of a text names; the last one where there are several."""
    if "（" in text or "(" in text or "【" in text or "[" in text:  # most lines have none
        return _bracketed(text)
    return None


@lru_cache(maxsize=_ASKED)
def _bracketed(text: str) -> tuple[str, str, bool] | None:
    if match := _VIA_AT_END.search(text):
        return match["name"], match["all"], True
    found = None
    for match in _BRACKETED.finditer(text):
        is_end = _is_end(text[match.end() :])
        if match["label"] in _CERTAIN or (is_end and match["stop"] is not None):
            found = match["name"], match["all"], match["label"].lower() == "via"
    return found


def _is_end(rest: str) -> bool:
    """Say whether nothing follows but further brackets, such as （责任编辑：X）, and a full stop."""
    return not rest or _FURTHER.fullmatch(rest) is not None


def clean_name(written: str) -> str:
    """Take the name out of what stands behind a label; "" where that names nobody, or is a sentence."""
    return _cleaned(one_line(written)[:_REACH])


@lru_cache(maxsize=1024)  # few names, asked for with every post
def _cleaned(name: str) -> str:
    name = _ON_DAY.sub("", _BEHIND.sub("", name))
    while True:
        before = name
        name = name.strip(_EDGES)
        if len(name) > 1 and _BRACKETS.get(name[0]) == name[-1] and name[0] not in name[1:]:
            name = name[1:-1]
        if name == before:
            break
    is_name = 0 < len(name) <= LONGEST and not _SENTENCE.search(name) and any(map(str.isalpha, name))
    return name if is_name and name.casefold() not in _NOBODY else ""


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text.strip()) is not None


@lru_cache(maxsize=_ASKED)
def is_credit(text: str) -> bool:
    """Say whether a line speaks of who made or passed on the text: it is no paragraph of it."""
    return _MARKS.match(text) is not None
