"""Dates in every spelling of Jekyll and Hugo."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.dates import date_in_digits, date_in_name, offset_in, parse_date

BEIJING = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
MOMENT = datetime(2021, 12, 29, 5, 14, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2021-12-29 13:14:23 +0800",
        "2021-12-29 13:14:23 +08:00",
        "2021-12-29 13:14:23 +8",
        "2021-12-29 13:14:23 +08",
        "2021-12-29 13:14:23+0800",
        "2021-12-29 13:14:23+800",
        "2021-12-29 13:14:23   +0800 ",
        "2021-12-29T13:14:23+08:00",
        "2021-12-29T13:14:23 +0800",
        "2021-12-29T05:14:23Z",
        "2021-12-29T05:14:23z",
        "2021-12-29 05:14:23 Z",
        "2021-12-29 05:14:23 UTC",
        "2021-12-29 05:14:23 GMT",
        "2021-12-29 00:14:23 EST",
        "2021-12-29 14:14:23 JST",
        "2021-12-29 13:14:23 CST",
        "2021-12-29 13:14:23 +0800 CST",
        "2021-12-29 13:14:23.000 +0800 CST",
        "2021-12-29 13:14:23",
        "2021-12-29T13:14:23",
        "2021-12-29 13:14:23.000000000",
        "2021-12-29 1:14:23 PM",
        "2021/12/29 13:14:23",
        "2021.12.29 13:14:23",
        "2021年12月29日 13:14:23",
        "20211229T131423",
        "20211229T051423Z",
        "20211229131423",
        "1640754863",
        "1640754863000",
        "Wed, 29 Dec 2021 13:14:23 +0800",
        "Wed, 29 Dec 2021 05:14:23 GMT",
        "Wed, 29 Dec 2021 13:14:23 +0800 (CST)",
        "29 Dec 21 13:14:23 +0800",
        "Wednesday, 29-Dec-21 05:14:23 UTC",
        "Wed Dec 29 13:14:23 2021",
        "Wed Dec 29 13:14:23 CST 2021",
        "Wed Dec 29 13:14:23 +0800 2021",
        "Dec 29, 2021 13:14:23",
        "December 29, 2021 1:14:23 pm",
        "29 December 2021 13:14:23",
    ],
)
def test_every_spelling_of_one_moment_is_that_moment(text):
    assert parse_date(text, BEIJING) == MOMENT


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2021-12-29", (2021, 12, 29)),
        ("2021-12-29 13:14", (2021, 12, 29, 13, 14)),
        ("2021-1-2 3:04", (2021, 1, 2, 3, 4)),
        ("2021/12/29", (2021, 12, 29)),
        ("2021-12", (2021, 12, 1)),
        ("2021年12月", (2021, 12, 1)),
        ("2021", (2021, 1, 1)),
        ("20211229", (2021, 12, 29)),
        ("Dec 29, 2021", (2021, 12, 29)),
        ("29 Dec 2021", (2021, 12, 29)),
        ("December 29th, 2021", (2021, 12, 29)),
        ("May 1, 2021 12:30 am", (2021, 5, 1, 0, 30)),
        ("2021-12-29 24:00", (2021, 12, 30)),
        ("1969-07-20 20:17:40", (1969, 7, 20, 20, 17, 40)),
        ("2021-12-29 13:14:23.123456789", (2021, 12, 29, 13, 14, 23, 123456)),
    ],
)
def test_what_a_date_leaves_out_is_the_earliest_and_in_the_zone_of_the_site(text, local):
    assert parse_date(text, BEIJING) == datetime(*local, tzinfo=BEIJING)


def test_a_leap_second_runs_on_into_the_next_minute():
    assert parse_date("2016-12-31 23:59:60 UTC", BEIJING) == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+0800",
        " +0800",
        "12:30:45",
        "soon",
        "Maybe 2021",
        "12/29/2021",
        "0000-01-01",
        "0001-01-01",
        "0001-01-01T00:00:00Z",
        "9999-12-31 23:59:59 -1200",
        "10000-01-01",
        "2021-13-01",
        "2021-02-30",
        "2021-12-291",
        "2021-12-29 25:00",
        "2021-12-29 13:60",
        "2021-12-29 24:01",
        "2021-12-29 13:14:61",
        "2021-12-29 13:00 pm",
        "2021-12-29 13:14:23 XYZ",
        "2021-12-29 13:14:23 +9900",
        "2021-12-29 13:14:23 +0875",
        "2021-12-29-05",
        "2021-12-29 13:14:23 and more",
        "99999999999",
    ],
)
def test_what_is_no_date_is_refused_by_name(text):
    with pytest.raises(ValueError) as refusal:
        parse_date(text, BEIJING)
    assert repr(text) in str(refusal.value)


def test_an_abbreviation_is_the_site_s_own_where_its_clocks_go_by_it():
    assert parse_date("2021-12-29 13:14:23 CST", BEIJING) == MOMENT
    assert parse_date("2021-12-29 13:14:23 CST", BERLIN) == datetime(2021, 12, 29, 19, 14, 23, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_read_by_the_offset_before():
    assert parse_date("2021-03-14 02:30", NEW_YORK) == datetime(2021, 3, 14, 7, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    assert parse_date("2021-11-07 01:30", NEW_YORK) == datetime(2021, 11, 7, 5, 30, tzinfo=UTC)


@given(st.text() | st.from_regex(r"\A\d{1,14}([-/ T:.+]\d{0,9}){0,8}[A-Za-z ]{0,4}\Z"))
@example("0001-01-01 00:00 +1400")
@example("9999-12-31 23:59 -1200")
@example("２０２１-12-29")
def test_any_text_is_a_date_in_utc_or_a_value_error(text):
    try:
        moment = parse_date(text, BEIJING)
    except ValueError:
        return
    assert moment.tzinfo is UTC
    for hours in (-14, 14):  # no reader's zone pushes it over the edge
        moment.astimezone(timezone(timedelta(hours=hours)))


@given(
    st.datetimes(min_value=datetime.fromisoformat("1000-01-01"), max_value=datetime.fromisoformat("9990-01-01")),
    st.integers(-12 * 60, 14 * 60),
    st.sampled_from(["%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y/%m/%d %H:%M:%S.%f %z"]),
)
def test_a_date_that_names_its_offset_comes_back_whatever_the_zone(local, minutes, spelling):
    moment = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(moment.strftime(spelling), NEW_YORK) == moment
    assert parse_date(moment.isoformat(), NEW_YORK) == moment


@pytest.mark.parametrize(
    ("stem", "day", "slug"),
    [
        ("2021-12-29-a-post", (2021, 12, 29), "a-post"),
        ("2021-1-2-x", (2021, 1, 2), "x"),
        ("21-12-29-x", (2021, 12, 29), "x"),
        ("70-12-29-x", (1970, 12, 29), "x"),
        ("2021-12-29", (2021, 12, 29), ""),
        ("2021-12-29-", (2021, 12, 29), ""),
        ("2021-12-29_x", (2021, 12, 29), "x"),
    ],
)
def test_a_file_name_gives_its_day_and_its_slug(stem, day, slug):
    assert date_in_name(stem, BEIJING) == (datetime(*day, tzinfo=BEIJING), slug)


@pytest.mark.parametrize(
    "stem", ["post", "-202205262391921712", "2021-13-01-x", "2021-12-32-x", "2021-12-290-x", "0001-01-01-x", ""]
)
def test_a_file_name_without_a_day_is_all_slug(stem):
    assert date_in_name(stem, BEIJING) == (None, stem)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("NW202112292229869269", (2021, 12, 29)),
        ("202205262391921712", (2022, 5, 26)),
        ("-202205262391921712", (2022, 5, 26)),
    ],
)
def test_an_id_begins_with_its_day(text, day):
    assert date_in_digits(text, BEIJING) == datetime(*day, tzinfo=BEIJING)


@pytest.mark.parametrize("text", ["", "post", "top-10", "99999999", "NW20219999123", "1899010112", "5-20211229"])
def test_other_digits_are_no_day(text):
    assert date_in_digits(text, BEIJING) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2021-12-29 13:14:23 +0800", 8),
        ("2021-12-29T13:14:23+08:00", 8),
        ("2021-12-29T13:14:23.5-03:30", -3.5),
        ("Wed, 29 Dec 2021 13:14:23 +0100", 1),
        ("2021-12-29 13:14:23", None),
        ("2021-12-29", None),
        ("2021-12-29T05:14:23Z", None),
        ("+0800", None),
        ("2021-12-29 13:14:23 +9900", None),
    ],
)
def test_an_offset_in_figures_is_kept_for_showing_the_date(text, hours):
    assert offset_in(text) == (None if hours is None else hours * 3600)
