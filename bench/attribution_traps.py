"""Lines that look like a source and are none. None of them changes what is true of the post."""

from collections.abc import Callable

from attribution_names import OUTLETS
from attribution_text import Draft, Writer

PEOPLE = ("陈一苇", "周小满", "林知白")
# What ends a paragraph in brackets and is no name; those of ASIDES may stand before the full stop, too.
ASIDES = (
    "明年",
    "下同",
    "2027年",
    "含税",
    "不含港澳",
    "系化名",
    "单位：亿元",
    "按可比口径计算",
    "以下简称岚海港务",
    "供应链金融",
)
ENDS = ("完", "节选", "陈一苇摄", "图一", "详见附录", "视频见客户端", "本版撰文 周小满")
BODIES = ("岚海港务集团", "鹤汀大学", "受访者供图", "枫浦统计局")


def plant(draft: Draft, writer: Writer) -> None:
    writer.draw.choice(TRAPS)(draft, writer)


def image_credit(draft: Draft, writer: Writer) -> None:
    name = writer.draw.choice((*BODIES, *(one.name for one in OUTLETS)))
    _beside(draft, writer, writer.draw.choice(("图片来源：{}", "（图片来源：{}）")).format(name))


def editor(draft: Draft, writer: Writer) -> None:
    person = writer.draw.choice((*PEOPLE, "DF526"))
    draft.tail.append(draft.block(writer.draw.choice(("（责任编辑：{}）", "责任编辑：{}")).format(person)))


def data_credit(draft: Draft, writer: Writer) -> None:
    _beside(draft, writer, f"数据来源：{writer.draw.choice(BODIES)}")


def aside(draft: Draft, writer: Writer) -> None:
    text = writer.draw.choice((*ASIDES, *ENDS))
    _behind_prose(draft, writer, f"（{text}）", before_stop=text in ASIDES and writer.chance(0.7))


def ticker(draft: Draft, writer: Writer) -> None:
    _behind_prose(draft, writer, f"({writer.draw.randrange(10**5):05d}.HK)", before_stop=writer.chance(0.5))


def reporter(draft: Draft, writer: Writer) -> None:
    _behind_prose(draft, writer, writer.draw.choice(("（记者 {}）", "（记者{}）")).format(writer.draw.choice(PEOPLE)))


def unnamed_informant(draft: Draft, writer: Writer) -> None:
    said = writer.draw.choice(("据消息来源称，", "消息来源：一位接近公司的人士表示，"))
    _inside(draft, writer, said + writer.prose(30))


def quotation(draft: Draft, writer: Writer) -> None:
    _inside(draft, writer, f"{writer.prose(14)[:-1]}，包装上写着“来源：深海围网”，{writer.prose(20)}")


def foreign_links(draft: Draft, writer: Writer) -> None:
    links = [f"https://www.elsewhere.example/{writer.draw.randrange(10**6)}" for _ in range(3)]
    if draft.is_html:
        rows = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
        draft.tail.append(f"<p>相关链接：</p>\n<ul>{rows}</ul>")
    else:
        draft.tail.append("相关链接：\n\n" + "\n".join(f"- <{link}>" for link in links))


def _beside(draft: Draft, writer: Writer, line: str) -> None:
    """Put a line of its own among the paragraphs, or above or below what the end says."""
    place = writer.draw.randrange(3)
    if place == 0:
        _inside(draft, writer, line)
    else:
        draft.tail.insert(0 if place == 1 else len(draft.tail), draft.block(line))


def _inside(draft: Draft, writer: Writer, text: str) -> None:
    draft.paragraphs.insert(writer.draw.randrange(1, len(draft.paragraphs)), text)


def _behind_prose(draft: Draft, writer: Writer, text: str, *, before_stop: bool = False) -> None:
    """End the lead or the last paragraph with it, unless another parenthesis ends it."""
    places = [number for number in (0, -1) if draft.paragraphs[number].endswith("。")]
    place = writer.draw.choice(places)
    prose = draft.paragraphs[place]
    draft.paragraphs[place] = f"{prose[:-1]}{text}。" if before_stop else prose + text


TRAPS: tuple[Callable[[Draft, Writer], None], ...] = (
    image_credit,
    editor,
    data_credit,
    aside,
    ticker,
    reporter,
    unnamed_informant,
    quotation,
    foreign_links,
)
