"""The ways in which posts say where they come from."""

from collections.abc import Callable
from dataclasses import dataclass

from attribution_names import GATE, UNKNOWN_AGGREGATORS, Outlet
from attribution_text import Draft, Writer

Write = Callable[[Draft, Writer], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    name: str
    rule: str | None  # that is meant to find the origin
    write: Write
    is_stated: bool = True  # whether the post itself names its origin
    has_origin: bool = True
    takes_any_name: bool = False  # whether a rare spelling may stand in it
    suits: Callable[[Outlet], bool] = lambda _outlet: True
    liking: Callable[[Outlet], float] = lambda _outlet: 1.0


def em_media(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    draft.tail.append(draft.block(f"（文章来源：{draft.name}）", ' class="em_media"'))


def nested(draft: Draft, writer: Writer) -> None:
    assert draft.outlet
    writer.anywhere(draft)
    name = draft.name if len(draft.name) >= 4 else draft.outlet.name  # an alias may be too short to be split
    board = f"90.BK{writer.draw.randrange(10000):04d}"
    start = writer.draw.randint(1, len(name) - 2)
    end = writer.draw.randint(start + 1, len(name) - 1)
    inner = f'<span id="bk_{board}"><a class="infokey" href="http://quote.ticker.example/{board}.html">'
    inner += f'{name[start:end]}</a></span><span id="bkquote_{board}"></span>'
    line = f"（文章来源：{name[:start]}{inner}{name[end:]}）"
    draft.tail.append(draft.block(line, ' class="em_media"' if writer.chance(0.7) else ""))


def line_at_end(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    bold = "<strong>来源：</strong>" if draft.is_html else "**来源：**"
    forms = ("来源：{}", "来源：{}", "来源: {}", "（来源：{}）", "文章来源：{}", bold + "{}")
    draft.tail.append(draft.block(writer.draw.choice(forms).format(draft.name)))


def line_at_head(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    forms = ("来源：{}",) * 7 + ("来源： {}", "文章来源：{}", "来源：{}　作者：陈一苇")
    draft.head.append(draft.block(writer.draw.choice(forms).format(draft.name)))


def english_line(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    name = draft.name.replace("&", "&amp;")
    linked = f'<a href="https://www.{_host(draft)}/">{name}</a>'
    slanted = f"<em>Source: {name}</em>" if draft.is_html else f"*Source: {name}*"
    forms = (f"Source: {name}", f"Source: {name}", f"Source: {linked}", slanted, f"(Source: {name})")
    draft.tail.append(draft.block(writer.draw.choice(forms)))


def published_at(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    name = draft.name.replace("&", "&amp;")
    if writer.chance(0.7):
        draft.link, draft.key = "", None
        draft.original = writer.address(draft, f"www.{_host(draft)}")
        name = f'<a href="{draft.original}">{name}</a>' if draft.is_html else f"[{name}]({draft.original})"
    said = writer.draw.choice(("Originally published at",) * 3 + ("This post was originally published at",))
    ending = " on October 3, 2026." if writer.chance(0.08) else writer.draw.choice((".", ""))
    draft.tail.append(draft.block(f"{said} {name}{ending}"))


def front_matter(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    draft.fields["source"] = draft.name
    if writer.chance(0.3):
        draft.fields["source_url"] = f"https://www.{_host(draft)}/"


def front_matter_table(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    draft.is_toml = writer.chance(0.2)
    draft.fields["source"] = {"name": draft.name, "url": f"https://www.{_host(draft)}/"}
    draft.link, draft.key = "", None
    draft.original = writer.address(draft, f"www.{_host(draft)}")
    draft.fields[writer.draw.choice(("original", "original", "canonical_url"))] = draft.original


def parenthesis(draft: Draft, writer: Writer) -> None:
    writer.anywhere(draft)
    if writer.chance(0.7):
        draft.digest = f"{writer.prose(40)}（{draft.name}）"
    else:
        draft.paragraphs[-1] += f"（{draft.name}）"


def tag_alone(draft: Draft, writer: Writer) -> None:
    writer.own(draft)


def category_alone(draft: Draft, _writer: Writer) -> None:
    assert draft.outlet
    draft.fields["categories"] = draft.outlet.slug


def host_alone(draft: Draft, writer: Writer) -> None:
    draft.key = None
    draft.original = writer.address(draft, f"www.{_host(draft)}")
    if writer.chance(0.4):
        draft.fields["original"], draft.link = draft.original, ""
    else:
        draft.link = f"<{draft.original}>"
        draft.navigation = draft.navigation or "[返回首页](../)"


def through(draft: Draft, writer: Writer) -> None:
    if writer.chance(0.4):
        writer.own(draft)
    chance = writer.draw.random()
    draft.aggregator = writer.draw.choice((GATE.name, *UNKNOWN_AGGREGATORS))
    if chance < 0.5:
        draft.fields["via"] = draft.aggregator
        draft.tail.append(draft.block(f"（文章来源：{draft.name}）", ' class="em_media"'))
    elif chance < 0.8:
        draft.tail.append(draft.block(f"Source: {draft.name.replace('&', '&amp;')}"))
        draft.tail.append(draft.block(f"via {draft.aggregator}"))
    else:
        draft.key, draft.aggregator = None, GATE.name
        draft.original = writer.address(draft, f"news.{GATE.host}")
        draft.link = f"<{draft.original}>"
        draft.tail.append(draft.block(f"来源：{draft.name}"))


def nothing(draft: Draft, writer: Writer) -> None:
    chance = writer.draw.random()
    if chance < 0.35:
        writer.wired(draft)
    elif chance < 0.45:  # the script that wrote it had no name to put in
        draft.fields["categories"], draft.fields["tags"] = "", "新闻"
        draft.navigation = "[返回新闻](//news.corpus.example/category/.html)｜[返回首页](../)"
    elif chance < 0.5:
        draft.fields["categories"], draft.fields["tags"] = "sitenews", "站长消息"
    if draft.aggregator is None and not draft.navigation:
        draft.link, draft.original, draft.key = "", None, None  # a bare address under a post of one's own is content


def three_roles(draft: Draft, writer: Writer) -> None:
    writer.wired(draft)
    draft.digest = f"{writer.prose(40)}（{draft.name}）"
    if writer.chance(0.6):
        draft.tail.append(draft.block(f"（文章来源：{draft.name}）", ' class="em_media"'))


def _host(draft: Draft) -> str:
    assert draft.outlet
    return draft.outlet.host.replace("(", "").replace(")", "")


def _likes_latin(outlet: Outlet) -> float:
    return 4.0 if outlet.is_latin else 1.0


SHAPES = (
    Shape(name="01 em_media", rule="marked-class", write=em_media, takes_any_name=True),
    Shape(name="02 nested", rule="marked-class", write=nested, suits=lambda one: one.is_plain and len(one.name) >= 4),
    Shape(name="03 line at end", rule="marked-line", write=line_at_end, takes_any_name=True),
    Shape(name="04 line at head", rule="marked-line", write=line_at_head, takes_any_name=True),
    Shape(name="05 Source:", rule="marked-line", write=english_line, liking=_likes_latin),
    Shape(name="06 Originally published", rule="marked-line", write=published_at, liking=_likes_latin),
    Shape(name="07 front matter", rule="front-matter", write=front_matter, takes_any_name=True),
    Shape(name="08 front matter table", rule="front-matter", write=front_matter_table, takes_any_name=True),
    Shape(name="09 parenthesis, known", rule="parenthesis", write=parenthesis, suits=lambda one: one.is_known),
    Shape(
        name="10 parenthesis, unknown",
        rule="parenthesis",
        write=parenthesis,
        suits=lambda one: one.is_plain and not one.is_known,
    ),
    Shape(name="11 tag", rule="tag-suffix", write=tag_alone, is_stated=False, takes_any_name=True),
    Shape(
        name="12 category", rule="category", write=category_alone, is_stated=False, suits=lambda one: one.has_category
    ),
    Shape(name="13 host", rule="host", write=host_alone, is_stated=False, suits=lambda one: one.has_host),
    Shape(name="14 via aggregator", rule="marked-line", write=through, takes_any_name=True),
    Shape(name="15 nothing", rule=None, write=nothing, is_stated=False, has_origin=False),
    Shape(name="16 three roles", rule="parenthesis", write=three_roles, suits=lambda one: one.is_plain),
)
