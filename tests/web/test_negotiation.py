import pytest

from feeds.web.negotiation import choose_coding


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        (" ", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("deflate, br;q=1.0, gzip;q=0.8", "gzip"),
        ("br, zstd", "identity"),
        ("deflate", "identity"),
        ("*", "gzip"),
        ("*;q=0.1", "gzip"),
        ("*;q=0", "identity"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.0, *", "identity"),
        ("gzip;q=0.000", "identity"),
        ("x-gzip;q=0, *", "identity"),
        ("*, gzip;q=0", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("gzip;q=0.5, identity;q=1", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity", "identity"),
        ("identity, *;q=0.5", "identity"),
        ("identity;q=0", "identity"),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0, *", "gzip"),
        ("identity;q=0, gzip;q=0", "identity"),
        ("gzip ; q = 0.5", "gzip"),
        ("gzip;Q=0", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=", "identity"),
        ("gzip;q=-1", "identity"),
        ("gzip;q=1e9", "identity"),
        ("gzip;q=٣", "identity"),
        ("gzip;level=9;q=0", "identity"),
        (",,gzip,,", "gzip"),
        (";q=1", "identity"),
        ("gzipped", "identity"),
        ("br;q=0," * 100 + "gzip", "gzip"),
    ],
)
def test_a_client_gets_the_coding_that_it_weighs_highest(accept_encoding, coding):
    assert choose_coding(accept_encoding) == coding
