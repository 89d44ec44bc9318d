"""Makers of entries and feeds, and judges: each returns its complaints about a document, none when it is content."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from lxml import etree

from feeds.model import FORMATS, SITE, Category, Enclosure, Entry, Fact, Feed, Image, Person, Source
from feeds.render import RENDERERS
from feeds.render.sources import SourceLine

HERE = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
ATOM, DC, CC, CONTENT = (
    "{http://www.w3.org/2005/Atom}",
    "{http://purl.org/dc/elements/1.1/}",
    "{http://backend.userland.com/creativeCommonsRssModule}",
    "{http://purl.org/rss/1.0/modules/content/}",
)


def make_entry(**changes):
    """The seed post, with nothing left out."""
    whole = {
        "id": "tag:example.com,2021:post:NW202112292229869269",
        "path": "_posts/2021-12-29-NW202112292229869269.md",
        "title": "李佳琦等带货主播已提交整改报告",
        "link": "https://example.com/posts/NW202112292229869269/",
        "published": datetime(2021, 12, 29, 5, 14, 23, tzinfo=UTC),
        "updated": datetime(2021, 12, 29, 6, 0, 0, tzinfo=UTC),
        "content_html": "<p>12月28日，<strong>浙江省消保委</strong>收到报告 &amp; 说明。</p>",
        "summary": "浙江省消保委收到报告 & 说明。",
        "categories": (
            Category(term="xinjingbao", scheme="category", label="新京报"),
            Category(term="新京报新闻", scheme="tag", label="新京报新闻"),
        ),
        "authors": (Person(name="李雷", email="lilei@example.com", uri="https://example.com/lilei"),),
        "source": Source(
            name="新京报",
            url="https://bjnews.example/",
            feed="https://bjnews.example/feed.xml",
            logo="https://bjnews.example/logo.png",
            language="zh-CN",
            license="https://creativecommons.org/licenses/by/4.0/",
        ),
        "aggregator": Source(name="东方财富", url="https://eastmoney.example/"),
        "via": "https://bjnews.example/detail?infoCode=NW202112292229869269&a=1",
        "license": "https://creativecommons.org/licenses/by-nc/4.0/",
        "facts": (
            Fact(role="aggregator", rule="category", confidence="derived"),
            Fact(role="origin", rule="marked-class", confidence="stated", said="（文章来源：新京报）", line=9),
            Fact(role="original", rule="stand-alone-link", confidence="stated"),
        ),
        "image": Image(url="https://example.com/a.jpg", type="image/jpeg", alt="图"),
        "enclosures": (
            Enclosure(url="https://example.com/a.mp3", type="audio/mpeg", length=1234),
            Enclosure(url="https://example.com/b.ogg", type="audio/ogg"),
        ),
        "lang": "zh-CN",
    }
    return Entry(**(whole | changes))


BARE = {
    "summary": "",
    "content_html": "",
    "categories": (),
    "authors": (),
    "source": None,
    "aggregator": None,
    "via": None,
    "license": None,
    "facts": (),
    "image": None,
    "enclosures": (),
    "lang": None,
}


def make_feed(**changes):
    whole = {
        "key": SITE,
        "id": "tag:example.com,2021:feed",
        "address": "/feed",
        "title": "金融消息",
        "description": "所有消息",
        "home": "https://example.com/",
        "self_urls": {format_: f"https://example.com/feed.{format_}" for format_ in FORMATS},
        "zone": SHANGHAI,
        "updated": datetime(2021, 12, 29, 6, 0, 0, tzinfo=UTC),
        "lifetime": 900,
        "language": "zh-CN",
        "author": "金融消息",
        "rights": "© 2021",
        "icon": "https://example.com/icon.png",
        "logo": "https://example.com/logo.png",
        "stylesheet": "/feed.css",
    }
    return Feed(**(whole | changes))


def document(format_, *entries, feed=None, mode="full"):
    renderer = RENDERERS[format_]
    fragments = [renderer.fragment(entry, mode=mode, zone=SHANGHAI) for entry in entries]
    return renderer.document(feed or make_feed(), fragments)


# --- judges


def is_web_address(text):
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isascii() and not re.search(r"\s", text)


def is_iri(text):
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+", text or "") is not None


def is_atom_date(text):
    try:
        return datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False


def is_rss_date(text):
    if not re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", text or ""):
        return False
    try:
        return parsedate_to_datetime(text).strftime("%a") == text[:3]
    except ValueError:
        return False


def judge_atom(body):
    root = etree.fromstring(body)
    schema = etree.RelaxNG(etree.parse(HERE / "atom.rng"))
    complaints = [] if schema.validate(root) else [str(error) for error in schema.error_log]
    complaints += [
        f"date {e.text}" for e in root.iter(f"{ATOM}updated", f"{ATOM}published") if not is_atom_date(e.text)
    ]
    complaints += [f"id {e.text}" for e in root.iter(f"{ATOM}id") if not is_iri(e.text)]
    for link in root.iter(f"{ATOM}link"):
        if not is_web_address(link.get("href", "")):
            complaints.append(f"address {link.get('href')}")
    ids = Counter(entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry"))
    complaints += [f"duplicate id {id_}" for id_, count in ids.items() if count > 1]
    for holder in (root, *root.iter(f"{ATOM}entry", f"{ATOM}source")):
        alternates = Counter(
            (link.get("type"), link.get("hreflang"))
            for link in holder.findall(f"{ATOM}link")
            if link.get("rel") == "alternate"
        )
        complaints += [f"duplicate alternate {type_}" for (type_, _), count in alternates.items() if count > 1]
    for entry in root.iter(f"{ATOM}entry"):
        rels = {link.get("rel") for link in entry.findall(f"{ATOM}link")}
        has_text = any(entry.findtext(f"{ATOM}{name}") for name in ("content", "summary"))
        complaints += [] if has_text else ["no text"]
        complaints += [] if "alternate" in rels or entry.find(f"{ATOM}content") is not None else ["no alternate"]
        complaints += (
            [] if root.find(f"{ATOM}author") is not None or entry.find(f"{ATOM}author") is not None else ["no author"]
        )
    return complaints


CHANNEL_ORDER = ("title", "link", "description")
ITEM_ONCE = (
    "title",
    "link",
    "description",
    "guid",
    "pubDate",
    "enclosure",
    "source",
    "comments",
    f"{CONTENT}encoded",
    f"{ATOM}updated",
    f"{DC}source",
    f"{DC}publisher",
    f"{DC}rights",
    f"{CC}license",
)
ITEM_KNOWN = {*ITEM_ONCE, "category", f"{DC}creator", f"{ATOM}link"} | {
    f"{{http://search.yahoo.com/mrss/}}{name}" for name in ("content", "thumbnail")
}


def judge_rss(body):
    root = etree.fromstring(body)
    channel = root.find("channel")
    complaints = [] if root.get("version") == "2.0" else ["version"]
    complaints += [f"channel without {name}" for name in CHANNEL_ORDER if not channel.findtext(name)]
    tags = [child.tag for child in channel]
    complaints += [
        f"channel says {tag} twice"
        for tag, n in Counter(t for t in tags if t not in ("item", f"{ATOM}link")).items()
        if n > 1
    ]
    if "item" in tags and set(tags[tags.index("item") :]) != {"item"}:
        complaints.append("metadata behind items")
    if not is_rss_date(channel.findtext("lastBuildDate")):
        complaints.append("lastBuildDate")
    selves = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(selves) != 1 or selves[0].get("type") != "application/rss+xml":
        complaints.append("self")
    image = channel.find("image")
    if image is not None and [image.findtext(n) for n in ("title", "link")] != [
        channel.findtext(n) for n in ("title", "link")
    ]:
        complaints.append("image")
    guids = Counter(item.findtext("guid") for item in channel.findall("item"))
    complaints += [f"duplicate guid {guid}" for guid, count in guids.items() if count > 1]
    for item in channel.findall("item"):
        complaints += _judge_rss_item(item)
    return complaints


def _judge_rss_item(item):
    tags = [child.tag for child in item]
    complaints = [f"unknown {tag}" for tag in tags if tag not in ITEM_KNOWN]
    complaints += [f"{tag} twice" for tag in ITEM_ONCE if tags.count(tag) > 1]
    if not (item.findtext("title") or item.findtext("description")):
        complaints.append("neither title nor description")
    if f"{CONTENT}encoded" in tags and "description" not in tags[: tags.index(f"{CONTENT}encoded")]:
        complaints.append("content before description")
    if "source" in tags and f"{DC}source" in tags:
        complaints.append("source and dc:source")
    if "source" in tags and not (is_web_address(item.find("source").get("url", "")) and item.findtext("source")):
        complaints.append("source needs url and text")
    if f"{CC}license" in tags and not is_web_address(item.findtext(f"{CC}license") or ""):
        complaints.append("license needs an address")
    if not is_rss_date(item.findtext("pubDate")):
        complaints.append("pubDate")
    is_permanent = item.find("guid").get("isPermaLink", "true") == "true"
    if is_permanent != (item.findtext("guid") == item.findtext("link")):
        complaints.append("isPermaLink")
    for enclosure in item.findall("enclosure"):
        if not (
            is_web_address(enclosure.get("url", "")) and enclosure.get("type") and enclosure.get("length", "").isdigit()
        ):
            complaints.append("enclosure")
    return complaints


def judge_json(body):
    schema = json.loads((HERE / "jsonfeed-1.1.schema.json").read_text())
    feed = json.loads(body)
    complaints = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(feed)]
    dates = [item[name] for item in feed["items"] for name in ("date_published", "date_modified") if name in item]
    complaints += [f"date {date}" for date in dates if not is_atom_date(date)]
    ids = Counter(item.get("id") for item in feed["items"])
    return complaints + [f"duplicate id {id_}" for id_, count in ids.items() if count > 1]


@pytest.fixture(scope="session")
def make():
    return SimpleNamespace(entry=make_entry, feed=make_feed, bare=BARE, document=document, zone=SHANGHAI)


@pytest.fixture(scope="session")
def source_lines():
    """A source of which all is known, and one of which only the name is."""

    def line(number, source, **known):
        urls = {format_: f"https://example.com/source/{number}.{format_}" for format_ in FORMATS}
        return SourceLine(source=source, urls=urls, **({"count": 0, "newest": None} | known))

    seed = make_entry()
    return (
        line(1, seed.source, count=12, newest=seed.published, aliases=("新京报网", "BJNews")),
        line(2, Source(name="<A> & B", url="not an address")),
    )


@pytest.fixture(scope="session")
def judge():
    """Judge a document by its format."""
    judges = {"atom": judge_atom, "rss": judge_rss, "json": judge_json}
    return lambda format_, body: judges[format_](body)
