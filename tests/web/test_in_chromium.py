"""A feed's address in a real browser: styled, and nothing in it runs. Needs Debian's `chromium`."""

import json
import os
import select
import shutil
import socket
import subprocess
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import uvicorn

from feeds.cli.running import server_config
from feeds.export import Builder
from feeds.web.app import create_app
from feeds.web.replies import GUARDS

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's package chromium is not installed"),
]
PATIENCE = 60  # seconds, on a busy machine

HEADLESS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --remote-debugging-pipe --window-size=1200,900"
)
DARK = "rgb(23, 22, 20)"
LIGHT = "rgb(247, 245, 240)"

PROBE = "window.ran=true;fetch('/probe');"
SCRIPTS = (
    f'<script>{PROBE}</script><img src=x onerror="{PROBE}"><svg onload="{PROBE}"/>'
    f'<script xmlns="http://www.w3.org/1999/xhtml">{PROBE}</script>]]><script>{PROBE}</script>'
)
XHTML_SCRIPT = f'<feed><script xmlns="http://www.w3.org/1999/xhtml">{PROBE}</script></feed>'.encode()


class Chromium:
    """A headless browser, driven by the DevTools protocol over a pipe: JSON texts, each with a NUL behind it."""

    def __init__(self, profile):
        commands, self._to = os.pipe()
        self._from, answers = os.pipe()
        # The browser reads its file descriptor 3 and writes to 4; dash knows no descriptors of two figures.
        shell = ["bash", "-c", f'exec "$0" "$@" 3<&{commands} 4>&{answers}', CHROMIUM, *HEADLESS.split()]
        self._process = subprocess.Popen(
            [*shell, f"--user-data-dir={profile}"],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._heard = b""
        self._number = 0
        self.events = []

    def close(self):
        try:
            self.say("Browser.close")
        finally:
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            os.close(self._to)
            os.close(self._from)

    def say(self, method, session=None, **parameters):
        """Give a command and return its result; what happens meanwhile is remembered in `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | (
            {"sessionId": session} if session else {}
        )
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while "id" not in (heard := self._hear()):
            self.events.append(heard)
        assert "error" not in heard, heard
        return heard["result"]

    def await_event(self, method):
        while not any(event["method"] == method for event in self.events):
            self.await_next()

    def await_next(self):
        heard = self._hear()
        assert "method" in heard, heard
        self.events.append(heard)

    def _hear(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._heard:
            ready, _, _ = select.select([self._from], [], [], max(0, deadline - time.monotonic()))
            assert ready, "the browser is silent"
            part = os.read(self._from, 65536)
            assert part, "the browser has ended"
            self._heard += part
        message, _, self._heard = self._heard.partition(b"\0")
        return json.loads(message)


class Tab:
    """One address, opened and loaded with everything that it asks for."""

    def __init__(self, browser, address, *, scheme="light", width=1200, is_telephone=False, context=None):
        """context: of another tab, to share its cache; None: one of its own, where nothing is cached."""
        self._browser = browser
        self.context = context or browser.say("Target.createBrowserContext")["browserContextId"]
        target = browser.say("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self._session = browser.say("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.events.clear()
        for domain in ("Page", "Network", "Runtime"):
            self._say(f"{domain}.enable")
        self._say("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        screen = {"width": width, "height": 900, "screenWidth": width, "screenHeight": 900}
        self._say("Emulation.setDeviceMetricsOverride", **screen, deviceScaleFactor=1, mobile=is_telephone)
        self._say("Page.navigate", url=address)
        self.await_load()

    def await_load(self):
        self._browser.await_event("Page.loadEventFired")
        self._browser.events[:] = [one for one in self._browser.events if one["method"] != "Page.loadEventFired"]

    def _say(self, method, **parameters):
        return self._browser.say(method, self._session, **parameters)

    def press(self, key):
        """key: `Tab` or `Enter`."""
        code = {"Tab": 9, "Enter": 13}[key]
        told = {"key": key, "code": key, "windowsVirtualKeyCode": code} | ({"text": "\r"} if key == "Enter" else {})
        for kind in ("keyDown", "keyUp"):
            self._say("Input.dispatchKeyEvent", type=kind, **told)

    def click(self, selector):
        left, top = self.evaluate(
            f"(({{left, top}}) => [left, top])(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._say("Input.dispatchMouseEvent", type=kind, x=left + 5, y=top + 5, button="left", clickCount=1)

    def evaluate(self, expression):
        found = self._say("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def style(self, selector, name, pseudo=""):
        element = f"document.querySelector({json.dumps(selector)})"
        return self.evaluate(f"getComputedStyle({element}, {json.dumps(pseudo)})[{json.dumps(name)}]")

    def box(self, selector):
        """Return how wide and how high an element is; nothing where it is not shown."""
        element = f"document.querySelector({json.dumps(selector)})"
        return self.evaluate(f"(({{width, height}}) => [width, height])({element}.getBoundingClientRect())")

    @property
    def requests(self):
        sent = [event for event in self._browser.events if event["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]


class Serving:
    """An application on a free port; counts what is asked of it."""

    def __init__(self, app):
        self.asked = asked = []

        async def count(scope, receive, send):
            if scope["type"] == "http":
                asked.append(scope["path"])
            await app(scope, receive, send)

        self._server = uvicorn.Server(server_config(count))
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        deadline = time.monotonic() + PATIENCE
        while not self._server.started and self._thread.is_alive() and time.monotonic() < deadline:
            self._thread.join(0.01)
        assert self._server.started

    def close(self):
        self._server.should_exit = True
        self._thread.join(PATIENCE)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Chromium(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def serve():
    opened = []

    def start(app):
        opened.append(Serving(app))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def site(open_desk, serve):
    def start(title="Ships & <tides>", body="Some words about the harbour.\n\n" * 9, **settings):
        desk = open_desk(**settings)
        text = f"---\ntitle: {json.dumps(title)}\ndate: 2026-10-01 08:00:00\nsource: 新京报\n---\n\n{body}\n"
        desk.write("content/one.md", text)
        desk.publish()
        return serve(create_app(desk.site))

    return start


@pytest.mark.parametrize(
    ("form", "entry", "title"), [("rss", "item", "item > title"), ("atom", "entry", "entry > title")]
)
def test_a_feed_address_renders_styled(browser, site, form, entry, title):
    served = site()
    tab = Tab(browser, f"{served.address}/feed.{form}")
    assert tab.evaluate("document.contentType") == "application/xml"
    assert tab.style(":root", "backgroundColor") == LIGHT
    assert tab.style(entry, "display") == "flex"
    assert tab.evaluate(f"document.querySelector({title!r}).textContent") == "Ships & <tides>"
    assert tab.style(title, "fontWeight") == "600"
    width, height = tab.box(title)
    assert width > 300
    assert height > 20
    assert tab.style("guid, entry > id", "display") == "none"
    head = ":root" if form == "atom" else "channel"
    assert "Copy the address" in tab.style(head, "content", "::before")


def test_a_summary_is_shown_and_markup_is_not(browser, site):
    served = site()
    for form, summary, markup in (
        ("rss", "item > description", r"content\:encoded"),
        ("atom", "entry > summary", "entry > content"),
    ):
        tab = Tab(browser, f"{served.address}/feed.{form}")
        assert tab.box(summary)[1] > 20
        assert tab.style(markup.replace(r"content\:encoded", "encoded"), "display") == "none"


FIRST = "document.querySelector('a').getBoundingClientRect().top"
OTHERS = """[...document.documentElement.querySelectorAll("*")].filter((one) => one.getClientRects().length)
  .filter((one) => !["channel", "a"].includes(one.localName)).map((one) => one.getBoundingClientRect().top)"""


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize(
    ("path", "page", "said"),
    [
        ("/source/新京报.{}", "/source/%E6%96%B0%E4%BA%AC%E6%8A%A5/", "Open this feed as a page"),
        ("/feed.{}?limit=1", "/", "Open the page of this site"),
        ("/old/{}", "/", "Open the page of this site"),
    ],
)
@pytest.mark.parametrize("key", ["Enter", None])
def test_its_first_line_is_a_link_to_the_page_for_people(browser, site, form, path, page, said, key):
    served = site(aliases={"answer": "in-place", "addresses": {f"/old/{form}": f"/feed.{form}"}})
    tab = Tab(browser, served.address + path.format(form))
    assert said in tab.style("a", "content", "::before")
    assert tab.evaluate(FIRST) < min(tab.evaluate(OTHERS))
    if key:
        tab.press("Tab")  # nothing else can be reached by it
        assert tab.evaluate("document.activeElement.localName") == "a"
        assert tab.style("a", "outlineStyle") == "solid"
        tab.press(key)
    else:
        tab.click("a")
    tab.await_load()
    assert tab.evaluate("location.href") == served.address + page
    assert tab.evaluate("document.contentType") == "text/html"


def test_a_browser_s_own_cache_does_not_take_one_for_the_other(browser, site, serve):
    address = f"{site().address}/feed.atom"
    reader = serve(xml()).address  # a reader that runs in a browser, at an address that keeps its cache with ours
    shown = Tab(browser, address)
    for _ in range(2):
        page = Tab(browser, reader, context=shown.context)
        assert "xhtml" not in page.evaluate(f"fetch('{address}').then((found) => found.text())")
        again = Tab(browser, address, context=shown.context)
        assert again.evaluate("document.getElementsByTagName('a').length") == 1


@pytest.fixture
def files(open_desk, tmp_path):
    """Serve a built tree as any host does."""
    served = []

    def start(**settings):
        desk = open_desk(aliases={"styles": ["jekyll", "hugo"]}, **settings)
        desk.write("content/one.md", "---\ntitle: One\ncategory: red\ndate: 2026-10-01 08:00:00\n---\n\nWords.\n")
        desk.publish()
        with Builder(desk.site, tmp_path / "public") as builder:
            builder.build()
        handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "public"))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        served.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server, thread in served:
        server.shutdown()
        thread.join()
        server.server_close()


def first_line(tab):
    """Return what is said in the highest box that has words of its own."""
    return tab.evaluate("""(() => {
      const words = (one) => getComputedStyle(one, "::before").content.replaceAll('" "', "").replace(/^none|"/g, "");
      const all = [...document.documentElement.querySelectorAll("*")].filter((one) => one.getClientRects().length);
      const lines = all.filter((one) => one.localName !== "channel" && words(one) + one.textContent.trim());
      const top = (one) => one.getBoundingClientRect().top;
      const first = lines.sort((one, other) => top(one) - top(other))[0];
      return words(first) + (first.children.length ? "" : first.textContent);
    })()""")


@pytest.mark.parametrize("path", ["/feed/red.xml", "/categories/red/index.xml"])
def test_a_built_feed_says_the_address_of_its_page_at_its_old_address_too(browser, files, path):
    said = first_line(Tab(browser, files(pages={"feeds": True}) + path))
    form = "atom" if path.startswith("/feed") else "rss"
    assert said.startswith(f"For a page with all its entries, put / in place of .{form} at the end")
    assert said.endswith(f" https://example.com/category/red.{form}")


@pytest.mark.parametrize("path", ["/feed/red.xml", "/categories/red/index.xml", "/feed.xml", "/index.xml"])
def test_a_built_feed_leads_to_the_site_where_feeds_have_no_pages(browser, files, path):
    said = first_line(Tab(browser, files() + path))
    assert said == "The page of this site: https://example.com/"


@pytest.mark.parametrize(("scheme", "colour"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("form", ["rss", "atom"])
def test_it_is_light_or_dark_as_the_reader_likes(browser, site, form, scheme, colour):
    served = site()
    tab = Tab(browser, f"{served.address}/feed.{form}", scheme=scheme)
    assert tab.style(":root", "backgroundColor") == colour


@pytest.mark.parametrize("is_telephone", [False, True])
@pytest.mark.parametrize("form", ["rss", "atom"])
def test_nothing_is_wider_than_a_small_screen_and_all_is_large_enough(browser, site, form, is_telephone):
    served = site(title="A" * 300, body="https://example.com/" + "b" * 400)
    tab = Tab(browser, f"{served.address}/feed.{form}", width=400, is_telephone=is_telephone)
    layout = tab.evaluate("innerWidth")
    assert layout == (980 if is_telephone else 400)
    assert tab.evaluate("document.documentElement.scrollWidth") <= layout
    letters = float(tab.style(":root", "fontSize").removesuffix("px"))
    assert letters * 400 / layout >= 16


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "订阅源"), ("zh-Hant", "訂閱源"), ("de", "Web-Feed"), ("cy", "web feed")]
)
def test_it_is_explained_in_the_language_of_the_site_or_in_english(browser, site, form, language, said):
    served = site(site={"language": language})
    tab = Tab(browser, f"{served.address}/feed.{form}")
    assert said in tab.style("channel, feed", "content", "::before")


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_scripts_in_a_post_do_not_run_and_nothing_but_the_stylesheet_is_loaded(browser, site, form):
    served = site(title=f"Title {SCRIPTS}", body=f"{SCRIPTS}\n\nWords.\n\n{SCRIPTS}")
    tab = Tab(browser, f"{served.address}/feed.{form}")
    assert tab.evaluate("window.ran") is None
    assert tab.evaluate("document.getElementsByTagNameNS('*', 'script').length") == 0
    assert "<script" in tab.evaluate("document.querySelector('item > title, entry > title').textContent")
    assert tab.requests == [f"{served.address}/feed.{form}", f"{served.address}/site-feed.css"]
    assert served.asked == [f"/feed.{form}", "/site-feed.css"]


def xml(*fields):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            headers = [(b"content-type", b"application/xml"), *fields]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": XHTML_SCRIPT})

    return app


def test_even_a_script_that_got_into_the_markup_would_not_run_under_our_policy(browser, serve):
    served = serve(xml(*GUARDS))
    tab = Tab(browser, f"{served.address}/feed.rss")
    assert tab.evaluate("document.getElementsByTagNameNS('*', 'script').length") == 1
    assert tab.evaluate("window.ran") is None
    assert served.asked == ["/feed.rss"]


def test_this_browser_would_run_it_without_that_policy(browser, serve):
    served = serve(xml())
    tab = Tab(browser, f"{served.address}/feed.rss")
    assert tab.evaluate("window.ran") is True
    while f"{served.address}/probe" not in tab.requests:  # a browser that stays silent fails the test
        browser.await_next()


def test_json_is_shown_as_text_and_not_saved(browser, site):
    served = site()
    tab = Tab(browser, f"{served.address}/feed.json")
    assert tab.evaluate("document.contentType") == "application/json"
    assert "jsonfeed.org" in tab.evaluate("document.body.textContent")


def test_without_browser_view_a_feed_is_not_styled(browser, site):
    served = site(server={"browser_view": False})
    tab = Tab(browser, f"{served.address}/feed.rss")
    assert served.asked == ["/feed.rss"]
    assert tab.evaluate("document.contentType") != "application/xml"


def test_the_index_is_shown_with_its_stylesheet_and_script_and_nothing_from_elsewhere(browser, site):
    served = site()
    tab = Tab(browser, f"{served.address}/")
    paths = {one.removeprefix(served.address).partition("?")[0] for one in tab.requests}
    assert paths - {"/icon.svg", "/icon-180.png"} == {"/", "/pages.css", "/pages.js"}
    alternates = tab.evaluate("[...document.querySelectorAll('link[rel=alternate]')].map(link => link.type)")
    assert alternates[:3] == ["application/atom+xml", "application/rss+xml", "application/feed+json"]
