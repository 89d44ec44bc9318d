"""Sources listed, posts without one, proposals of aliases, and what to mend: from entries alone."""

import random
import tomllib
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from feeds.model import Category, Entry, Fact, Source
from feeds.provenance import (
    as_toml,
    brief,
    missing_origins,
    notes,
    rules_counted,
    sources_seen,
    suggest,
    without_origin,
)
from feeds.provenance.likeness import likeness
from feeds.settings import Settings, SourceSettings
from feeds.sources import Sources

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOBODY = Sources(Settings())


def entry(path="_posts/a.md", source=None, *, said=None, rule="marked-line", day=0, line=None, **fields):
    facts = (Fact(role="origin", rule=rule, confidence="stated", said=said or source, line=line),) if source else ()
    moment = NOON + timedelta(days=day)
    return Entry(
        id=f"tag:example.com,2026:{path}",
        path=path,
        title="A title",
        link="https://example.com/a",
        published=moment,
        updated=moment,
        source=Source(name=source) if source else None,
        **{"facts": facts, **fields},
    )


def corpus(**counts):
    """So many entries of each name; `_` stands for a space."""
    return [entry(f"{name}{i}.md", name.replace("_", " ")) for name, count in counts.items() for i in range(count)]


def proposed(entries, sources=NOBODY):
    return {(one.name, alias.name) for one in suggest(entries, sources) for alias in one.aliases}


def register(*sources):
    return Sources(Settings(source=tuple(SourceSettings(**one) for one in sources)))


# --- the ledger


def test_sources_are_listed_with_entries_rules_newest_date_and_other_names():
    lines = sources_seen(
        [
            entry("a", "新京报", day=1),
            entry("b", "新京报", said="新京报新闻", rule="tag-suffix"),
            entry("c", "新京报", said="（新京报网）", rule="parenthesis", day=3),
            entry("d", "财联社", day=9),
        ],
        suffix="新闻",
    )
    assert [(line.name, line.count) for line in lines] == [("新京报", 3), ("财联社", 1)]
    assert lines[0].newest == NOON + timedelta(days=3)
    assert lines[0].rules == {"marked-line": 1, "parenthesis": 1, "tag-suffix": 1}
    assert lines[0].aliases == {"新京报网": 1}


@pytest.mark.parametrize("rule", ["category", "host", "pattern"])
def test_a_category_a_host_or_a_sentence_is_no_other_name(rule):
    (line,) = sources_seen([entry("a", "新京报", said="xinjingbao", rule=rule)], suffix="新闻")
    assert line.aliases == {}


def test_an_aggregator_is_listed_in_its_own_role():
    fact = Fact(role="aggregator", rule="category", confidence="derived", said="emnews")
    lines = sources_seen([entry("a", aggregator=Source(name="东方财富"), facts=(fact,))], suffix="")
    assert [(line.name, line.role, line.rules) for line in lines] == [("东方财富", "aggregator", {"category": 1})]


def test_a_post_without_origin_is_named_with_the_rule_that_came_nearest():
    near = Fact(role="origin", rule="parenthesis", confidence="guessed", said="（明年）", line=7)
    known, odd, bare = entry("a.md", "新京报"), entry("b.md", near=near), entry("c.md")
    found = [(post.path, post.line, post.nearest) for post in without_origin([known, odd, bare])]
    assert found == [("b.md", 7, near), ("c.md", 1, None)]


def test_rules_are_counted_most_first_and_posts_without_origin_last():
    entries = [entry("a"), entry("b"), entry("c", "x", rule="host"), entry("d", "x"), entry("e", "y")]
    assert list(rules_counted([*entries, entry("f")]).items()) == [("marked-line", 2), ("host", 1), ("none", 3)]


def test_an_entry_in_brief_keeps_all_but_its_texts():
    whole = entry("a", "x", content_html="<p>long</p>", summary="long")
    assert brief(whole) == entry("a", "x")


# --- proposals


@pytest.mark.parametrize(
    ("commoner", "rarer"),
    [
        ("36氪", "35氪"),
        ("21世纪经济报道", "21世界经济报道"),
        ("TechWeb", "Techweb"),
        ("证券时报", "证券时报网"),
        ("央视新闻", "央视新闻客户端"),
        ("证券时报", "证劵时报"),
        ("证券时报", "证时券报"),
        ("证券时报", "证券时时报"),
        ("The Coastal Gazette", "The Coastal Gazete"),
        ("新京报", "新 京 报"),
        ("经济观察报", "经济观查报"),
        ("中国经济信息社", "中国经济情息社"),
    ],
)
def test_a_rare_twin_is_proposed_as_an_alias_of_the_common_name(commoner, rarer):
    entries = [entry(f"{i}", commoner) for i in range(20)] + [entry("t", rarer)]
    assert proposed(entries) == {(commoner, rarer)}


DIFFERENT = [
    ("中国证券报", "上海证券报"),
    ("新华社", "新华网"),
    ("经济日报", "经济参考报"),
    ("北京日报", "北京晚报"),
    ("北京日报", "南京日报"),
    ("证券日报", "证券时报"),
    ("中国经济时报", "中国经济导报"),
    ("南方都市报", "南国都市报"),
    ("北京证监局网站", "南京证监局网站"),
    ("国信证券研究所", "国海证券研究所"),
    ("每日经济新闻", "每日商业新闻"),
    ("第一财经", "第一财经日报"),
    ("人民", "人民网"),
    ("12频道", "13频道"),
    ("6号俱乐部", "8号俱乐部"),
    ("CCTV10", "CCTV11"),
    ("Channel 24 News", "Channel 25 News"),
    ("The Gazette A", "The Gazette B"),
    ("BBC News", "NBC News"),
    ("The Sun", "The Son"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
@pytest.mark.parametrize("count", [1, 200])
def test_papers_whose_names_are_alike_stay_two_however_rare_one_is(one, other, count):
    entries = [entry(f"a{i}", one) for i in range(200)] + [entry(f"b{i}", other) for i in range(count)]
    assert proposed(entries) == set()


CHINESE = """
人民日报 光明日报 经济日报 解放日报 北京日报 天津日报 河北日报 山西日报 南方日报 广州日报 深圳特区报 深圳商报 深圳晚报 文汇报
中国青年报 北京青年报 中国妇女报 中国教育报 中国科学报 中国电力报 中国电子报 中国汽车报 中国气象报 中国环境报 中国能源报
中国水利报 中国交通报 中国民航报 中国质量报 中国食品报 中国医药报 中国税务报 中国商报 中国贸易报 中国企业报 中国工业报
中国证券报 上海证券报 证券时报 证券日报 证券市场周刊 中国基金报 中国黄金报 中国保险报 中国银行保险报 国际金融报 金融时报
经济参考报 经济观察报 中国经营报 中国经济时报 中国经济导报 中国经济周刊 中国经济网 中国新闻网 中国新闻社 中国新闻周刊
21世纪经济报道 21世纪商业评论 每日经济新闻 第一财经 第一财经日报 第一财经周刊 第一财经资讯 新京报 新民晚报 新闻晨报 新快报
华夏时报 环球时报 环球网 环球老虎财经 法治日报 法制晚报 工人日报 农民日报 科技日报 健康时报 生命时报 消费日报 信息时报 时代周报
南方周末 南方都市报 华西都市报 三湘都市报 楚天都市报 大河报 齐鲁晚报 扬子晚报 钱江晚报 都市快报 羊城晚报 新华社 新华网 新华日报
央视新闻 央视财经 央视网 央广网 国际在线 财联社 财新网 财经网 财经杂志 界面新闻 澎湃新闻 封面新闻 上观新闻 红星新闻 极目新闻
科创板日报 读创财经 36氪 6G俱乐部 5G产业圈 TechWeb Wind IT之家 IT时报 InfoQ 钛媒体 虎嗅 亿欧网 猎云网 砍柴网
国信证券 国海证券 国金证券 国元证券 国联证券 国盛证券 中信证券 中金公司 中泰证券 华泰证券 华西证券 华安证券 华鑫证券 华创证券
"""
ENGLISH = (
    "The Times, The Sunday Times, Irish Times, Japan Times, BBC News, NBC News, ABC News, CBS News, Fox News, The Sun"
)
NEWSSTAND = [*CHINESE.split(), *ENGLISH.split(", ")]


@pytest.mark.parametrize("seed", range(5))
def test_a_newsstand_of_different_papers_gets_no_proposal_whatever_their_shares(seed):
    draw = random.Random(seed)
    counts = {name: draw.choice((1, 2, 5, 30, 300)) for name in NEWSSTAND}
    entries = [entry(f"{name}{i}", name) for name, count in counts.items() for i in range(count)]
    assert proposed(entries) == set()


def test_no_two_papers_of_the_newsstand_are_alike_even_when_no_third_one_stands_by():
    assert [pair for pair in combinations(NEWSSTAND, 2) if likeness(*pair)] == []


@pytest.mark.parametrize(("one", "other"), DIFFERENT[:6])
def test_one_shared_original_does_not_make_one_of_two_papers(one, other):
    entries = [entry("a", one, via="https://e.example/1"), entry("b", other, via="https://e.example/1")]
    assert proposed(entries) == set()


@pytest.mark.parametrize(
    ("one", "other"), [("36氪", "35氪"), ("21世纪经济报道", "21世界经济报道"), ("中国经济信息社", "中国经济情息社")]
)
def test_one_letter_between_two_names_with_many_entries_means_two(one, other):
    entries = [entry(f"a{i}", one) for i in range(50)] + [entry(f"b{i}", other) for i in range(40)]
    assert proposed(entries) == set()


def test_shared_originals_stand_in_for_rarity():
    entries = [entry(f"{name}{i}", name, via=f"https://e.example/{i}") for name in ("36氪", "35氪") for i in range(4)]
    (suggestion,) = suggest([*entries, entry("c", "36氪")], NOBODY)
    assert (suggestion.name, suggestion.aliases[0].name, suggestion.aliases[0].shared) == ("36氪", "35氪", 4)


def test_names_that_are_near_and_share_their_originals_are_proposed():
    entries = [
        entry(f"{n}{i}", n, via=f"https://e.example/{i}") for n in ("新京报", "新京报贝壳财经") for i in range(3)
    ]
    assert len(proposed(entries)) == 1
    assert proposed([*corpus(新京报=3), *corpus(新京报贝壳财经=3)]) == set()


def test_names_that_share_originals_and_nothing_else_stay_two():
    entries = [entry(f"{n}{i}", n, via=f"https://e.example/{i}") for n in ("财联社", "科创板日报") for i in range(9)]
    assert proposed(entries) == set()


def test_a_place_in_which_many_names_differ_tells_them_apart():
    assert proposed(corpus(华券通社=50, 华劵通社=1)) == {("华券通社", "华劵通社")}
    assert proposed(corpus(华券通社=50, 华劵通社=1, 华金通社=1, 华银通社=1, 华元通社=1)) == set()


def test_what_the_settings_know_as_two_stays_two_and_what_they_know_as_one_is_not_proposed():
    entries = corpus(TechWeb=9, Techweb=1)
    assert proposed(entries, register({"name": "TechWeb"}, {"name": "Techweb"})) == set()
    assert proposed(entries, register({"name": "TechWeb", "aliases": ("Techweb",)})) == set()


def test_the_name_that_the_settings_know_is_canonical_however_rare():
    entries = corpus(证劵时报=50, 证券时报=2)
    assert proposed(corpus(证券时报=50, 证劵时报=2), register({"name": "证券时报"})) == {("证券时报", "证劵时报")}
    assert proposed(entries, register({"name": "证券时报"})) == {("证券时报", "证劵时报")}


def test_twins_of_twins_are_aliases_of_one():
    entries = corpus(证券时报=50, 证券时报网=9, 证劵时报=1)
    assert proposed(entries) == {("证券时报", "证券时报网"), ("证券时报", "证劵时报")}


def test_proposals_are_toml_that_settings_take():
    entries = [*corpus(TechWeb=9, Techweb=3, TECHWEB=1), entry("q", '"quoted" \\ 36氪')]
    tables = tomllib.loads(as_toml(suggest(entries, NOBODY)))
    assert tables == {"source": [{"name": "TechWeb", "aliases": ["Techweb", "TECHWEB"]}]}
    assert Settings.model_validate(tables).source[0].aliases == ("Techweb", "TECHWEB")


def test_an_alias_of_a_source_that_is_there_is_a_comment_with_the_whole_list():
    sources = register({"name": "证券时报", "aliases": ("证时",)})
    text = as_toml(suggest(corpus(证券时报=50, 证劵时报=2), sources))
    assert tomllib.loads(text) == {}
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines()[1:])
    assert tomllib.loads(uncommented) == {"aliases": ["证时", "证劵时报"]}


def test_no_proposals_are_toml_too():
    assert tomllib.loads(as_toml([])) == {}


def test_proposals_do_not_depend_on_the_order_of_entries():
    entries = corpus(证券时报=50, 证券时报网=9, 证劵时报=1, TechWeb=2, Techweb=2)
    assert suggest(entries, NOBODY) == suggest(entries[::-1], NOBODY)


def test_the_work_for_thousands_of_names_is_no_square(monkeypatch):
    compared = []
    original = suggest.__globals__["likeness"]
    monkeypatch.setitem(suggest.__globals__, "likeness", lambda *pair: compared.append(pair) or original(*pair))
    names = [f"{chr(0x4E00 + i)}{chr(0x5E00 + i * 7 % 2000)}{chr(0x6E00 + i % 40)}报" for i in range(2000)]
    suggest([entry(str(i), name) for i, name in enumerate(names)], NOBODY)
    assert len(compared) < 2 * len(names)


# --- what to mend


def codes(entries, sources=NOBODY):
    return [(one.code, one.path, one.line, one.detail) for one in notes(entries, sources, suffix="新闻")]


def test_a_missing_origin_is_a_warning_or_where_the_settings_demand_it_an_error():
    near = Fact(role="origin", rule="parenthesis", confidence="guessed", said="（明年）", line=7)
    entries = [entry("a.md", "新京报"), entry("b.md", near=near), entry("c.md")]
    found = list(missing_origins(entries, is_error=False))
    assert [(one.code, one.path, one.line, str(one.level)) for one in found] == [
        ("source-missing", "b.md", 7, "warning"),
        ("source-missing", "c.md", 1, "warning"),
    ]
    assert "the rule parenthesis came nearest, with “（明年）”" in found[0].message
    assert [(one.code, str(one.level)) for one in missing_origins(entries[2:], is_error=True)] == [
        ("source-required", "error")
    ]


def labelled(path, label, term="emnews"):
    return entry(path, categories=(Category(term=term, scheme="category", label=label),))


def test_a_category_whose_posts_name_various_sources_is_noted_once():
    entries = [labelled("a", "新京报"), labelled("b", "新京报"), labelled("d", "财联社"), labelled("c", "界面")]
    assert codes(entries) == [
        ("category-named-variously", "c", None, "emnews: 新京报 (2), 界面 (1), 财联社 (1)"),
    ]


def test_a_clear_majority_names_a_category():
    assert codes([labelled("a", "新京报"), labelled("b", "新京报"), labelled("c", "财联社")]) == []


def test_posts_that_give_their_category_no_other_name_do_not_count():
    assert codes([labelled("a", "新京报"), *(labelled(str(i), "emnews") for i in range(9))]) == []


def test_a_name_that_only_folding_brought_to_a_source_is_noted_and_a_listed_alias_is_not():
    sources = register({"name": "证券时报", "aliases": ("证时",)})
    entries = [
        entry("c.md", "证券时报", said="证券时报网", line=9),
        entry("b.md", "证券时报", said="证券时报网", line=4),
        entry("a.md", "证券时报", said="证时"),
    ]
    assert codes(entries, sources) == [("source-several-names", "b.md", 4, "“证券时报网” counts as 证券时报")]


def test_an_original_of_two_posts_is_noted_with_both_paths():
    entries = [entry(path, via="https://e.example/1") for path in ("b.md", "a.md")]
    ((code, path, _, detail),) = codes([*entries, entry("c.md", via="https://e.example/2")])
    assert (code, path) == ("original-shared", "b.md")
    assert "a.md" in detail


def test_a_site_that_passes_nothing_on_hears_nothing():
    assert codes([labelled("a", "news", "news"), labelled("b", "sport", "sport"), entry("c")]) == []
