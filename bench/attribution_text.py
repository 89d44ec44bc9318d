"""One post of the attribution corpus while it is being written: its front matter, its body, and how it ends."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from attribution_names import WIRE, Outlet
from corpus import END, Corpus

Value: TypeAlias = str | list[str] | Mapping[str, str]

SITE = "//news.corpus.example"
SUBJECTS = ("hongguan", "gongsi", "shichang", "keji", "haigang")
TOPICS = ("宏观", "公司", "市场", "科技", "航运", "ETF")
HOSTS = ("finance.ticker.example", "stock.ticker.example", "hk.ticker.example", "reader.corpus.example")


@dataclass(slots=True, kw_only=True)
class Draft:
    outlet: Outlet | None
    name: str  # of the source, as this post spells it
    ident: str
    when: datetime
    is_html: bool
    fields: dict[str, Value]  # front matter
    paragraphs: list[str]
    is_toml: bool = False
    head: list[str] = field(default_factory=list)  # blocks above everything else
    tail: list[str] = field(default_factory=list)  # blocks below the last, the source's line among them
    digest: str = ""
    link: str = ""  # the stand-alone line with the original's address
    navigation: str = ""
    aggregator: str | None = None
    original: str | None = None
    key: str | None = None

    @property
    def path(self) -> str:
        return f"_posts/{self.when:%Y-%m-%d}-{self.ident}.md"

    def block(self, text: str, attributes: str = "") -> str:
        return f"<p{attributes}>{text}</p>" if self.is_html or attributes else text

    def text(self) -> str:
        digest = [f"> {self.digest}"] if self.digest else []
        blocks = [*self.head, *digest, *map(self.block, self.paragraphs), *self.tail, self.link, self.navigation]
        return self._front() + "\n\n".join(filter(None, blocks)) + "\n"

    def _front(self) -> str:
        if self.is_toml:
            tables = {name: value for name, value in self.fields.items() if isinstance(value, Mapping)}
            plain = {name: value for name, value in self.fields.items() if name not in tables}
            lines = _toml_lines(plain)
            for name, table in tables.items():
                lines += [f"[{name}]", *_toml_lines(table)]
            return "\n".join(("+++", *lines, "+++", "\n"))
        return "\n".join(("---", *_yaml_lines(self.fields), "---", "\n"))


def _toml_lines(fields: Mapping[str, Value]) -> list[str]:
    return [f"{name} = {_quoted(value)}" for name, value in fields.items()]


def _yaml_lines(fields: Mapping[str, Value]) -> list[str]:
    lines = []
    for name, value in fields.items():
        if isinstance(value, Mapping):
            lines += [f"{name}:", *(f"  {key}: {_quoted(one)}" for key, one in value.items())]
        else:
            lines.append(f"{name}: {_quoted(value) if name == 'title' or isinstance(value, list) else value}")
    return lines


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class Writer:
    """Makes what is common to all shapes. `draw` is shared with who deals the shapes."""

    def __init__(self, draw: random.Random, seed: int) -> None:
        self.draw = draw
        self.prose = Corpus(1, seed).prose

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def draft(self, number: int, outlet: Outlet | None, name: str) -> Draft:
        """Begin a post: where it stands on its site, its text and its end, with nothing said about its source."""
        draw = self.draw
        when = END - timedelta(minutes=draw.randrange(60 * 24 * 60), seconds=draw.randrange(60))
        title = self.prose(draw.randint(10, 24))[:-1].replace("&amp;", "与")
        fields: dict[str, Value] = {"layout": "post", "title": title, "date": f"{when:%Y-%m-%d %H:%M:%S} +0800"}
        if self.chance(0.1):
            fields["author"] = "值班编辑"  # who signs everything is no source
        draft = Draft(
            outlet=outlet,
            name=name,
            ident=f"NW{when:%Y%m%d}{number:08d}",
            when=when,
            is_html=self.chance(0.7),
            fields=fields,
            paragraphs=[self.prose(draw.randint(20, 120)) for _ in range(draw.randint(2, 7))],
        )
        if self.chance(0.3):
            draft.digest = self.prose(draw.randint(20, 60))
        self.neutral(draft)
        self.linked(draft)
        return draft

    # --- where it stands on its site

    def anywhere(self, draft: Draft) -> None:
        """Put it where posts of such a source stand: with a subject, with the source, or with an aggregator."""
        chance = self.draw.random()
        if chance < 0.35:
            self.own(draft)
        elif chance < 0.6:
            self.wired(draft)

    def neutral(self, draft: Draft) -> None:
        """Put it among the posts on a subject, whose tags name no source."""
        topics = self.draw.sample(TOPICS, self.draw.randint(0, 2))
        self._stand(draft, self.draw.choice(SUBJECTS), topics, label="专题")

    def own(self, draft: Draft) -> None:
        """Put it into the category of its source, as sites do that have one for each."""
        assert draft.outlet
        slug = draft.outlet.slug
        if self.chance(0.03):
            slug = "lanhaizhengquanbao"  # transliterations of two names may be the same, so the category may be wrong
        self._stand(draft, slug, [f"{draft.name}新闻"], label=f"{draft.name}新闻")

    def wired(self, draft: Draft) -> None:
        """Put it into the category of an aggregator."""
        self._stand(draft, WIRE.slug, [f"{WIRE.name}新闻"], label=f"{WIRE.name}新闻")
        draft.aggregator = WIRE.name

    def _stand(self, draft: Draft, category: str, tags: list[str], *, label: str) -> None:
        draft.fields["categories"] = category
        draft.fields["tags"] = tags[0] if len(tags) == 1 else tags
        chance = self.draw.random()
        if chance < 0.6:
            draft.navigation = f"[返回{label}]({SITE}/category/{category}.html)｜[返回首页]({SITE}/)"
        elif chance < 0.75:
            draft.navigation = f"[返回{label}]({SITE}/{category}/)\n\n[返回首页]({SITE}/)"
        elif chance < 0.85:
            draft.navigation = f"[返回{label}](../{category}/)\n[返回首页](../)"
        else:
            draft.navigation = ""

    # --- where its original is

    def linked(self, draft: Draft) -> None:
        """End it with the address of its original, with an empty one, or with none."""
        chance = self.draw.random()
        draft.link, draft.original, draft.key = "", None, None
        if chance < 0.7:
            draft.original = self.address(draft)
            draft.link = f"<{draft.original}>"
        elif chance < 0.76:
            draft.link = "<>"

    def address(self, draft: Draft, host: str = "") -> str:
        host = host or self.draw.choice(HOSTS)
        if not host.startswith("www.") and self.chance(0.6):
            draft.key = draft.ident
            return f"http://{host}/html_News/NewsShare.html?infoCode={draft.ident}"
        return f"https://{host}/a/{draft.when:%Y%m%d}{self.draw.randrange(10**6):06d}.html"
