import pytest

from feeds.web.validators import is_not_modified, read_date

OURS = ('"5-rss"', '"5-rss-br"', '"5-rss-gz"', '"5-rss-zst"')
MODIFIED = 1640754863  # Wed, 29 Dec 2021 05:14:23 GMT
NOW = 1795392000  # 2026-11-23


def not_modified(if_none_match=None, if_modified_since=None, last_modified=MODIFIED):
    return is_not_modified(
        if_none_match=if_none_match,
        if_modified_since=if_modified_since,
        etags=OURS,
        last_modified=last_modified,
        now=NOW,
    )


@pytest.mark.parametrize(
    "field",
    [
        '"5-rss"',
        '"5-rss-gz"',
        'W/"5-rss"',
        'w/"5-rss"',
        '"a", "5-rss"',
        '"5-rss", "a"',
        '"a","5-rss","b"',
        '"a,b", W/"5-rss"',
        ' , "5-rss" ,',
        "*",
        " * ",
        "5-rss",
        "W/5-rss",
        '"5-rss-gzip"',
        '"5-rss;gzip"',
        '"5-rss-gz-gzip"',
        '"5-rss-br"',
        '"5-rss-zst"',
        'W/"5-rss-br"',
        "5-rss-zst",
        '"5-rss-zstd"',
        '"5-rss-zst-zstd"',
        '"5-rss-zst;gzip"',
        '"5-rss-br-br"',
        '"5-rss--gzip"',
        '"5-rss-deflate"',
        '"broken, 5-rss',
        '"5-rss"-gzip',
        'W/"5-rss-gzip"',
        'w/"5-rss-gz;gzip"',
        '"W/5-rss"',
        "'5-rss'",
        "W/'5-rss-br'",
        '\\"5-rss\\"',
        '"\\"5-rss-gz\\""',
        '""5-rss""',
        '"5-rss";gzip',
        '"5-rss" ',
        '"a" "5-rss"',
        'W/"a", w/"5-rss-br", b',
        "5-rss--gzip, a",
    ],
)
def test_a_tag_of_any_of_our_codings_is_recognised(field):
    assert not_modified(field)


@pytest.mark.parametrize(
    "field",
    [
        "",
        " ",
        '""',
        '"4-rss"',
        '"5-rss-br2"',
        "W/",
        '"',
        '"*"',
        '"a", *',
        "5",
        '"5"',
        '"-gzip"',
        '"-br"',
        '"5-rss-zst2"',
        '"4-rss-zstd"',
        '"5-rss-gz-br-br"',
        '"5-RSS"',
        "'",
        "\\",
        '"5-rss-gzip-gzip"',
        '"5-rss*"',
        "5-*",
        "\xff\xfe",
        '"5-rss\x00"',
        '"5 -rss"',
        '"x5-rss"',
        '"5-rs", "s"',
        ",,,",
    ],
)
def test_any_other_tag_gets_the_whole_feed(field):
    assert not not_modified(field)


def test_a_long_list_of_broken_tags_is_read_in_one_pass():
    assert not not_modified('"' * 100_001 + "x" * 100_000)


@pytest.mark.parametrize(
    "date",
    [
        "Wed, 29 Dec 2021 05:14:23 GMT",
        "Wed, 29 Dec 2021 05:14:24 GMT",
        "Mon, 23 Nov 2026 00:00:00 GMT",  # this very second
        " Wed, 29 Dec 2021 05:14:23 GMT ",
        "Wednesday, 29-Dec-21 05:14:23 GMT",
        "Wed Dec 29 05:14:23 2021",
    ],
)
def test_a_date_not_before_the_last_change_is_up_to_date(date):
    assert not_modified(if_modified_since=date)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "Wed, 29 Dec 2021 05:14:22 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 23 Nov 2026 00:00:01 GMT",  # ahead of our clock: none of ours, and all news until then would be lost
        "Thu, 01 Jan 2099 00:00:00 GMT",
        "Wednesday, 29-Dec-98 05:14:23 GMT",
        "Sat Jan  1 00:00:00 2099",
        "Wed, 29 Dec 2021 05:14:23 GMT, Wed, 29 Dec 2021 05:14:23 GMT",
        "Wed, 29 Dec 2021 05:14:23 GMT; length=1234",
        "mer., 29 déc. 2021 05:14:23 GMT",
        "周三, 29 12月 2021 05:14:23 GMT",
        '"5-rss"',
        "Wednesday, 29-Dec-99 05:14:23 GMT",
        "Wed, 29 Dec 2021 13:14:23 +0800",
        "Wed, 29 Dec 2021 05:14:23 CST",
        "Wed, 29 Dec 2021 05:14:23",
        "Wed, 99 Dec 2099 05:14:23 GMT",
        "Wed, 31 Nov 2099 05:14:23 GMT",
        "Wed, 29 Foo 2099 05:14:23 GMT",
        "Wed, 29 Dec 2099 25:14:23 GMT",
        "Wed, ٢٩ Dec 2099 05:14:23 GMT",
        "2099-12-29T05:14:23Z",
        "4102444800",
        "yesterday",
        "Wed, 29 Dec 0000 05:14:23 GMT",
    ],
)
def test_an_older_or_unreadable_date_gets_the_whole_feed(date):
    assert not not_modified(if_modified_since=date)


def test_the_tag_wins_over_the_date():
    later = "Wed, 29 Dec 2021 05:14:24 GMT"
    assert not_modified(if_modified_since=later)
    assert not not_modified('"4-rss"', later)
    assert not not_modified("", later)
    assert not_modified('"5-rss"', "Thu, 01 Jan 1970 00:00:00 GMT")


def test_without_a_last_modified_of_ours_no_date_matches():
    assert not not_modified(if_modified_since="Wed, 29 Dec 2021 05:14:24 GMT", last_modified=None)


def test_without_conditions_the_whole_feed_is_sent():
    assert not not_modified()


@pytest.mark.parametrize(
    ("text", "year"),
    [("Friday, 01-Jan-76 00:00:00 GMT", 2076), ("Friday, 01-Jan-77 00:00:00 GMT", 1977)],
)
def test_a_year_of_two_digits_is_at_most_fifty_years_ahead(text, year):
    full = f"Fri, 01 Jan {year} 00:00:00 GMT"
    assert read_date(text, now=NOW) == read_date(full, now=NOW)


def test_a_leap_second_is_a_legal_date():
    assert read_date("Sat, 31 Dec 2016 23:59:60 GMT", now=NOW) == read_date("Sat, 31 Dec 2016 23:59:59 GMT", now=NOW)
