"""Each defect of feedgen that `corrections` repairs: first shown in bare feedgen, then repaired in what we publish.

When a test called `test_feedgen_still_…` fails, feedgen has repaired that defect: take our correction out.
"""

import json
import locale
import re
from datetime import UTC, datetime, timedelta

import pytest
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds import __version__
from feeds.model import Source
from feeds.render import RENDERERS
from feeds.render.corrections import UNTOLD
from feeds.settings import LIFETIMES

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
DAY = datetime(2021, 12, 29, tzinfo=UTC)


@pytest.fixture
def bare_feed():
    feed = FeedGenerator()
    feed.id("tag:example.com,2021:feed")
    feed.title("T")
    feed.subtitle("S")
    feed.updated(DAY)
    feed.link(href="https://example.com/", rel="alternate")
    return feed


@pytest.fixture
def bare_entry():
    entry = FeedEntry()
    entry.id("tag:example.com,2021:1")
    entry.title("T")
    entry.updated(DAY)
    entry.link(href="https://example.com/1", rel="alternate", type="text/html")
    return entry


@pytest.fixture
def atom_entry(make):
    def published(**changes):
        root = etree.fromstring(make.document("atom", make.entry(**changes)))
        return root.find(f"{ATOM}entry")

    return published


@pytest.fixture
def rss_item(make):
    def published(mode="full", **changes):
        return etree.fromstring(make.document("rss", make.entry(**changes), mode=mode)).find("channel/item")

    return published


# --- hubs


def test_feedgen_still_leaves_hubs_out_of_rss(bare_feed):
    bare_feed.link(href="https://example.com/feed.rss", rel="self")
    bare_feed.link(href="https://hub.example/", rel="hub")
    assert b'rel="self"' in bare_feed.rss_str()
    assert b'rel="hub"' not in bare_feed.rss_str()


def test_hubs_are_in_every_format_and_the_home_page_stays_the_link(make):
    hubs = ("https://hub.example/", "https://other.example/hub?for=us&all=1")
    feed = make.feed(hubs=hubs)
    rss = etree.fromstring(make.document("rss", make.entry(), feed=feed)).find("channel")
    atom = etree.fromstring(make.document("atom", make.entry(), feed=feed))
    for head in (rss, atom):
        links = [(link.get("rel"), link.get("href")) for link in head.findall(f"{ATOM}link")]
        assert tuple(href for rel, href in links if rel == "hub") == hubs
        assert [rel for rel, _ in links].count("self") == 1
    assert rss.findtext("link") == "https://example.com/"
    assert json.loads(make.document("json", feed=feed))["hubs"] == [{"type": "WebSub", "url": hub} for hub in hubs]


def test_a_feed_without_hubs_names_none(make):
    assert all(b'"hub' not in make.document(format_, make.entry()) for format_ in RENDERERS)


# --- links of Atom entries


def test_feedgen_still_loses_every_attribute_of_an_entry_link_but_href(bare_entry):
    bare_entry.link(href="https://example.com/2", rel="via", type="text/html", title="t", hreflang="zh", length="3")
    assert [dict(link.attrib) for link in bare_entry.atom_entry().findall("link")] == [
        {"href": "https://example.com/1"},
        {"href": "https://example.com/2"},
    ]


def test_links_of_an_atom_entry_keep_their_attributes(atom_entry):
    links = [dict(link.attrib) for link in atom_entry().findall(f"{ATOM}link")]
    assert links == [
        {"href": "https://example.com/posts/NW202112292229869269/", "rel": "alternate", "type": "text/html"},
        {"href": "https://bjnews.example/detail?infoCode=NW202112292229869269&a=1", "rel": "via"},
        {"href": "https://example.com/a.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "1234"},
        {"href": "https://example.com/b.ogg", "rel": "enclosure", "type": "audio/ogg"},
        {"href": "https://creativecommons.org/licenses/by-nc/4.0/", "rel": "license"},
    ]


def test_an_original_that_is_the_link_itself_is_not_said_twice(make, atom_entry, rss_item):
    via = make.entry().link
    assert "via" not in [link.get("rel") for link in atom_entry(via=via).findall(f"{ATOM}link")]
    assert rss_item(via=via).find(f"{ATOM}link") is None


# --- what RSS says of links


def test_feedgen_still_makes_the_last_link_the_channel_link(bare_feed):
    bare_feed.link(href="https://example.com/feed.rss", rel="self")
    assert etree.fromstring(bare_feed.rss_str()).findtext("channel/link") == "https://example.com/feed.rss"


def test_feedgen_still_writes_no_link_but_self_into_rss(bare_feed, bare_entry):
    bare_feed.link(href="https://example.com/feed.rss", rel="self")
    bare_feed.link(href="https://example.com/feed.atom", rel="alternate")
    bare_entry.link(href="https://example.com/2", rel="via")
    bare_feed.add_entry(bare_entry)
    links = etree.fromstring(bare_feed.rss_str()).iter(f"{ATOM}link")
    assert [link.get("rel") for link in links] == ["self"]


def test_an_rss_channel_links_home_itself_and_the_other_formats(make):
    channel = etree.fromstring(make.document("rss")).find("channel")
    assert channel.findtext("link") == "https://example.com/"
    assert [(link.get("rel"), link.get("href"), link.get("type")) for link in channel.findall(f"{ATOM}link")] == [
        ("self", "https://example.com/feed.rss", "application/rss+xml"),
        ("alternate", "https://example.com/feed.atom", "application/atom+xml"),
        ("alternate", "https://example.com/feed.json", "application/feed+json"),
    ]


def test_the_first_and_the_last_alternate_of_an_atom_feed_lead_home(make):
    """The home page is the first to FreshRSS and Miniflux, and the last to newsboat and Liferea, whatever its type."""
    links = etree.fromstring(make.document("atom")).findall(f"{ATOM}link")
    assert [(link.get("type"), link.get("href")) for link in links if link.get("rel") == "alternate"] == [
        ("text/html", "https://example.com/"),
        ("application/rss+xml", "https://example.com/feed.rss"),
        ("application/feed+json", "https://example.com/feed.json"),
        ("text/html", "https://example.com/"),
    ]
    assert links[-1].get("hreflang") == "zh-CN"


def test_an_rss_item_links_the_original_as_via(make, rss_item):
    (link,) = rss_item().findall(f"{ATOM}link")
    assert dict(link.attrib) == {"rel": "via", "href": make.entry().via}


# --- where it comes from


def test_feedgen_still_writes_an_atom_source_without_id_and_updated(bare_entry):
    bare_entry.source("https://bjnews.example/", "新京报")
    source = bare_entry.atom_entry().find("source")
    assert [child.tag for child in source] == ["title", "link"]
    assert "rel" not in source.find("link").attrib


def test_an_atom_source_is_whole(atom_entry):
    source = atom_entry().find(f"{ATOM}source")
    assert [(child.tag.removeprefix(ATOM), child.text) for child in source if child.text] == [
        ("id", "https://bjnews.example/feed.xml"),
        ("title", "新京报"),
        ("updated", "2021-12-29T14:00:00+08:00"),
        ("logo", "https://bjnews.example/logo.png"),
        ("rights", "https://creativecommons.org/licenses/by/4.0/"),
    ]
    assert [(link.get("rel"), link.get("href")) for link in source.findall(f"{ATOM}link")] == [
        ("alternate", "https://bjnews.example/"),
        ("self", "https://bjnews.example/feed.xml"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
    ]


@pytest.mark.parametrize(
    ("source", "id_"),
    [
        (Source(name="新京报", url="https://bjnews.example/"), "https://bjnews.example/"),
        (Source(name="新京报"), "urn:feedwright:source:%E6%96%B0%E4%BA%AC%E6%8A%A5"),
        (Source(name="A/B C"), "urn:feedwright:source:A%2FB%20C"),
    ],
)
def test_the_id_of_a_source_is_an_absolute_iri_whatever_is_known(atom_entry, source, id_):
    assert atom_entry(source=source).findtext(f"{ATOM}source/{ATOM}id") == id_


def test_an_rss_source_has_an_address_and_otherwise_dc_source_speaks(rss_item):
    known = rss_item()
    assert (known.find("source").get("url"), known.findtext("source")) == ("https://bjnews.example/feed.xml", "新京报")
    assert known.find(f"{DC}source") is None
    unknown = rss_item(source=Source(name="新京报"))
    assert unknown.find("source") is None
    assert unknown.findtext(f"{DC}source") == "新京报"


# --- who wrote it


def test_feedgen_still_drops_authors_without_an_address_from_rss_and_shows_the_addresses_of_others(bare_entry):
    bare_entry.author([{"name": "韩梅梅"}, {"name": "李雷", "email": "lilei@example.com"}])
    authors = [author.text for author in bare_entry.rss_entry().findall("author")]
    assert authors == ["lilei@example.com (李雷)"]


def test_rss_names_every_author_and_no_address(rss_item):
    assert [creator.text for creator in rss_item().findall(f"{DC}creator")] == ["李雷"]
    assert rss_item().find("author") is None


def test_the_source_is_the_author_where_nobody_is_named(atom_entry, rss_item):
    assert [e.text for e in atom_entry(authors=()).find(f"{ATOM}author")] == ["新京报", "https://bjnews.example/"]
    assert rss_item(authors=()).findtext(f"{DC}creator") == "新京报"


def test_an_entry_of_nobody_leaves_it_to_the_feed(atom_entry, rss_item):
    assert atom_entry(authors=(), source=None).find(f"{ATOM}author") is None
    assert rss_item(authors=(), source=None).find(f"{DC}creator") is None


# --- dates


def test_feedgen_still_writes_rss_dates_through_setlocale(bare_entry, monkeypatch):
    calls = []
    monkeypatch.setattr(locale, "setlocale", lambda *arguments: calls.append(arguments) or "C")
    bare_entry.published(DAY)
    bare_entry.rss_entry()
    assert calls


def test_rendering_never_touches_the_locale_of_the_process(make, monkeypatch):
    def refuse(*arguments):
        raise AssertionError(arguments)

    monkeypatch.setattr(locale, "setlocale", refuse)
    for format_ in RENDERERS:
        assert make.document(format_, make.entry())


def test_feedgen_still_says_that_a_feed_was_built_now():
    feed = FeedGenerator()
    assert abs(feed.updated() - datetime.now(UTC)) < timedelta(minutes=5)
    feed.updated(UNTOLD)  # and takes our word that there is no date
    feed.title("T")
    feed.subtitle("S")
    feed.link(href="https://example.com/")
    assert b"lastBuildDate" not in feed.rss_str()


def test_every_date_comes_from_the_content(make):
    body = make.document("rss", make.entry()) + make.document("atom", make.entry())
    iso = set(re.findall(rb"\d{4}-\d\d-\d\dT[^<]+", body))
    rfc = set(re.findall(rb"[A-Z][a-z]{2}, \d\d [^<]+", body))
    assert iso == {b"2021-12-29T13:14:23+08:00", b"2021-12-29T14:00:00+08:00"}
    assert rfc == {b"Wed, 29 Dec 2021 13:14:23 +0800", b"Wed, 29 Dec 2021 14:00:00 +0800"}


def test_rss_says_that_an_entry_changed_only_if_it_did(make, rss_item):
    assert rss_item().findtext(f"{ATOM}updated") == "2021-12-29T14:00:00+08:00"
    same = rss_item(updated=make.entry().published + timedelta(milliseconds=300))
    assert same.find(f"{ATOM}updated") is None


# --- texts


def test_feedgen_still_raises_on_an_empty_title(bare_entry, bare_feed):
    bare_entry.title("")
    with pytest.raises(ValueError, match="Required fields not set"):
        bare_entry.atom_entry()
    bare_feed.subtitle("")
    with pytest.raises(ValueError, match="description"):
        bare_feed.rss_str()


def test_an_entry_without_a_title_is_named_by_its_summary_or_its_link(make, atom_entry, rss_item):
    assert atom_entry(title=" ").findtext(f"{ATOM}title") == make.entry().summary
    assert rss_item(title="", summary="长" * 200).findtext("title") == "长" * 79 + "…"
    assert rss_item(title="", summary="").findtext("title") == make.entry().link


def test_feedgen_still_writes_a_plain_summary_as_if_it_were_html(bare_entry):
    bare_entry.summary("a < b & c")
    assert bare_entry.rss_entry().findtext("description") == "a < b & c"


def test_an_rss_description_is_the_html_of_the_plain_summary(rss_item, atom_entry):
    assert rss_item(summary="a < b & <i>").findtext("description") == "a &lt; b &amp; &lt;i&gt;"
    assert atom_entry(summary="a < b & <i>").findtext(f"{ATOM}summary") == "a < b & <i>"


def test_the_description_is_the_content_where_there_is_no_summary(make, rss_item):
    item = rss_item(summary="")
    assert item.findtext("description") == make.entry().content_html
    assert item.find(f"{CONTENT}encoded") is None


def test_the_whole_content_stands_behind_the_description(make, rss_item):
    tags = [child.tag for child in rss_item()]
    assert tags.index("description") < tags.index(f"{CONTENT}encoded")
    assert rss_item().findtext(f"{CONTENT}encoded") == make.entry().content_html


def test_feedgen_still_writes_marks_in_titles_by_name(bare_entry):
    bare_entry.title("A & B <i>")
    assert b"<title>A &amp; B &lt;i&gt;</title>" in etree.tostring(bare_entry.rss_entry())


def test_marks_in_rss_titles_are_character_references_and_read_the_same(make):
    body = make.document("rss", make.entry(title="A & B <i>"), feed=make.feed(title="F & G", description="H < I"))
    assert b'<item xml:lang="zh-CN"><title>A &#x26; B &#x3C;i&gt;</title>' in body
    assert body.count(b"<title>F &#x26; G</title>") == 2  # the channel's and its image's
    assert b"<description>H &#x3C; I</description>" in body
    assert etree.fromstring(body).findtext("channel/item/title") == "A & B <i>"


# --- classification, images, language


def test_feedgen_still_writes_labels_for_terms_in_rss(bare_entry):
    bare_entry.category({"term": "xinjingbao", "label": "新京报"})
    assert bare_entry.rss_entry().find("category").text == "新京报"


def test_categories_say_what_kind_they_are(atom_entry, rss_item):
    assert [dict(category.attrib) for category in atom_entry().findall(f"{ATOM}category")] == [
        {"term": "xinjingbao", "scheme": "urn:feedwright:category", "label": "新京报"},
        {"term": "新京报新闻", "scheme": "urn:feedwright:tag"},
    ]
    assert [(category.get("domain"), category.text) for category in rss_item().findall("category")] == [
        ("urn:feedwright:category", "xinjingbao"),
        ("urn:feedwright:tag", "新京报新闻"),
    ]


def test_feedgen_still_wraps_an_image_in_a_media_group(bare_entry):
    bare_entry.load_extension("media")
    bare_entry.media.content(url="https://example.com/a.jpg", type="image/jpeg", medium="image")
    assert bare_entry.rss_entry().find(f"{MEDIA}content") is None


def test_an_image_is_media_content_and_thumbnail(atom_entry, rss_item):
    for element in (atom_entry(), rss_item()):
        assert dict(element.find(f"{MEDIA}content").attrib) == {
            "url": "https://example.com/a.jpg",
            "type": "image/jpeg",
            "medium": "image",
        }
        assert element.find(f"{MEDIA}thumbnail").get("url") == "https://example.com/a.jpg"


def test_an_entry_says_its_own_language(atom_entry, rss_item):
    for element in (atom_entry(lang="en"), rss_item(lang="en")):
        assert element.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_an_rss_item_has_one_enclosure_the_first(rss_item):
    (enclosure,) = rss_item().findall("enclosure")
    assert dict(enclosure.attrib) == {"url": "https://example.com/a.mp3", "length": "1234", "type": "audio/mpeg"}


def test_feedgen_still_gives_rss_the_last_enclosure(bare_entry):
    bare_entry.enclosure("https://example.com/a.mp3", 1, "audio/mpeg")
    bare_entry.enclosure("https://example.com/b.mp3", 1, "audio/mpeg")
    assert bare_entry.rss_entry().find("enclosure").get("url") == "https://example.com/b.mp3"


# --- ids, generator


def test_a_guid_is_a_permalink_only_where_it_is_the_link(make, rss_item):
    assert rss_item().find("guid").attrib["isPermaLink"] == "false"
    assert rss_item(id=make.entry().link).find("guid").attrib["isPermaLink"] == "true"


def test_feedgen_still_leaves_the_version_of_the_generator_out_of_rss(bare_feed):
    bare_feed.generator("Feedwright", version="1")
    assert etree.fromstring(bare_feed.rss_str()).findtext("channel/generator") == "Feedwright"


def test_the_generator_has_a_version(make):
    assert etree.fromstring(make.document("rss")).findtext("channel/generator") == f"Feedwright {__version__}"
    generator = etree.fromstring(make.document("atom")).find(f"{ATOM}generator")
    assert (generator.text, generator.get("version")) == ("Feedwright", __version__)


# --- how often to look


def test_feedgen_still_writes_the_names_of_syndication_with_a_capital(bare_feed):
    bare_feed.load_extension("syndication")
    bare_feed.syndication.update_period("hourly")
    tags = {element.tag for element in etree.fromstring(bare_feed.rss_str())[0]}
    assert f"{SY}UpdatePeriod" in tags
    assert f"{SY}updatePeriod" not in tags


@pytest.mark.parametrize("lifetime", LIFETIMES)
def test_ttl_and_syndication_say_the_lifetime_exactly(make, lifetime):
    feed = make.feed(lifetime=lifetime)
    channel = etree.fromstring(make.document("rss", feed=feed))[0]
    assert int(channel.findtext("ttl")) * 60 == lifetime
    for head in (channel, etree.fromstring(make.document("atom", feed=feed))):
        seconds = {"hourly": 3600, "daily": 86_400}[head.findtext(f"{SY}updatePeriod")]
        assert int(head.findtext(f"{SY}updateFrequency")) * lifetime == seconds


def test_json_says_nothing_of_a_lifetime(make):
    assert make.document("json", feed=make.feed(lifetime=60)) == make.document("json", feed=make.feed(lifetime=3600))


# --- how it looks in a browser


@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_a_document_names_its_stylesheet_between_the_declaration_and_the_root(make, format_):
    root = etree.fromstring(make.document(format_, make.entry()))
    (instruction,) = list(root.itersiblings(preceding=True))
    assert instruction.target == "xml-stylesheet"
    assert dict(instruction.attrib) == {"href": "/feed.css", "type": "text/css"}


@pytest.mark.parametrize("format_", ["atom", "rss"])
def test_no_path_breaks_out_of_the_instruction(make, format_):
    document = make.document(format_, feed=make.feed(stylesheet="/a&b/?>'/feed.css"))
    (instruction,) = list(etree.fromstring(document).itersiblings(preceding=True))
    assert instruction.text == 'href="/a&amp;b/?&gt;&#x27;/feed.css" type="text/css"'


def test_a_feed_without_a_stylesheet_and_json_name_none(make):
    for format_ in RENDERERS:
        assert b"stylesheet" not in make.document(format_, make.entry(), feed=make.feed(stylesheet=None))
    assert b"stylesheet" not in make.document("json", make.entry())


def test_both_formats_say_the_language_where_browsers_and_stylesheets_look(make):
    for format_ in ("atom", "rss"):
        root = etree.fromstring(make.document(format_, feed=make.feed(language="zh-CN")))
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"


def test_no_fragment_declares_a_prefix_again(make):
    for format_ in ("atom", "rss"):
        fragment = RENDERERS[format_].fragment(make.entry(), mode="full", zone=make.zone)
        assert b"xmlns" not in fragment
        assert b"ns0" not in fragment


def test_characters_are_written_as_themselves(make):
    for format_ in RENDERERS:
        assert "李佳琦".encode() in make.document(format_, make.entry())
