"""Show one post of a newswire as Atom, RSS and JSON Feed have it, and as a feed reader keeps it.

python scripts/show_item.py
"""  # noqa: INP001 (a script, not a package)

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree
from reader import Entry, make_reader

from feeds.model import FORMATS, Format
from feeds.settings import load_settings
from feeds.site import Site, open_site

SETTINGS = {
    "site": {
        "title": "港口消息",
        "url": "https://wire.example",
        "authority": "wire.example,2026",
        "timezone": "Asia/Shanghai",
        "language": "zh-CN",
    },
    "content": {"settle": 0},
    "source": [
        {
            "name": "潮声日报",
            "aliases": ["潮声日报网"],
            "url": "https://chaosheng.example/",
            "feed": "https://chaosheng.example/feed.xml",
            "license": "https://creativecommons.org/licenses/by-nc/4.0/",
        },
        {"name": "海鸥财经", "role": "aggregator", "url": "https://haiou.example/", "categories": ["haiou"]},
    ],
}
POST = """\
---
layout: post
title: "七号泊位本周重新开放"
date: 2026-10-20 08:15:12 +0800
categories: haiou
tags: 潮声日报新闻
---

> 七号泊位的维修已经结束，渡轮本周起恢复停靠。

<p>港务处表示，七号泊位的维修比计划早两天结束，<strong>渡轮</strong>从周四起恢复停靠。</p>
<p>夜间班次不变，冬季时刻表下月公布。</p>
<p class="em_media">（文章来源：潮声<span id="bk_1"></span>日报网）</p>

<https://m.chaosheng.example/html_News/NewsShare.html?infoCode=NW202610200815120041>

[返回海鸥财经](//wire.example/category/haiou/)｜[返回首页](//wire.example/)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        post = folder / "_posts" / "2026-10-20-NW202610200815120041.md"
        post.parent.mkdir()
        post.write_text(POST, encoding="utf-8")
        show("The post", POST)
        with published(folder) as site:
            for format_ in FORMATS:
                (folder / f"feed.{format_}").write_bytes(document(site, format_))
        for format_ in FORMATS:
            show(f"As {format_}", item(format_, (folder / f"feed.{format_}").read_bytes()))
        for format_ in FORMATS:
            show(f"As `reader` keeps {format_}", kept(folder, format_))


@contextmanager
def published(folder: Path) -> Iterator[Site]:
    with open_site(folder, load_settings(folder, environ={}, flags=SETTINGS)) as site:
        publisher = site.claim()
        assert publisher is not None, "nobody else knows this folder"
        publisher.catch_up()
        yield site


def document(site: Site, format_: Format) -> bytes:
    rendition = site.library.look_up(f"/feed.{format_}")
    assert rendition is not None, "every site has a feed"
    return site.library.fill(rendition).body()


def item(format_: Format, body: bytes) -> str:
    """Take the one item out of a document and indent it."""
    if format_ == "json":
        return json.dumps(json.loads(body)["items"][0], ensure_ascii=False, indent=2)
    root = etree.fromstring(body)
    (element,) = root.iter("item", "{http://www.w3.org/2005/Atom}entry")
    etree.indent(element)
    etree.cleanup_namespaces(element)
    text: str = etree.tostring(element, encoding="unicode")
    return text


def kept(folder: Path, format_: Format) -> str:
    with make_reader(":memory:", feed_root=str(folder)) as library:
        library.add_feed(f"feed.{format_}")
        library.update_feed(f"feed.{format_}")
        (entry,) = library.get_entries()
    return "\n".join(f"{name:10} {value}" for name, value in shown(entry).items())


def shown(entry: Entry) -> dict[str, object]:
    content, source = entry.get_content(), entry.source
    page = etree.HTML(content.value if content else "<p></p>")
    return {
        "title": entry.title,
        "link": entry.link,
        "authors": entry.authors_str,
        "source": source and f"{source.title} (feed {source.url}, page {source.link})",
        "published": entry.published,
        "content": "".join(page.itertext()),
        "links": page.xpath("//a/@href"),
    }


def show(title: str, text: str) -> None:
    sys.stdout.write(f"== {title}\n\n{text.strip()}\n\n")


if __name__ == "__main__":
    main()
