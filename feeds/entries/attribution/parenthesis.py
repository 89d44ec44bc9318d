"""Rules for a parenthesis that ends the lead or the last paragraph: （财联社）. Silence is better than invention."""

import re
from collections.abc import Iterator
from functools import lru_cache

from feeds.entries.attribution import words
from feeds.entries.attribution.clues import Clue, Evidence
from feeds.entries.lines import Line, Lines

# Full width only: half-width ones hold share codes, (03301.HK).
_LAST = re.compile(r"(?P<stop>[。！？!?…”」』.]\s*)?（\s*(?P<name>[^（）()]{2,40}?)\s*）\s*[。.]?\Z")
_CLOSING = 4  # characters in which such a line ends
_NAME = re.compile(r"[^\W\d_]{2,16}|[A-Z][A-Za-z&' .-]{1,15}")
# Endings that publications have and hardly anything else.
_OUTLET = re.compile(
    r"(?:日报|周报|新闻|财经|周刊|杂志|电视台|广播|频道|卫视|客户端|[^公通预简回汇年月季申举播情电填]报|[^上联互入触官因全内电]网|[^会旅公]社"
    r"|News|Times|Post|Daily|Herald|Journal)\Z"
)
_NO_NAMES = (
    "明年 今年 去年 前年 后年 本月 上月 下月 今日 昨日 明日 本周 上周 下周 下同 上同 记者 "
    "编辑 作者 完 图 转载 略 上 中 下 续 待续 未完待续 全文完 本文完 图文 组图 附图 附表 "
    "附股 视频 双语 摘要 节选 有删节 有删改 已更新 更新中 更新 快讯 简称 笑 掌声 原文 译文 "
    "暂定 网络图 资料图 效果图 示意图 来源网络 图片新闻 视频新闻 相关新闻 新闻 财经 报道 本报 "
    "本网 本社 本刊 日报 周报 月报 年报 季报 财报 公报 通报 简报 预报"
)
_COMMON = frozenset(_NO_NAMES.split())
# Characters of phrases and of hardly any name of a publication; then the endings of places, posts and people.
_PHRASE = re.compile(
    r"[的了是在为等见据详附共约至该其已将及与和或者仅含即不无未可从被让这那哪谁我你他她它]|下转|上接|编辑|记者|实习|来源|摄影|供图"
    r"|公司|如图|如下|如上|同上|以下|以上|(?:摄|绘|译|撰|图|整理|供稿|提供)\Z"
)
_PLACE = re.compile(
    r"(?:省|市|区|县|镇|乡|村|路|街|州|国|公司|集团|银行|部|局|厅|院|会|所|校|大学|官网|人|员|长|师|家|者|士|版|期|号|年|月|日|股|元)\Z"
)


_SHORTEST_GUESS = 4  # characters: shorter ones are people's names


def known_parenthesis(evidence: Evidence) -> Iterator[Clue]:
    """A parenthesis whose name the register knows."""
    for name, _ in _ends(evidence.lines):
        if evidence.sources.known(name):
            yield _clue(name, is_known=True)


def outlet_parenthesis(evidence: Evidence) -> Iterator[Clue]:
    """One that is called as only publications are, behind a whole sentence."""
    for name, is_behind_sentence in _ends(evidence.lines):
        if evidence.sources.known(name):
            continue
        is_outlet = is_behind_sentence and looks_like_name(name) and _OUTLET.search(name) is not None
        yield _clue(name if is_outlet else "", said=name)


def other_parenthesis(evidence: Evidence) -> Iterator[Clue]:
    """One that at least may be a name. It stands behind all other rules, since it is the least sure."""
    for name, is_behind_sentence in _ends(evidence.lines):
        if is_behind_sentence and len(name) >= _SHORTEST_GUESS and looks_like_name(name):
            yield _clue(name)


def looks_like_name(text: str) -> bool:
    if _NAME.fullmatch(text) is None or text in _COMMON or _PHRASE.search(text):
        return False
    return _OUTLET.search(text) is not None or _PLACE.search(text) is None


@lru_cache(maxsize=1)  # three rules ask for those of one post
def _ends(lines: Lines) -> list[tuple[str, bool]]:
    """Return the parentheses that end the lead and the last paragraph; lines of credits are no paragraphs."""
    last = next((line for line in lines.tail if _is_paragraph(line)), None)
    lead = next((line for line in lines.head if line.is_lead), None)
    ends = []
    for line in (lead,) if lead == last else (lead, last):
        may_be = line and line.is_last and "）" in line.text[-_CLOSING:]
        match = _LAST.search(line.text) if line and may_be else None
        if line and match and not words.is_credit(f"（{match['name']}"):
            ends.append((match["name"], match["stop"] is not None))
    return ends


def _is_paragraph(line: Line) -> bool:
    return not (words.is_credit(line.text) or words.labelled(line.text) or words.is_address(line.text))


def _clue(name: str, *, said: str = "", is_known: bool = False) -> Clue:
    return Clue(
        rule="parenthesis",
        confidence="derived" if is_known else "guessed",
        name=name,
        said=f"（{said or name}）",
        where="body",
        is_named_in_body=True,
    )
