"""Whether two names are spellings of one, by their letters alone, and how much rarer one must be to believe it.

Different papers have names as near as twins: 证券日报 and 证券时报 are one character apart. So an edit counts only
where slips happen, and never where names tell papers apart: by day or hour, by place, by number.
"""

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from feeds.sources import fold, fold_suffix

_ALWAYS = 0  # whatever the numbers
_SLIP = 3  # a slip that is known to happen: the rarer name has at most a third of the other's entries
_MISPRINT = 4
_UNKNOWN_SLIP = 10  # any other letter: only where the rarer name is very rare

# Days and hours, places, and the last character of what publications call themselves.
_TELLING = frozenset(
    "日月年周旬季晚早晨午夜时星导商快参考观察青农工学法"
    "东南西北中上下左右内外大小新老京津沪渝冀豫鲁晋陕甘宁青藏川云贵黔湘鄂赣皖苏浙闽粤桂琼辽吉黑蒙疆港澳台"
    "江河湖海山广州国省市县区报刊网社台版讯部一二三四五六七八九十百甲乙丙丁"
)
_COUNTED = ("频道", "台", "号", "版", "区", "街", "路", "楼", "th", "st", "nd", "rd")  # 12频道 and 13频道 are two
# Each group looks alike or sounds alike to whoever types; the older and the newer form of a character are one group.
# fmt: off
_CONFUSABLE = (
    "券劵卷", "氪克", "未末", "己已巳", "曰日", "戊戌戍", "土士", "人入", "报抱報", "财材财財", "经径經", "界届介",
    "界纪", "纪紀记", "察查", "问间闻聞問間", "联连聯連", "证正證", "即既", "象像", "账帐", "渡度", "蓝篮", "汽气",
    "坐座", "辩辨", "原源", "侯候", "拔拨", "亨享", "晴睛情", "籍藉", "徒陡", "折拆", "栗粟", "孤狐", "冶治", "准淮",
    "壁璧", "济濟", "时時", "电電", "视視", "华華", "讯訊", "网網", "国國", "环環", "观觀", "业業", "际際", "体體",
)
# fmt: on
_PARTNERS = [frozenset(group) for group in _CONFUSABLE]
_LONGEST = 60  # characters; what is longer is a sentence and no name
_NEAR = 0.6  # of SequenceMatcher, for names whose entries share originals


class Likeness(NamedTuple):
    why: str  # for people
    rarity: int  # how many times more entries the commoner name must have


class _Edit(NamedTuple):
    at: int  # where the two begin to differ
    removed: str
    added: str


def likeness(one: str, other: str) -> Likeness | None:
    """Say why two names may be one; None where nothing in them says so."""
    folded, against = fold(one), fold(other)
    if folded == against:
        return Likeness("differs in case, width, dots or spaces alone", _ALWAYS) if folded else None
    if _is_suffixed(folded, against):
        return Likeness("differs in its ending alone", _ALWAYS)
    edit = _single_edit(folded, against)
    if edit is None or _is_numbering(one, other):
        return None
    return _judge(edit, folded, against)


def is_near(one: str, other: str) -> bool:
    """Say whether two names are near enough to be one where their entries share originals, too."""
    folded, against = sorted((fold(one), fold(other)), key=len)
    pieces = list(_differences(folded, against))
    if len(folded) < 3 or all(_tells(piece) for piece in pieces):
        return False
    return folded in against or SequenceMatcher(None, folded, against).ratio() >= _NEAR


def names_in_common(name: str) -> tuple[str, str]:
    """Return what names that are equal, or equal but for an ending, have in common."""
    return fold(name), fold_suffix(name)


def nearby(name: str) -> Iterator[str]:
    """Yield keys of which two names that are one edit apart have one in common (the deletion neighbourhood)."""
    folded = fold(name)
    if len(folded) <= _LONGEST:
        yield folded
        yield from (folded[:at] + folded[at + 1 :] for at in range(len(folded)))


def _is_suffixed(one: str, other: str) -> bool:
    """证券时报 and 证券时报网 are; 新华社 and 新华网 are two, and of 人民 and 人民网 one is a mere word."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 3 and fold_suffix(longer) == shorter


def _single_edit(one: str, other: str) -> _Edit | None:
    """Find the one substitution, insertion, deletion or transposition between two names (Damerau)."""
    if abs(len(one) - len(other)) > 1:
        return None
    start, end = 0, 0
    shortest = min(len(one), len(other))
    while start < shortest and one[start] == other[start]:
        start += 1
    while end < shortest - start and one[-1 - end] == other[-1 - end]:
        end += 1
    removed, added = one[start : len(one) - end], other[start : len(other) - end]
    is_single = max(len(removed), len(added)) == 1 or (len(removed) == 2 and removed == added[::-1])
    return _Edit(start, removed, added) if is_single else None


def _judge(edit: _Edit, one: str, other: str) -> Likeness | None:
    if any(character.isdigit() for character in edit.removed + edit.added):
        return _judge_digit(edit, one, other)
    if _is_confusable(edit):
        return Likeness(f"{edit.removed} for {edit.added}", _SLIP) if len(one) >= _shortest(one) else None
    shorter = min(one, other, key=len)
    if _is_doubled(edit, one, other) and len(shorter) >= _shortest(shorter):
        return Likeness("a character is doubled", _MISPRINT)
    if _tells(edit.removed) and _tells(edit.added):
        return None
    if len(edit.removed) == 2 and len(shorter) > _shortest(shorter):
        return Likeness("two characters are swapped", _MISPRINT)
    # The beginning of a name tells more than its end: 国信证券研究所 and 国海证券研究所 are two.
    is_late = len(shorter) >= 7 and edit.at >= 3
    return Likeness("one character differs", _UNKNOWN_SLIP) if is_late else None


def _judge_digit(edit: _Edit, one: str, other: str) -> Likeness | None:
    """Digits that begin a longer name belong to it (36氪, 21世纪); elsewhere, or alone (6号, 8号), they count."""
    runs = [len(name) - len(name.lstrip("0123456789")) for name in (one, other)]
    is_leading = runs[0] == runs[1] > edit.at and runs[0] >= 2 and runs[0] < len(one)
    is_substituted = len(edit.removed) == len(edit.added) == 1
    is_numbering = one[runs[0] :].startswith(_COUNTED)
    return Likeness("one digit differs", _SLIP) if is_leading and is_substituted and not is_numbering else None


def _is_confusable(edit: _Edit) -> bool:
    return len(edit.removed) == len(edit.added) == 1 and any(
        {*edit.removed, *edit.added} <= group for group in _PARTNERS
    )


def _is_doubled(edit: _Edit, one: str, other: str) -> bool:
    """Only where the two differ in length: the extra character repeats the one before it."""
    longer = max(one, other, key=len)
    extra = edit.removed or edit.added
    return len(one) != len(other) and edit.at > 0 and longer[edit.at - 1] == extra


def _is_numbering(one: str, other: str) -> bool:
    """Edition A and Edition B: a word of its own that is a letter or two counts, it is no slip."""
    words = [unicodedata.normalize("NFKC", name).casefold().split() for name in (one, other)]
    if len(words[0]) != len(words[1]) or len(words[0]) < 2:
        return False
    differing = [pair for pair in zip(*words, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and max(map(len, differing[0])) <= 2


def _shortest(name: str) -> int:
    """Return how long a name must be for a slip in it to be told from another name; letters say less than Han."""
    return 7 if name.isascii() else 3


def _tells(piece: str) -> bool:
    return all(character in _TELLING or character.isdigit() for character in piece)


def _differences(one: str, other: str) -> Iterator[str]:
    for what, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        if what != "equal":
            yield one[a:b] + other[c:d]
