"""Who asks, as far as the proxies in front can be believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.settings import load_settings
from feeds.web.clients import Client, Clients, household

PROXIES = ("127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48")


def client(peer, *lines, trusted=PROXIES, field="X-Forwarded-For"):
    headers = [(field.lower().encode(), line.encode("latin-1")) for line in lines]
    scope = {"client": None if peer is None else (peer, 40000), "headers": headers}
    return Clients(trusted, field=field).of(scope)


def address(peer, *lines, **options):
    return client(peer, *lines, **options).address


@pytest.mark.parametrize("line", ["198.51.100.7", "10.0.0.1", "127.0.0.1, 10.0.0.1", "unknown", ""])
def test_a_stranger_is_not_believed(line):
    assert client("203.0.113.5", line) == Client("203.0.113.5", is_named=True)


@pytest.mark.parametrize("field", ["X-Forwarded-For", "Forwarded"])
def test_nobody_is_believed_unless_the_settings_say_so(field):
    line = "198.51.100.7" if field == "X-Forwarded-For" else "for=198.51.100.7"
    assert address("127.0.0.1", line, trusted=(), field=field) == "127.0.0.1"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7, 10.0.0.3"], "198.51.100.7"),
        (["198.51.100.7,10.0.0.3 , 10.9.9.9"], "198.51.100.7"),
        (["198.51.100.7", "10.0.0.3"], "198.51.100.7"),  # two lines are one list
        (["6.6.6.6, 198.51.100.7"], "198.51.100.7"),  # what the client made up stands further left
        (["10.0.0.9, 198.51.100.7"], "198.51.100.7"),
        (["6.6.6.6", "198.51.100.7, 10.0.0.3"], "198.51.100.7"),
        (["198.51.100.7:51234"], "198.51.100.7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["2001:DB8:0::7"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["[2001:db8::7]:51234"], "2001:db8::7"),
        (["198.51.100.7, 2001:db8:ffff::1"], "198.51.100.7"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7, ::ffff:10.0.0.3"], "198.51.100.7"),
        (["fe80::1%eth0"], "fe80::1"),
        ([""], "127.0.0.1"),
        (["unknown"], "127.0.0.1"),
        (["_hidden"], "127.0.0.1"),
        (["198.51.100.7, unknown"], "127.0.0.1"),
        (["198.51.100.7, unknown, 10.0.0.3"], "10.0.0.3"),
        (["198.51.100.7,"], "127.0.0.1"),
        (["198.51.100.999"], "127.0.0.1"),
        (["198.51.100.7.example"], "127.0.0.1"),
        (["localhost"], "127.0.0.1"),
        (["1"], "127.0.0.1"),
        (["10.0.0.3"], "10.0.0.3"),  # nobody further: the proxy asks for itself
        (["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
    ],
)
def test_the_field_is_read_from_the_right_as_long_as_hops_are_trusted(lines, expected):
    assert address("127.0.0.1", *lines) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["for=198.51.100.7"], "198.51.100.7"),
        (["For=198.51.100.7;proto=https;by=10.0.0.1"], "198.51.100.7"),
        (["proto=https; FOR=198.51.100.7"], "198.51.100.7"),
        (['for="198.51.100.7:51234"'], "198.51.100.7"),
        (["for=198.51.100.7:51234"], "198.51.100.7"),  # ought to be quoted
        (['for="[2001:db8::7]"'], "2001:db8::7"),
        (['for="[2001:db8::7]:_p"'], "2001:db8::7"),
        (["for=198.51.100.7, for=10.0.0.3"], "198.51.100.7"),
        (["for=198.51.100.7", "for=10.0.0.3"], "198.51.100.7"),
        (["for=6.6.6.6, for=198.51.100.7"], "198.51.100.7"),
        (['for="6.6.6.6, for=198.51.100.7'], "198.51.100.7"),  # a quotation mark left open
        (['for=198.51.100.7;host="x, for=6.6.6.6"'], "127.0.0.1"),
        (['for=198.51.100.7;host="x, for=6.6.6.6;y"'], "127.0.0.1"),
        (['for=198.51.100.7;host="x, for=6.6.6.6;y=\\"z"'], "127.0.0.1"),
        (["for=unknown"], "127.0.0.1"),
        (["for=_gazonk"], "127.0.0.1"),
        (["proto=https"], "127.0.0.1"),
        (["for="], "127.0.0.1"),
        (["for"], "127.0.0.1"),
        ([""], "127.0.0.1"),
        (["for=198.51.100.7;for=6.6.6.6"], "127.0.0.1"),
        (["notfor=198.51.100.7"], "127.0.0.1"),
        (["198.51.100.7"], "127.0.0.1"),
    ],
)
def test_forwarded_is_read_the_same_way_where_it_is_chosen(lines, expected):
    assert address("127.0.0.1", *lines, field="Forwarded") == expected


def test_the_field_that_was_not_chosen_is_the_clients_own_word():
    scope = {
        "client": ("127.0.0.1", 1),
        "headers": [(b"forwarded", b"for=6.6.6.6"), (b"x-forwarded-for", b"198.51.100.7"), (b"x-real-ip", b"6.6.6.6")],
    }
    assert Clients(PROXIES).of(scope).address == "198.51.100.7"


def test_a_proxy_that_says_nothing_names_nobody():
    assert client("127.0.0.1") == Client("127.0.0.1", is_named=False)


def test_an_ipv4_proxy_on_a_socket_for_both_families_is_the_same_proxy():
    assert address("::ffff:127.0.0.1", "198.51.100.7") == "198.51.100.7"
    assert address("127.0.0.1", "198.51.100.7", trusted=["::ffff:127.0.0.1"]) == "127.0.0.1"  # written so, it is IPv6


def test_what_comes_through_a_socket_is_believed_where_the_settings_name_it():
    assert client(None, "198.51.100.7", trusted=["unix"]) == Client("198.51.100.7", is_named=True)
    assert client(None, "198.51.100.7") == Client("unix", is_named=False)
    assert client(None, "unknown", trusted=["unix"]) == Client("unix", is_named=False)
    assert client(None, "unix, unix", trusted=["unix"]) == Client("unix", is_named=False)


def test_a_peer_that_is_no_address_is_nobody_to_trust():
    assert client("testclient", "198.51.100.7") == Client("testclient", is_named=True)


@given(st.text(alphabet='0123456789abcdefABCDEF.:,;="[]%_ for\\\t\x00ÿ', max_size=80))
def test_whatever_a_client_made_up_the_hop_that_its_proxy_added_counts(made_up):
    assert address("127.0.0.1", f"{made_up}, 198.51.100.7") == "198.51.100.7"
    assert address("127.0.0.1", f"{made_up}, for=198.51.100.7", field="Forwarded") == "198.51.100.7"
    for field in ("X-Forwarded-For", "Forwarded"):
        assert address("127.0.0.1", made_up, field=field)  # and nothing breaks


def test_one_household_has_one_ipv4_address_or_64_bits_of_ipv6():
    assert household("198.51.100.7") == "198.51.100.7"
    assert household("2001:db8:1:2::3") == household("2001:db8:1:2:ffff::1") != household("2001:db8:1:3::3")
    assert household("unix") == "unix"


@pytest.mark.parametrize("hop", ["10.0.0.1/8", "localhost", "300.1.1.1", "", "*", "10.0.0.0/33"])
def test_a_proxy_that_is_no_address_is_told_with_what_to_do(tmp_path, hop):
    with pytest.raises(Exception, match=r"is no address of a proxy .*; write an address, a network such as"):
        load_settings(tmp_path, environ={}, flags={"server.trusted_proxies": [hop]})


def test_proxies_are_named_by_address_network_and_socket(tmp_path):
    names = ["127.0.0.1", "10.0.0.0/8", "2001:DB8::/32", "::1", "unix"]
    server = load_settings(tmp_path, environ={}, flags={"server.trusted_proxies": names}).server
    assert server.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "2001:db8::/32", "::1", "unix")
