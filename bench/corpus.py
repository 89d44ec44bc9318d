"""Deterministic synthetic corpus of news posts (standard library only).

    python corpus.py OUTDIR --posts N [--layout jekyll|hugo|pelican] [--seed 1]

The same N and seed give the same posts in every layout, so that peers do the same work, and the same bytes on every
machine and in every version of Feedwright, so that figures can be compared.
  jekyll   OUTDIR/_posts/YYYY-MM-DD-NW<digits>.md
  hugo     OUTDIR/content/posts/YYYY-MM-DD-NW<digits>.md
  pelican  OUTDIR/content/YYYY-MM-DD-NW<digits>.md
Also writes OUTDIR/categories.txt (slug TAB name TAB tag TAB posts).
"""

import argparse
import bisect
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

CST = timezone(timedelta(hours=8))
END = datetime(2026, 10, 31, 23, 59, 0, tzinfo=CST)
SITE = "//finews.example.com"
FOLDERS = {"jekyll": "_posts", "hugo": "content/posts", "pelican": "content"}

SYLLABLES = (  # noqa: SIM905 (49 quoted syllables read worse)
    "bei jing shang hai guang zhou shen zhen xin jing bao zheng quan shi cai lian she "
    "ren min wang hua jin rong jie di yi ri zhong guo hong ji ling shou mei tong xun "
    "du an chao dong fang nan xi qian jiang yang cheng wan bo"
).split()
# Common Han characters, most frequent first.
HAN = "".join(
    dict.fromkeys(
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
        "面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本"
        "去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
        "或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总"
        "次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做"
        "必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权"
        "收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信"
        "马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连"
        "断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存"
        "候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
    )
)
WEIGHTS = tuple(itertools.accumulate(1.0 / (rank + 8) for rank in range(len(HAN))))
PUNCTUATION = "，，，，。。；：、"
TOPICS = ("新闻", "行情", "公告", "宏观", "基金", "期货", "外汇", "港股", "美股", "评论")
ASIDES = ("A股", "ETF", "GDP", "IPO", "&amp;", "“", "”", "2021年", "沪深300")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One post before it has a layout."""

    when: datetime
    ident: str
    title: str  # double quotes escaped by a backslash, as inside YAML's quoted scalars
    category: str
    tags: tuple[str, ...]
    is_markdown: bool
    body: str

    def text(self, layout: str) -> str:
        return LAYOUTS[layout](self)


class Corpus:
    """Makes the posts one after the other. The order of the random draws is the format: do not change it."""

    def __init__(self, size: int, seed: int) -> None:
        self.size, self.draw = size, random.Random(seed)
        draw = self.draw
        terms = max(1, min(2000, size // 5))
        # A pool of text made once makes the generator fast.
        self.pool = "".join(draw.choices(HAN, cum_weights=WEIGHTS, k=200_000))
        slugs, names = dict[str, None](), dict[str, None]()
        while len(slugs) < terms:
            slugs.setdefault("".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))))
        while len(names) < terms:
            names.setdefault("".join(draw.choices(HAN[:400], k=draw.randint(2, 5))))
        self.categories = tuple(zip(slugs, names, strict=True))
        self.zipf = tuple(itertools.accumulate(1.0 / (rank + 1) for rank in range(terms)))
        topics = ["".join(draw.choices(HAN[:300], k=2)) + ending for ending in TOPICS for _ in range(12)]
        self.topics = list(dict.fromkeys(topics))
        self.posts_in: Counter[str] = Counter()  # category slug → posts so far

    def __iter__(self) -> Iterator[Sample]:
        minutes = 60 * 24 * max(2, min(1500, self.size // 150))  # the time that the posts spread over
        for number in range(self.size):
            yield self._post(number, minutes)

    def prose(self, characters: int) -> str:
        draw, parts = self.draw, list[str]()
        while characters > 0:
            length = min(characters, draw.randint(6, 24))
            start = draw.randrange(len(self.pool) - 32)
            parts.append(self.pool[start : start + length])
            chance = draw.random()
            if chance < 0.12:
                parts.append(f"{draw.random() * 20:.2f}%")
            elif chance < 0.2:
                parts.append(draw.choice(ASIDES))
            parts.append(draw.choice(PUNCTUATION))
            characters -= length
        parts[-1] = "。"
        return "".join(parts)

    def _post(self, number: int, minutes: int) -> Sample:
        draw = self.draw
        when = END - timedelta(minutes=draw.randrange(minutes), seconds=draw.randrange(60))
        slug, name = self._category(number)
        tags = (f"{name}新闻", *(draw.sample(self.topics, draw.randint(1, 3)) if draw.random() < 0.10 else ()))
        title = self._title()
        ident = f"NW{when:%Y%m%d}{number:08d}"
        is_markdown, body = self._body()
        return Sample(
            when=when,
            ident=ident,
            title=title,
            category=slug,
            tags=tags,
            is_markdown=is_markdown,
            body=body + _ending(slug, name, ident),
        )

    def _category(self, number: int) -> tuple[str, str]:
        """Give each category one post, then most posts to few categories."""
        last = len(self.categories) - 1
        if number <= last:
            rank = number
        else:
            rank = min(bisect.bisect_left(self.zipf, self.draw.random() * self.zipf[-1]), last)
        self.posts_in[self.categories[rank][0]] += 1
        return self.categories[rank]

    def _title(self) -> str:
        draw = self.draw
        title = self._plain(draw.randint(10, 26))
        return f'{title}：\\"{self._plain(4)}\\"' if draw.random() < 0.05 else title

    def _plain(self, characters: int) -> str:
        return self.prose(characters)[:-1].replace("&amp;", "与")

    def _body(self) -> tuple[bool, str]:
        """Return whether it is Markdown, and 3 to 8 KB of it in UTF-8."""
        draw = self.draw
        paragraphs = draw.randint(5, 25)
        total = draw.randint(3000, 8000) // 3  # characters: a Han character has 3 bytes
        lengths = [max(12, total // paragraphs + draw.randint(-20, 20)) for _ in range(paragraphs)]
        if draw.random() >= 0.15:
            return False, "".join(f"<p>　　{self.prose(length)}</p>\n" for length in lengths)
        return True, self._markdown(lengths)

    def _markdown(self, lengths: Sequence[int]) -> str:
        draw, blocks = self.draw, list[str]()
        for number, length in enumerate(lengths):
            blocks.extend(self._blocks(number % 7, length))
        blocks.insert(2, f'```\ncode = "{draw.randrange(10**6)}"\nif a < b & c > d: print(code)\n```')
        blocks.insert(4, f"![图](/assets/img/{draw.randrange(10**6)}.png)")
        return "\n\n".join(blocks) + "\n"

    def _blocks(self, shape: int, length: int) -> Iterator[str]:
        prose = self.prose
        if shape == 1:
            yield "## " + prose(10)[:-1]
        if shape == 3:
            yield "\n".join("- " + prose(14) for _ in range(3))
        elif shape == 5:
            text, bold, slanted, linked = prose(length), prose(6)[:-1], prose(6)[:-1], prose(5)[:-1]
            number = self.draw.randrange(10**6)
            yield f"{text} **{bold}** 与 *{slanted}*，见[{linked}](http://news.example.com/a/{number})。"
        else:
            yield prose(length)


def _ending(slug: str, name: str, ident: str) -> str:
    return (
        f'<p class="em_media">（文章来源：{name}）</p>\n\n'
        f"<http://finance.example.com/news/NewsShare.html?infoCode={ident}>\n\n"
        f"[返回{name}新闻]({SITE}/category/{slug}.html)｜[返回首页]({SITE}/)\n"
    )


def _yaml_list(tags: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{tag}"' for tag in tags) + "]"


def _jekyll(sample: Sample) -> str:
    tags = sample.tags[0] if len(sample.tags) == 1 else _yaml_list(sample.tags)
    return (
        f'---\nlayout: post\ntitle: "{sample.title}"\ndate: {sample.when:%Y-%m-%d %H:%M:%S %z}\n'
        f"categories: {sample.category}\ntags: {tags}\n---\n\n{sample.body}"
    )


def _hugo(sample: Sample) -> str:
    return (
        f'---\ntitle: "{sample.title}"\ndate: {sample.when.isoformat()}\n'
        f'categories: ["{sample.category}"]\ntags: {_yaml_list(sample.tags)}\n---\n\n{sample.body}'
    )


def _pelican(sample: Sample) -> str:
    title = sample.title.replace('\\"', '"')
    return (
        f"Title: {title}\nDate: {sample.when:%Y-%m-%d %H:%M}\nCategory: {sample.category}\n"
        f"Tags: {', '.join(sample.tags)}\n\n{sample.body}"
    )


LAYOUTS = {"jekyll": _jekyll, "hugo": _hugo, "pelican": _pelican}


def write(folder: Path, size: int, *, layout: str = "jekyll", seed: int = 1) -> str:
    """Write the corpus and return one line that sums it up."""
    posts = folder / FOLDERS[layout]
    posts.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(size, seed)
    written, markdown, tags = 0, 0, set[str]()
    for sample in corpus:
        content = sample.text(layout).encode()
        (posts / f"{sample.when:%Y-%m-%d}-{sample.ident}.md").write_bytes(content)
        written += len(content)
        markdown += sample.is_markdown
        tags.update(sample.tags)
    lines = [f"{slug}\t{name}\t{name}新闻\t{corpus.posts_in[slug]}\n" for slug, name in corpus.categories]
    (folder / "categories.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    return (
        f"posts={size} bytes={written} mean={written // max(1, size)} markdown={markdown} "
        f"categories={len(corpus.categories)} tags={len(tags)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--posts", type=int, required=True)
    parser.add_argument("--layout", choices=tuple(FOLDERS), default="jekyll")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(write(options.outdir, options.posts, layout=options.layout, seed=options.seed))


if __name__ == "__main__":
    main()
