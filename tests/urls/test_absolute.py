from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.urls import absolute, below, wire

BASE = "https://example.com/2021/12/post.html"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("/a", "https://example.com/a"),
        ("../a", "https://example.com/2021/a"),
        ("a.png", "https://example.com/2021/12/a.png"),
        ("//cdn.example.net/a", "https://cdn.example.net/a"),
        ("?page=2", "https://example.com/2021/12/post.html?page=2"),
        ("#notes", "https://example.com/2021/12/post.html#notes"),
        ("", BASE),
        ("HTTP://Example.NET/A", "http://example.net/A"),
        ("http://user:pw@example.net:8080/", "http://user:pw@example.net:8080/"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80/"),
        ("  /a\n ", "https://example.com/a"),
        ("/a\x00b\x1f", "https://example.com/ab"),
        (r"http:\\example.net\a?b\c", "http://example.net/a?b%5Cc"),
    ],
)
def test_a_reference_is_resolved_against_its_base(reference, address):
    assert absolute(reference, BASE) == address


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("/a b", "https://example.com/a%20b"),
        ("/新京报", "https://example.com/%E6%96%B0%E4%BA%AC%E6%8A%A5"),
        ("/a%20b%E6%96%B0", "https://example.com/a%20b%E6%96%B0"),
        ("/100%", "https://example.com/100%25"),
        ("/a|b[1]{2}", "https://example.com/a%7Cb%5B1%5D%7B2%7D"),
        ("/a?q=ü#ñ", "https://example.com/a?q=%C3%BC#%C3%B1"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://例子.测试/路", "http://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF"),
        ("http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"),
    ],
)
def test_what_a_uri_cannot_carry_is_encoded_once(reference, address):
    assert absolute(reference, BASE) == address
    assert absolute(address, BASE) == address


@pytest.mark.parametrize(
    "reference",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "mailto:a@example.com",
        "tel:+861000",
        "ftp://example.com/",
        "http://[bad",
        "http://[::1",
        "http://example.com:port/",
        "http://example.com:99999/",
        "http:///path",
        "http:path",
        "http://a b/",
        "http://a..b/",
        "http://exa<mple.com/",
        "http://℀.example/",
        "http://é" + "a" * 70 + ".example/",
    ],
)
def test_what_is_no_web_address_is_none(reference):
    assert absolute(reference, BASE) is None


def test_without_a_usable_base_only_absolute_addresses_survive():
    assert absolute("a", "") is None
    assert absolute("//example.net/", "nonsense") is None
    assert absolute("http://example.net/", "") == "http://example.net/"


@given(st.text(alphabet=st.characters(), max_size=40), st.sampled_from([BASE, "http://[bad", "", "x:y", "http://h"]))
@example("http://[é]/", BASE)
@example("//[v1.x]/", BASE)
@example("http://" + "９" * 5, BASE)
def test_any_text_gives_an_ascii_web_address_or_none(text, base):
    for reference in (text, f"http://{text}", f"//{text}", f"/{text}"):
        address = absolute(reference, base)
        assert address is None or _is_fine(address)


def _is_fine(address):
    parts = urlsplit(address)
    is_uri = address.isascii() and address.isprintable() and " " not in address
    return is_uri and parts.scheme in {"http", "https"} and bool(parts.netloc) and absolute(address, BASE) == address


@given(st.text("ab/.:~%é?#;-", max_size=12))
def test_a_link_below_the_site_is_resolved_as_any_reference_is(path):
    encoded = wire(path).lstrip("/")
    assert below("https://example.com/blog/", encoded) == absolute(encoded, "https://example.com/blog/")
