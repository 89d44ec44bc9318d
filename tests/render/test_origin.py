"""Where an entry comes from and on what terms, as each format says it."""

import json
from datetime import UTC, datetime

import pytest
from lxml import etree

from feeds.model import FORMATS, Fact, Source

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CC = "{http://backend.userland.com/creativeCommonsRssModule}"
BY_NC = "https://creativecommons.org/licenses/by-nc/4.0/"
MERELY_NAMED = Source(name="新京报")


@pytest.fixture
def written(make):
    """One entry in all three formats: two elements and an object."""

    def write(**changes):
        atom, rss, item = (make.document(format_, make.entry(**changes)) for format_ in FORMATS)
        return (
            etree.fromstring(atom).find(f"{ATOM}entry"),
            etree.fromstring(rss).find("channel/item"),
            json.loads(item)["items"][0],
        )

    return write


def links(element, rel):
    return [link.get("href") for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]


# --- the origin


def test_the_origin_is_the_publisher_and_the_byline_the_creator(written):
    atom, rss, item = written()
    assert [e.text for e in rss.findall(f"{DC}publisher")] == ["新京报"]
    assert [e.text for e in rss.findall(f"{DC}creator")] == ["李雷"]
    assert atom.findtext(f"{ATOM}author/{ATOM}name") == "李雷"
    assert item["_source"]["name"] == "新京报"


def test_an_entry_without_an_origin_says_nothing_of_one(written):
    atom, rss, item = written(source=None, aggregator=None, facts=(), license=None)
    assert atom.find(f"{ATOM}source") is None
    assert [rss.find(tag) for tag in ("source", f"{DC}source", f"{DC}publisher", f"{DC}rights")] == [None] * 4
    assert not {"_source", "_license"} & item.keys()


def test_rss_has_no_element_of_atom_but_links_and_the_date_of_the_update(written):
    _, rss, _ = written()
    assert {child.tag for child in rss if child.tag.startswith(ATOM)} == {f"{ATOM}link", f"{ATOM}updated"}


def test_a_source_that_is_merely_named_has_no_address_in_any_format(written):
    atom, rss, item = written(source=MERELY_NAMED)
    assert atom.find(f"{ATOM}source").findall(f"{ATOM}link") == []
    assert (rss.find("source"), rss.findtext(f"{DC}source")) == (None, "新京报")
    assert not {"url", "feed"} & item["_source"].keys()


def test_an_address_of_a_source_that_leads_nowhere_is_left_out(written):
    source = Source(name="新京报", url="www.bjnews.example", feed="javascript:alert(1)", logo="/logo.png")
    atom, rss, item = written(source=source, license=None, authors=())
    assert etree.tostring(atom).count(b"bjnews.example/detail") == 1
    for text in ("www.bjnews", "javascript", "logo.png"):
        assert text not in f"{etree.tostring(atom)} {etree.tostring(rss)} {item}"
    assert atom.findtext(f"{ATOM}source/{ATOM}id").startswith("urn:feedwright:source:")


def test_addresses_in_other_scripts_are_written_for_the_wire(written):
    atom, rss, item = written(source=Source(name="新京报", feed="https://bücher.example/新京报.xml"))
    encoded = "https://xn--bcher-kva.example/%E6%96%B0%E4%BA%AC%E6%8A%A5.xml"
    assert links(atom.find(f"{ATOM}source"), "self") == [encoded]
    assert (rss.find("source").get("url"), item["_source"]["feed"]) == (encoded, encoded)


def test_marks_in_the_name_of_a_source_are_character_references_in_rss(make, judge):
    body = make.document("rss", make.entry(source=Source(name="A & <B>"), license="© <us> & them"))
    assert b"<dc:publisher>A &#x26; &#x3C;B&gt;</dc:publisher>" in body
    assert b"&#x3C;us&gt; &#x26; them</dc:rights>" in body
    assert judge("rss", body) == []


def test_a_source_has_one_updated_date_and_it_is_the_entrys(make, written):
    atom, _, _ = written(updated=datetime(2021, 12, 30, tzinfo=UTC))
    assert atom.findtext(f"{ATOM}source/{ATOM}updated") == atom.findtext(f"{ATOM}updated")


# --- the aggregator, and how it was all found


def test_the_aggregator_is_told_by_name_where_a_format_has_a_word_for_it(written):
    atom, rss, item = written()
    assert item["_source"]["via"] == "东方财富"
    assert "东方财富" not in etree.tostring(atom, encoding="unicode") + etree.tostring(rss, encoding="unicode")


def test_an_aggregator_without_an_origin_is_still_told(written):
    _, _, item = written(source=None, facts=(), via=None)
    assert item["_source"].keys() == {"about", "via"}


def test_rule_and_confidence_are_those_of_the_origin_alone(written):
    about_origin = Fact(role="origin", rule="tag-suffix", confidence="derived")
    about_original = Fact(role="original", rule="stand-alone-link", confidence="stated")
    _, _, item = written(facts=(about_original, about_origin))
    assert (item["_source"]["rule"], item["_source"]["confidence"]) == ("tag-suffix", "derived")
    _, _, item = written(facts=(about_original,))
    assert not {"rule", "confidence"} & item["_source"].keys()


# --- the original


def test_the_original_is_via_and_external_url(make, written):
    atom, rss, item = written()
    assert links(atom, "via") == links(rss, "via") == [make.entry().via]
    assert item["external_url"] == item["_source"]["original"] == make.entry().via


# --- the terms


def test_a_licence_with_an_address_is_a_link(written):
    atom, rss, item = written()
    assert links(atom, "license") == [BY_NC]
    assert [e.text for e in rss.findall(f"{CC}license")] == [BY_NC]
    assert (item["_license"].pop("about")[:8], item["_license"]) == ("https://", {"url": BY_NC})
    assert (atom.find(f"{ATOM}rights"), rss.find(f"{DC}rights")) == (None, None)


def test_a_licence_with_a_name_is_rights(written):
    atom, rss, item = written(license="CC BY 4.0")
    assert atom.findtext(f"{ATOM}rights") == rss.findtext(f"{DC}rights") == item["_license"]["name"] == "CC BY 4.0"
    assert (links(atom, "license"), rss.find(f"{CC}license")) == ([], None)


def test_the_terms_of_the_origin_hold_where_the_entry_has_none_of_its_own(written):
    atom, rss, item = written(license=None)
    by = "https://creativecommons.org/licenses/by/4.0/"
    assert (links(atom, "license"), rss.findtext(f"{CC}license"), item["_license"]["url"]) == ([by], by, by)


def test_the_terms_of_the_origin_stay_with_it_where_the_entry_has_its_own(written):
    atom, rss, item = written(source=Source(name="新京报", license="All rights reserved"), license=BY_NC)
    assert atom.findtext(f"{ATOM}source/{ATOM}rights") == "All rights reserved"
    assert (links(atom, "license"), atom.find(f"{ATOM}rights")) == ([BY_NC], None)
    assert rss.find(f"{DC}rights") is None
    assert item["_license"]["url"] == BY_NC
