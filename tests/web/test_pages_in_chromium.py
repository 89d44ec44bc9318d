"""Pages for people in a browser: with scripts and without, for eyes, for ears, and for a keyboard alone."""

import socket
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
import uvicorn
from playwright.sync_api import expect, sync_playwright

from feeds.cli.running import server_config
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.web.app import create_app

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 20_000  # milliseconds, on a busy machine
AXE = Path(__file__).parents[1] / "judges" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium (Debian: chromium) shows the pages")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])


@contextmanager
def serving(app):
    """Serve an application on a free port of loopback; gives its address."""
    server = uvicorn.Server(server_config(app))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()  # what comes meanwhile waits in the listener's queue
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


POST = """---
title: "第 {number} 条"
date: 2026-10-{day:02} 08:00:{second:02}
categories: [港口]
tags: [Paper {number:03}]
source: 潮声日报
original: https://tide.example/original/{number}
---

渡轮停了三个小时。

周末的班次不变。
"""
TOKEN = "0123456789abcdef-desk"
SETTINGS = {
    "site": {"language": "zh-CN", "title": "潮声", "description": "港口的消息", "url": "https://example.com"},
    "content": {"roots": ["content"]},
    "pages": {"entries": True},
    "source": [{"name": "潮声日报", "url": "https://tide.example/", "license": "CC BY 4.0"}],
    "admin": {"tokens": {"desk": TOKEN}},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a site with seventy posts."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "content").mkdir()
    for number in range(70):
        text = POST.format(number=number, day=number % 28 + 1, second=number % 60)
        (folder / "content" / f"p{number:03}.md").write_text(text, encoding="utf-8")
    with open_site(folder, load_settings(folder, environ={}, flags=SETTINGS)) as site:
        site.claim().catch_up()
        with serving(create_app(site)) as address:
            yield address


@pytest.fixture
def open_page(browser, served):
    with ExitStack() as ending:

        def open_(path, **settings):
            context = browser.new_context(**settings)
            ending.callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto(served + path, wait_until="networkidle")
            return page

        yield open_


def found(page):
    return [unquote(one.get_attribute("href")) for one in page.locator("#list tbody th a").all()]


# --- for whom

CONTRASTS = """() => {
  const figures = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = (colour) => figures(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return figures(colour)[3] === 0 ? ground(one.parentElement) : colour;
  };
  return [...document.querySelectorAll("*")].filter((one) => one.getClientRects().length).map((one) => {
    const [dark, bright] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
    return [one.nodeName, (bright + 0.05) / (dark + 0.05)];
  });
}"""  # of each element that is seen: its name, and how much its colour differs from what is behind (WCAG 2.2 §1.4.3)
LISTS = ("/", "/?q=nothing", "/?page=2")


def judge(page, address):
    assert page.goto(address).ok
    page.evaluate(AXE.read_text())
    return page.evaluate("rules => axe.run(document, rules)", RULES)


@pytest.mark.skipif(not AXE.exists(), reason="`make judges` installs axe-core, with npm")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_has_nothing_to_say(open_page, served, scheme, width):
    known = {"username": "", "password": TOKEN}
    page = open_page("/", color_scheme=scheme, viewport={"width": width, "height": 900}, http_credentials=known)
    for path in (*LISTS, "/category/港口/", "/category/港口/before/p041/", "/entry/p005/", "/sources/", "/-/status"):
        told = judge(page, served + path)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in told["violations"]] == [], path
        assert len(told["passes"]) > 15


@pytest.mark.skipif(not AXE.exists(), reason="`make judges` installs axe-core, with npm")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("path", ["/feed.atom", "/category/港口.rss"])
def test_axe_has_nothing_to_say_of_a_feed_either(open_page, served, path, scheme, width):
    page = open_page(path, color_scheme=scheme, viewport={"width": width, "height": 900})
    told = judge(page, served + path)
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in told["violations"]] == []
    seen = page.evaluate(CONTRASTS)  # axe looks at the colours of HTML alone
    assert len(seen) > 50
    assert [one for one in seen if one[1] < 4.5] == []


@pytest.mark.skipif(not AXE.exists(), reason="`make judges` installs axe-core, with npm")
def test_axe_would_say_something(open_page):
    page = open_page("/")
    page.evaluate("document.querySelector('label').remove(); document.documentElement.lang = ''")
    page.evaluate(AXE.read_text())
    told = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert {"html-has-lang", "label"} <= {one["id"] for one in told["violations"]}


@pytest.mark.parametrize("path", ["/", "/category/港口/", "/entry/p005/"])
def test_nothing_is_wider_than_a_small_screen(open_page, path):
    page = open_page(path, viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_keyboard_alone_skips_to_the_content(open_page):
    page = open_page("/category/港口/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_nothing_is_asked_of_anybody_else_and_no_rule_is_broken(open_page, served):
    page = open_page("/")
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(served + "/category/港口/", wait_until="networkidle")
    paths = {unquote(one.removeprefix(served).partition("?")[0]) for one in asked}
    assert paths - {"/icon.svg", "/icon-180.png"} == {"/category/港口/", "/pages.css", "/pages.js"}
    assert complaints == []


# --- with scripts


def test_the_list_follows_what_is_typed(open_page):
    page = open_page("/")
    page.get_by_role("searchbox").press_sequentially("paper 01")
    expect(page.locator("#list tbody tr")).to_have_count(11, timeout=PATIENCE)
    assert set(found(page)) == {f"/tag/Paper_{number:03}/" for number in (1, *range(10, 20))}
    assert page.url.endswith("/?q=paper+01")
    assert "11" in page.locator("#heard").text_content()
    page.get_by_role("searchbox").fill("gk")
    expect(page.locator("#list tbody tr")).to_have_count(1, timeout=PATIENCE)
    assert found(page) == ["/category/港口/"]


def test_an_address_is_copied_at_a_click(open_page):
    page = open_page("/category/港口/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制").click()
    page.get_by_text("已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "https://example.com/category/%E6%B8%AF%E5%8F%A3.atom"


# --- with and without


@pytest.mark.parametrize("has_script", [True, False])
def test_feeds_are_found_and_pages_turned(open_page, served, has_script):
    page = open_page("/", java_script_enabled=has_script)
    page.locator("nav.turn a[rel=next]").click()
    page.wait_for_url("**/?page=2")
    assert len(found(page)) == 22
    page.get_by_role("searchbox").fill("paper 069")
    page.locator("form button").click()
    page.wait_for_url("**/?*q=paper+069*")
    page.get_by_role("link", name="Paper 069", exact=True).click()
    page.wait_for_url("**/tag/Paper_069/")
    assert page.locator("h1").text_content() == "Paper 069"


@pytest.mark.parametrize("has_script", [True, False])
def test_the_history_of_a_feed_is_turned_and_an_original_followed(open_page, served, has_script):
    page = open_page("/category/港口/", java_script_enabled=has_script)
    page.route("https://tide.example/**", lambda route: route.fulfill(body="The original"))
    first = page.locator(".item h3").first.text_content()
    page.locator("nav.turn a[rel=next]").click()
    page.wait_for_url("**/before/**")
    assert page.locator(".item h3").first.text_content() != first
    page.get_by_role("link", name="原文").first.click()
    page.wait_for_url("https://tide.example/original/*")


def test_without_scripts_there_is_no_button_that_does_nothing(open_page):
    page = open_page("/category/港口/", java_script_enabled=False)
    assert not page.locator("[data-copy]").is_visible()
    assert page.locator("#address").text_content().startswith("https://example.com/")


@pytest.mark.parametrize("has_script", [True, False])
def test_the_list_of_all_feeds_is_downloaded(open_page, has_script):
    page = open_page("/", java_script_enabled=has_script, accept_downloads=True)
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    text = Path(download.value.path()).read_text("utf-8")
    assert text.count("xmlUrl=") == 73
