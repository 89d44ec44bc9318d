"""The publications of the attribution corpus. All of them are invented; half of them are unknown to the register."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    name: str  # canonical
    slug: str  # its category on a site with one category for each source
    weight: float = 1.0  # how often posts come from it
    is_known: bool = False  # whether feeds.toml has a [[source]] for it
    is_aggregator: bool = False
    aliases: tuple[str, ...] = ()  # that feeds.toml lists
    variants: tuple[str, ...] = ()  # that posts write and only folding brings together: case, width, dots, 网
    has_category: bool = False  # whether feeds.toml maps its category to it
    has_host: bool = False  # whether feeds.toml maps its host to it

    @property
    def host(self) -> str:
        return f"{self.slug}.example"

    @property
    def is_latin(self) -> bool:
        return self.name.isascii()

    @property
    def is_plain(self) -> bool:
        """Whether the name is Han characters alone."""
        return not any(character.isascii() or character in "（）" for character in self.name)


class Twin(NamedTuple):
    """Two spellings of one publication, of which the register knows neither."""

    name: str
    twin: str
    kind: Literal["typo", "case", "suffix"]


_KNOWN = (
    Outlet(
        name="岚海证券报",
        slug="lanhaizhengquanbao",
        weight=3,
        aliases=("岚海证券报·岚证网", "岚证在线"),
        variants=("岚海证券报网", "岚海 证券报"),
        has_category=True,
        has_host=True,
    ),
    Outlet(name="北渡日报", slug="beiduribao", weight=3, variants=("北渡日报客户端",), has_category=True),
    Outlet(name="澄江财讯", slug="chengjiangcaixun", weight=2, aliases=("澄讯社",), has_host=True),
    Outlet(name="云岭晚报", slug="yunlingwanbao", weight=1, has_category=True, has_host=True),
    Outlet(name="鹭洲商报", slug="luzhoushangbao", weight=1, variants=("鹭洲·商报",), has_category=True),
    Outlet(name="青禾新闻", slug="qinghexinwen", weight=2, variants=("青禾新闻客户端",), has_host=True),
    Outlet(name="南屏通讯社", slug="nanpingtongxunshe", weight=2, aliases=("屏社",), has_category=True),
    Outlet(name="雁塘财经", slug="yantangcaijing", weight=1, has_category=True, has_host=True),
    Outlet(name="溪桥周刊", slug="xiqiaozhoukan", weight=0.5),
    Outlet(name="岭前时事", slug="lingqianshishi", weight=0.5, has_host=True),
    Outlet(name="TideWire", slug="tidewire", weight=1, variants=("Tidewire", "TIDEWIRE"), has_category=True),
    Outlet(name="Harbour Ledger", slug="harbourledger", weight=2, aliases=("The Harbour Ledger",), has_host=True),
    Outlet(name="Saltmarsh Gazette", slug="saltmarshgazette", weight=1, variants=("Saltmarsh gazette",)),
)
_UNKNOWN = (
    # The first spelling of each pair of twins.
    Outlet(name="48氪", slug="48ke", weight=4),
    Outlet(name="13世纪商业报道", slug="13shijishangyebaodao", weight=4),
    Outlet(name="鹤汀经济观察报", slug="hetingjingjiguanchabao", weight=4),
    Outlet(name="柳湾证券", slug="liuwanzhengquan", weight=4),
    Outlet(name="Northgate Review", slug="northgatereview", weight=4),
    Outlet(name="QuayTech", slug="quaytech", weight=3),
    Outlet(name="枫浦时报", slug="fengpushibao", weight=3),
    # Look-alikes that are not the same.
    Outlet(name="岚江证券报", slug="lanjiangzhengquanbao", weight=3),
    Outlet(name="北渡晚报", slug="beiduwanbao", weight=3),
    Outlet(name="枫湖时报", slug="fenghushibao", weight=3),
    Outlet(name="6号俱乐部", slug="6haojulebu", weight=2),
    Outlet(name="8号俱乐部", slug="8haojulebu", weight=2),
    # The long tail.
    Outlet(name="石榴头条", slug="shiliutoutiao", weight=0.5),
    Outlet(name="白鹿新闻客户端", slug="bailuxinwenkehuduan", weight=0.5),
    Outlet(name="潮间带", slug="chaojiandai", weight=0.3),
    Outlet(name="渔港融媒", slug="yugangrongmei", weight=0.5),
    Outlet(name="云岭早报", slug="yunlingzaobao", weight=0.3),
    Outlet(name="安澜国际证券（香港）", slug="anlanguojizhengquan(xianggang)", weight=0.3),
    Outlet(name="Dockside Journal", slug="docksidejournal", weight=1),
    Outlet(name="Fathom & Line", slug="fathomline", weight=0.3),
)

WIRE = Outlet(name="汇闻滚动", slug="hwnews", is_known=True, is_aggregator=True, has_category=True)
GATE = Outlet(name="Newsgate", slug="newsgate", is_known=True, is_aggregator=True, has_host=True)
UNKNOWN_AGGREGATORS = ("早班车", "Dockside Digest")

TWINS = (
    Twin("48氪", "47氪", "typo"),
    Twin("13世纪商业报道", "13世界商业报道", "typo"),
    Twin("鹤汀经济观察报", "鹤汀经济观查报", "typo"),
    Twin("柳湾证券", "柳湾证劵", "typo"),
    Twin("Northgate Review", "Northgate Revew", "typo"),
    Twin("QuayTech", "Quaytech", "case"),
    Twin("枫浦时报", "枫浦时报网", "suffix"),
)
TWIN_SHARES = {"typo": 0.01, "case": 0.2, "suffix": 0.3}  # of the posts from the publication
DISTINCT = (
    ("岚海证券报", "岚江证券报"),
    ("北渡日报", "北渡晚报"),
    ("枫浦时报", "枫湖时报"),
    ("6号俱乐部", "8号俱乐部"),
    ("云岭晚报", "云岭早报"),  # although one of them is rare
)


OUTLETS = (*(replace(one, is_known=True) for one in _KNOWN), *_UNKNOWN)


def register() -> str:
    """Return the feeds.toml of the corpus."""
    return _SITE + "".join(
        "\n" + "".join(f"{line}\n" for line in _table(one)) for one in (*OUTLETS, WIRE, GATE) if one.is_known
    )


_SITE = """\
[site]
title = "汇编"
url = "https://news.corpus.example"
authority = "corpus.example,2026"
timezone = "Asia/Shanghai"
language = "zh-CN"
author = "值班编辑"

[content]
roots = ["_posts"]
settle = 0
"""


def _table(outlet: Outlet) -> Iterator[str]:
    yield "[[source]]"
    yield f"name = {_toml(outlet.name)}"
    yield f"url = {_toml(f'https://www.{outlet.host}/')}"
    if outlet.aliases:
        yield f"aliases = {_toml(outlet.aliases)}"
    if outlet.is_aggregator:
        yield 'role = "aggregator"'
    if outlet.has_category:
        yield f"categories = {_toml([outlet.slug])}"
    if outlet.has_host:
        yield f"hosts = {_toml([outlet.host])}"


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # strings and lists of strings look alike in JSON and TOML


def twins() -> str:
    """Return what `feeds sources --suggest` should find and should leave alone, as JSON."""
    planted = [{"names": [one.name, one.twin], "kind": one.kind} for one in TWINS]
    return json.dumps({"twins": planted, "distinct": DISTINCT}, ensure_ascii=False, indent=1) + "\n"
