from datetime import UTC, datetime

import pytest

from feeds.diagnostics import Found
from feeds.entries.attribution import RULES, original_key, source_in_tags
from feeds.entries.compose import compose
from feeds.model import Person, Post, Source
from feeds.settings import Settings

REGISTER = (
    {
        "name": "证券时报",
        "aliases": ["STCN"],
        "hosts": ["stcn.example"],
        "url": "https://stcn.example/",
        "license": "CC",
    },
    {"name": "东方财富", "aliases": ["东财滚动"], "role": "aggregator", "categories": ["emnews"]},
    {"name": "财新", "categories": ["caixin"]},
)
POST = Post(
    path="_posts/a.md",
    key="a",
    digest="0",
    title="标题",
    published=datetime(2021, 12, 29, tzinfo=UTC),
    slug="a",
    basename="a",
    body_line=8,
)


def entry_of(body="正文一段。", *, register=REGISTER, attribution=None, found=None, **fields):
    settings = Settings.model_validate(
        {"site": {"url": "https://example.com"}, "source": register, "attribution": attribution or {}}
    )
    post = POST.__class__(**{name: getattr(POST, name) for name in POST.__slots__} | {"body": body} | fields)
    return compose(
        post, settings=settings, authority="example.com,2021", found=Found(post.path) if found is None else found
    )


def origin_of(body, **others):
    source = entry_of(body, **others).source
    return source and source.name


def rule_of(entry, role="origin"):
    return next(((one.rule, one.confidence, one.said, one.line) for one in entry.facts if one.role == role), None)


# Marked lines


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("（文章来源：新京报）", "新京报"),
        ("……结束。（文章来源：新京报）", "新京报"),
        ("（ 文章来源: 晨报网 ）", "晨报网"),
        ("(文章来源：界面新闻)", "界面新闻"),
        ("（文章来源：安信国际证券(香港)）", "安信国际证券(香港)"),
        ("（文章来源：甲报）（文章来源：乙报）（责任编辑：丙）", "乙报"),
        ("来源：新京报", "新京报"),
        ("**来源：** 新京报", "新京报"),
        ("來源：明報", "明報"),
        ("来源：新京报 作者：陈一苇", "新京报"),
        ("来源：新京报责任编辑：陈一苇", "新京报"),
        ("2021-12-29 13:14 来源：新京报", "新京报"),
        ("作者：陈一苇 来源：新京报", "新京报"),
        ("稿件来源：《新京报》。", "新京报"),
        ("来源：上海证券报·中国证券网", "上海证券报·中国证券网"),
        ("结束。（来源：新京报）", "新京报"),
        ("Source: Harbour Times", "Harbour Times"),
        ("*(Source: Harbour Times)*", "Harbour Times"),
        ("Originally published at [Harbour Times](https://ht.example/a-1).", "Harbour Times"),
        ("This article first appeared in the Harbour Times on 3 October 2026.", "the Harbour Times"),
        ("via Harbour Times", "Harbour Times"),
        ("It ends. (via Harbour Times)", "Harbour Times"),
        ("Quelle: Hafenblatt", "Hafenblatt"),
        ("Source : Le Port", "Le Port"),
        ("出典：港新聞", "港新聞"),
        ("출처: 항구신문", "항구신문"),
        ("引用元：港新聞", "港新聞"),
        ("転記：港新聞", None),
        ("转自：新京报", "新京报"),
        ("本文转载自：新京报", "新京报"),
        ("发布时间：2021-12-29 13:14 来源：新京报", "新京报"),
        ("２０２１年１２月２９日 来源：新京报", "新京报"),
    ],
)
def test_a_marked_line_names_the_source(line, name):
    assert origin_of(f"正文一段。\n\n{line}") == name


@pytest.mark.parametrize(
    "line",
    [
        "图片来源：霍尼韦尔官网",  # quirk 42
        "（图片来源：新华社）",
        "数据来源：海关总署",
        "（责任编辑：甲）",
        "作者：陈一苇",
        "消息来源：一位人士表示，货运量回升。",
        "包装上写着“来源：深海围网”，货已售出。",
        "货运量增长5%（来源：海关总署），创下新高。",
        "货运量增长5%（来源：海关总署）",  # of the figure
        "文章来源：他说，这很复杂 还有",
        "（文章来源：）",
        "来源：网络",
        "来源：" + "长" * 41,
        "They came via Hamburg.",
        "Sources: A, B and C",
        "Source: own calculations",
        "（明年）",
    ],
)
def test_other_lines_name_none(line):
    assert origin_of(f"正文一段。\n\n{line}") is None


def test_a_source_stands_at_either_end_and_never_in_the_middle():
    text = "\n\n".join(["正文一段。"] * 12)
    assert origin_of(f"来源：新京报\n\n{text}") == "新京报"
    assert origin_of(f"{text}\n\n来源：新京报") == "新京报"
    assert origin_of(f"{text}\n\n来源：新京报\n\n{text}") is None


def test_tables_and_figures_speak_of_themselves():
    assert origin_of("<p>正文</p><table><tr><td>来源：海关总署</td></tr></table>") is None
    assert origin_of("<p>正文</p><figure><figcaption>来源：新华社</figcaption></figure>") is None


def test_a_wrapped_line_of_prose_is_no_line_of_its_own():
    assert origin_of("The ship came back yesterday\nvia Hamburg") is None
    assert origin_of("<p>正文。<br>来源：新京报</p>") == "新京报"


def test_the_fact_says_where_the_line_stands():
    entry = entry_of("正文一段。\n\n（文章来源：上海<span>证券</span>报）")
    assert rule_of(entry) == ("marked-line", "stated", "上海证券报", 10)


def test_the_fact_of_the_original_says_where_the_link_stands():
    entry = entry_of("正文。\n\n来源：新京报\n\n<https://x.example/1>")
    assert rule_of(entry, "original") == ("stand-alone-link", "stated", "https://x.example/1", 12)
    assert rule_of(entry_of(original="https://x.example/1"), "original")[:2] == ("front-matter", "stated")


@pytest.mark.parametrize("text", ["来源：" + "（" * 9000, "（来源：x）" * 2000, "作者：a " * 3000, "2021-12-29 " * 900])
def test_a_long_line_of_labels_costs_little_and_names_nobody_wrongly(text):
    assert origin_of(text) in {None, "x"}


def test_a_link_in_the_line_leads_to_the_original_unless_it_leads_home():
    assert entry_of("正文。\n\nSource: [X Post](https://x.example/2021/a.html)").via == "https://x.example/2021/a.html"
    assert entry_of("正文。\n\nSource: [X Post](https://x.example/)").via is None
    assert entry_of("正文。\n\nSource: <https://stcn.example/a1.html>").source.name == "证券时报"


def test_a_class_names_the_source_wherever_it_stands():
    body = '<p class="from">新京报</p>' + "<p>正文。</p>" * 12
    assert rule_of(entry_of(body, attribution={"classes": ["from"]}))[:2] == ("marked-class", "stated")
    assert entry_of(body).source is None


def test_the_sites_own_patterns_give_name_and_address():
    patterns = [r"据(?P<name>[^，。]{2,16})报道", r"Clipped from (?P<name>[^(]+) \((?P<url>http\S+)\)"]
    entry = entry_of("据海港日报报道，货运量回升。\n\n正文。", attribution={"patterns": patterns})
    assert (entry.source.name, rule_of(entry)[0]) == ("海港日报", "pattern")
    clipped = entry_of("正文。\n\nClipped from Daily Port (https://x.example/1)", attribution={"patterns": patterns})
    assert (clipped.source.name, clipped.via) == ("Daily Port", "https://x.example/1")


# Parentheses


@pytest.mark.parametrize("name", ["财联社", "央视新闻客户端", "第一财经", "海港晨讯", "Harbour News"])
def test_a_parenthesis_that_looks_like_a_name_is_a_guess(name):
    entry = entry_of(f"> 货运量回升。（{name}）\n\n正文。")
    assert (entry.source.name, rule_of(entry)[:2]) == (name, ("parenthesis", "guessed"))


def test_a_parenthesis_that_the_register_knows_is_derived_even_without_a_full_stop():
    assert rule_of(entry_of("货运量回升（财新）"))[:2] == ("parenthesis", "derived")
    assert rule_of(entry_of("货运量回升。（财新）\n\n（责任编辑：甲）"))[:2] == ("parenthesis", "derived")


@pytest.mark.parametrize(
    "text",
    [
        "（明年）", "（陈一苇摄）", "（资料整理）", "（下同）", "（完）", "（2027年）", "（记者 陈一苇）", "（陈一苇）", "（未完待续）", "（海港集团）",
        "（上海市）", "（简称：海港）", "(03301.HK)", "(财新)", "（季报）", "（公司官网）", "（注册会计师）", "（新闻）",
    ],
)  # fmt: skip
def test_other_parentheses_are_no_names(text):
    assert origin_of(f"货运量回升。{text}") is None


def test_a_guess_needs_a_whole_sentence_before_it():
    entry = entry_of("货运量回升（财联社）")
    assert entry.source is None
    assert (entry.near.rule, entry.near.said, entry.near.line) == ("parenthesis", "（财联社）", 8)


# What stands around


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (("新京报新闻",), "新京报"),
        (("东财滚动新闻", "股市"), "东财滚动"),
        (("站长消息",), None),  # quirk 25
        (("新闻",), None),  # quirk 18
        (("国际新闻", "体育新闻"), None),
        ((), None),
    ],
)
def test_the_one_tag_with_the_suffix_names_a_source(tags, name):
    assert source_in_tags(tags, "新闻") == name


def test_without_a_suffix_no_tag_names_a_source():
    assert source_in_tags(("新京报新闻",), "") is None


def test_a_category_and_a_host_name_what_the_settings_say():
    assert rule_of(entry_of(categories=("caixin",))) == ("category", "derived", "caixin", None)
    entry = entry_of(original="https://m.stcn.example/1")
    assert (entry.source.name, rule_of(entry)) == ("证券时报", ("host", "derived", "m.stcn.example", None))
    assert entry_of(original="https://other.example/1").near.rule == "host"


def test_an_author_is_a_source_only_where_the_register_knows_it():
    assert entry_of(authors=(Person(name="STCN"),)).source.name == "证券时报"
    assert entry_of(authors=(Person(name="陈一苇"),)).source is None


# Roles


def test_the_register_makes_a_name_an_aggregator_and_the_search_goes_on():
    entry = entry_of("> 货运量回升。（上海证券报）\n\n正文。", categories=("emnews",), tags=("东财滚动新闻",))
    assert (entry.source.name, entry.aggregator.name) == ("上海证券报", "东方财富")
    assert rule_of(entry, "aggregator")[0] == "tag-suffix"
    alone = entry_of(tags=("东财滚动新闻",))
    assert (alone.source, alone.aggregator.name) == (None, "东方财富")


def test_via_is_the_aggregator_where_something_else_is_the_origin():
    entry = entry_of("正文。\n\nSource: Harbour Times\n\nvia Port Wire")
    assert (entry.source.name, entry.aggregator.name) == ("Harbour Times", "Port Wire")
    stated = entry_of("正文。\n\n来源：新京报", via=Source(name="港口网"))
    assert (stated.source.name, stated.aggregator.name) == ("新京报", "港口网")


def test_two_origins_are_told_of_and_the_higher_rule_wins():
    found = Found("_posts/a.md")
    entry = entry_of("正文。\n\n来源：新京报", tags=("晨报新闻",), found=found)
    assert entry.source.name == "新京报"
    (said,) = found
    assert (said.code, said.line, said.detail) == (
        "source-disagrees",
        10,
        "新京报 (marked-line, line 10), 晨报 (tag-suffix)",
    )


@pytest.mark.parametrize(
    ("line", "tag"), [("证券时报网", "证券时报"), ("STCN", "证券时报"), ("晨报网", "晨报"), ("甲报·乙网", "甲报")]
)
def test_spellings_of_one_name_do_not_disagree(line, tag):
    found = Found("_posts/a.md")
    entry_of(f"正文。\n\n来源：{line}", tags=(f"{tag}新闻",), found=found)
    assert list(found) == []


def test_the_register_gives_the_origin_what_it_knows_and_the_front_matter_wins():
    assert entry_of("正文。\n\n来源：STCN").source == Source(name="证券时报", url="https://stcn.example/", license="CC")
    own = entry_of(source=Source(name="STCN", url="https://own.example/"))
    assert own.source.url == "https://own.example/"
    assert entry_of("正文。\n\n来源：STCN").license == "CC"
    assert entry_of("正文。\n\n来源：STCN", license="MIT").license == "MIT"


def test_without_any_clue_the_source_is_unknown():
    entry = entry_of()
    assert (entry.source, entry.aggregator, entry.via, entry.facts, entry.near) == (None, None, None, (), None)


def test_the_address_of_the_page_itself_is_no_original():
    assert entry_of(original="https://example.com/a/", permalink="/a/").via is None


def test_rules_are_told_apart_by_name():
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://x.example/NewsShare.html?infoCode=NW2021", "NW2021"),
        ("http://x.example/?a=1&NewsID=42#x", "42"),
        ("http://x.example/a/1.html", None),
        ("http://x.example/?infoCode=", None),
        ("http://[x", None),
        (None, None),
    ],
)
def test_the_originals_own_key_is_in_its_query(address, key):  # quirk 33
    assert original_key(address) == key
