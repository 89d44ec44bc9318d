"""Which addresses of hubs are taken: those that can be asked, and written into a Link field."""

import pytest

from feeds.errors import SettingsError
from feeds.settings import load_settings


def hubs(folder, *given):
    return load_settings(folder, environ={}, flags={"feeds": {"hubs": list(given)}}).feeds.hubs


def test_no_hub_is_the_default(tmp_path):
    assert load_settings(tmp_path, environ={}, flags={}).feeds.hubs == ()


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("https://hub.example", "https://hub.example/"),
        ("https://hub.example?key=1", "https://hub.example/?key=1"),
        ("http://[::1]:8080/hub?x=%20&y=a,b;c", "http://[::1]:8080/hub?x=%20&y=a,b;c"),
        ("https://xn--fsqu00a.example/hub/", "https://xn--fsqu00a.example/hub/"),
    ],
)
def test_an_address_gets_its_path(tmp_path, given, known):
    assert hubs(tmp_path, given) == (known,)


def test_one_that_is_named_twice_is_one(tmp_path):
    assert hubs(tmp_path, "https://a.example", "https://b.example/", "https://a.example/") == (
        "https://a.example/",
        "https://b.example/",
    )


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("hub.example", "is not an absolute http or https address"),
        ("ftp://hub.example/", "is not an absolute http or https address"),
        ("https:///hub", "is not an absolute http or https address"),
        ('https://hub.example/>;rel="self"', "is not an absolute http or https address"),
        ("https://hub.example/\r\nX: y", "is not an absolute http or https address"),
        ("https://hub.example:99999/", "is not an address"),
        ("https://me:secret@hub.example/", "drop what stands before @"),
        ("https://hub.example/#part", "drop what stands before @ and from # on"),
        ("https://中心.example/", "write the host in ASCII"),
        ("https://hub.example/中心", "percent-encode it"),
        ("https://hub.example/100%", "percent-encode it"),
        ("https://hub.example/a\\b", "percent-encode it"),
    ],
)
def test_what_is_no_address_of_a_hub_is_a_mistake_with_a_remedy(tmp_path, given, remedy):
    with pytest.raises(SettingsError) as caught:
        hubs(tmp_path, given)
    assert "hubs" in str(caught.value)
    assert remedy in str(caught.value)
