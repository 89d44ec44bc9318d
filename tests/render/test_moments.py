from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.model import FORMATS
from feeds.render import RENDERERS
from feeds.render.moments import rfc822, rfc3339

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("moment", "zone", "iso", "mail"),
    [
        (datetime(2021, 12, 29, 5, 14, 23, 999999, UTC), SHANGHAI, "2021-12-29T13:14:23+08:00", "Wed, 29 Dec 2021 13:14:23 +0800"),
        (datetime(2021, 7, 1, tzinfo=UTC), ZoneInfo("America/St_Johns"), "2021-06-30T21:30:00-02:30", "Wed, 30 Jun 2021 21:30:00 -0230"),
        (datetime(2021, 1, 1, tzinfo=UTC), UTC, "2021-01-01T00:00:00+00:00", "Fri, 01 Jan 2021 00:00:00 +0000"),
        (datetime(987, 1, 1, tzinfo=UTC), UTC, "0987-01-01T00:00:00+00:00", "Mon, 01 Jan 0987 00:00:00 +0000"),
    ],
)  # fmt: skip
def test_a_moment_is_written_in_the_zone_of_the_site(moment, zone, iso, mail):
    assert (rfc3339(moment, zone), rfc822(moment, zone)) == (iso, mail)


def test_an_offset_with_seconds_cannot_be_written_so_utc_is():
    assert rfc3339(datetime(1900, 1, 1, tzinfo=UTC), SHANGHAI) == "1900-01-01T00:00:00+00:00"


def test_the_ends_of_time_stay_in_utc():
    assert rfc3339(datetime.max.replace(tzinfo=UTC), SHANGHAI) == "9999-12-31T23:59:59+00:00"
    assert rfc822(datetime.min.replace(tzinfo=UTC), ZoneInfo("America/New_York")) == "Mon, 01 Jan 0001 00:00:00 +0000"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_post_that_names_its_offset_is_dated_in_it_whatever_the_zone_of_the_site(make, format_):
    entry = make.entry(offset=8 * 3600)
    text = RENDERERS[format_].fragment(entry, mode="full", zone=UTC)
    assert (b"Wed, 29 Dec 2021 13:14:23 +0800" if format_ == "rss" else b"2021-12-29T13:14:23+08:00") in text
