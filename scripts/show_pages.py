"""Show what browsers get: pictures of the pages, and what the list of all feeds costs.

    python scripts/show_pages.py [--output DIR] [--feeds 2000,20000]

Pictures are made of a site with the first so many feeds, at 390 and 1280 pixels, light and dark, by the system's
Chromium. Of each number of feeds the bytes, requests and times of `/` are printed.
"""  # noqa: INP001 (a script, not a package)

import argparse
import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from feeds.cli.running import server_config
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.web.app import create_app

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
PLACES = "潮云江南北山海星河桥林石泉湖沙门城谷港湾洲岛原峰渡陵溪台关塘岭川浦津"
TOWNS = "州阳安宁昌平远和春明光东西清新华文兴宜通嘉永定泰康乐"
PAPERS = ("日报", "晚报", "新闻网", "财经", "早报", "周刊", "观察", "商报")
WORDS = (
    "今天早上的潮水比往年高了两成，港口的吊机停了三个小时。", "渡轮公司说，周末的班次不会减少。",
    "市场上的鱼价涨了一点，摊主们却说还不够。", "气象台预计今晚起风，请船主把缆绳系牢。",
    "新桥通车以后，老城的茶馆反而热闹起来。", "统计显示，本季度进出港的货物增加了百分之七。",
)  # fmt: skip
HEADLINES = (
    "渡轮恢复通航",
    "港口吞吐量创新高",
    "潮位表明年改版",
    "老码头变成图书馆",
    "海堤加固工程开工",
    "渔汛提前半个月到来",
)
NEWEST = datetime(2026, 11, 28, 9, 0)  # noqa: DTZ001 (the zone is the site's)
SETTINGS = """
[site]
title = "潮声通讯"
description = "江南江北两千家媒体的消息，按来源分类，随时订阅。"
url = "{url}"
authority = "tides.example,2026"
timezone = "Asia/Shanghai"
language = "zh-CN"

[content]
roots = ["posts"]

[pages]
entries = true

[[source]]
name = "潮声日报"
url = "https://tide.example/"
license = "https://creativecommons.org/licenses/by/4.0/"

[admin]
tokens = {{ desk = "0123456789abcdef-desk" }}
"""
POST = """---
title: "{title}"
date: {date:%Y-%m-%d %H:%M:%S} +0800
category: {category}
tags: [港口, 渡轮]
source: {source}
original: https://tide.example/news/{number}.html
---

{body}
"""


def names(count: int) -> list[str]:
    """Return distinct names of publications, the same at each call."""
    whole = [f"{a}{b}{c}" for c in PAPERS for b in TOWNS for a in PLACES]
    whole += [f"{a}{b}{d}{c}" for c in PAPERS for d in "县区镇" for b in TOWNS for a in PLACES]
    return random.Random(7).sample(whole, count)  # noqa: S311 (a picture is no secret)


def write_site(folder: Path, feeds: int, url: str) -> None:
    """Write a site with so many categories; a few of them are read by everybody."""
    chance = random.Random(11)  # noqa: S311
    (folder / "posts").mkdir(parents=True)
    (folder / "feeds.toml").write_text(SETTINGS.format(url=url), encoding="utf-8")
    every = names(feeds)
    busy = every[:9]
    for number in range(feeds + feeds // 4):
        category = every[number] if number < feeds else chance.choice(busy)
        text = POST.format(
            title=f"{category}：{chance.choice(HEADLINES)}",
            date=NEWEST - timedelta(minutes=17 * (feeds + feeds // 4 - number)),
            category=category,
            source="潮声日报" if number % 3 else category,
            number=number,
            body="\n\n".join(chance.choice(WORDS) + chance.choice(WORDS) for _ in range(3)),
        )
        (folder / "posts" / f"p{number:05}.md").write_text(text, encoding="utf-8")


@contextmanager
def serving(feeds: int) -> Iterator[tuple[str, Path]]:
    """Publish and serve a site; yields its address and folder."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_site(folder, feeds, url)
        with open_site(folder, load_settings(folder, environ={})) as site:
            if publisher := site.claim():
                publisher.catch_up()
            server = uvicorn.Server(server_config(create_app(site)))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            while not server.started:
                time.sleep(0.05)
            try:
                yield url, folder
            finally:
                server.should_exit = True
                thread.join()


def change(client: httpx2.Client, folder: Path) -> None:
    """Write a post, and wait until the site's feed has it; nobody asks for a page meanwhile."""
    before = client.get("/feed.rss").headers["etag"]
    text = POST.format(title="新", date=NEWEST, category=PLACES[:3], source="潮声日报", number=0, body=WORDS[0])
    (folder / "posts" / "just-in.md").write_text(text, encoding="utf-8")
    while client.get("/feed.rss").headers["etag"] == before:
        time.sleep(0.1)


def measure(feeds: int, url: str, folder: Path) -> None:
    """Print what `/` costs: as the first to ask after a change, and as any other."""
    with httpx2.Client(base_url=url, headers={"Accept-Encoding": "identity"}) as client:
        print(f"\n{feeds} feeds:")  # noqa: T201
        first = f"/category/{names(feeds)[0]}/"
        for name, path in (
            ("list, at first", "/"),
            ("list, again", "/"),
            ("after a change", "/"),
            ("page 9", "/?page=9"),
            ("search, first", "/?q=cyrb"),
            ("search, again", "/?q=cyr"),
            ("by name", "/?sort=name"),
            ("a feed's page", first),
        ):
            if name == "after a change":
                change(client, folder)
            began = time.perf_counter()
            reply = client.get(path)
            took = (time.perf_counter() - began) * 1000
            small = client.get(path, headers={"Accept-Encoding": "br"}).headers["content-length"]
            tag = {"If-None-Match": reply.headers["etag"]}
            began = time.perf_counter()
            known = client.get(path, headers=tag)
            again = (time.perf_counter() - began) * 1000
            print(  # noqa: T201
                f"  {name:14} {reply.status_code} {len(reply.content):6} bytes, {took:7.1f} ms; "
                f"{known.status_code} in {again:5.1f} ms; {small} bytes in br"
            )


def requests_of(browser: Browser, url: str) -> None:
    page = browser.new_page()
    sent = []
    page.on("response", lambda reply: sent.append((reply.url.removeprefix(url), len(reply.body()))))
    page.goto(url, wait_until="networkidle")
    print("  requests:", ", ".join(f"{path} {size}" for path, size in sent))  # noqa: T201
    page.close()


def picture(browser: Browser, url: str, output: Path) -> None:
    category = browser.new_page()
    category.goto(f"{url}/?kind=category&sort=count")
    feed = category.locator("#list tbody a").first.get_attribute("href") or ""
    category.goto(url + feed)
    entry = category.locator(".item h3 a").first.get_attribute("href") or ""
    category.close()
    shown = {"index": "/", "search": "/?q=cy&sort=name", "feed": feed, "entry": entry.removeprefix(url)}
    shown |= {"rss": f"{feed.rstrip('/')}.rss", "sources": "/sources", "status": "/-/status"}
    for scheme in ("light", "dark"):
        for width, height in ((390, 1500), (1280, 1500)):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                http_credentials={"username": "", "password": "0123456789abcdef-desk"},
            )
            page = context.new_page()
            for name, path in shown.items():
                reply = page.goto(url + path, wait_until="networkidle")
                if reply is not None and reply.ok:
                    page.screenshot(path=output / f"{name}-{width}-{scheme}.png")
            context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "pages")
    parser.add_argument("--feeds", default="2000,20000")
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for number, feeds in enumerate(map(int, given.feeds.split(","))):
            with serving(feeds) as (url, folder):
                measure(feeds, url, folder)
                requests_of(browser, url)
                if number == 0:
                    picture(browser, url, given.output)
                    print(f"  pictures are in {given.output}")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main()
