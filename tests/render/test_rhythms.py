from datetime import timedelta
from gettext import ngettext

import pytest

from feeds.render.html.rhythms import in_words
from feeds.render.html.words import our_texts, read_words


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(seconds=2), "every minute"),
        (timedelta(minutes=17), "every 17 minutes"),
        (timedelta(minutes=59, seconds=50), "every 60 minutes"),
        (timedelta(hours=1), "every hour"),
        (timedelta(hours=26), "every day"),
        (timedelta(days=6.6), "every 7 days"),
        (timedelta(days=15), "every 2 weeks"),
        (timedelta(days=90), "every 3 months"),
        (timedelta(days=366), "every year"),
        (timedelta(days=3660), "every 10 years"),
    ],
)
def test_a_rhythm_is_said_in_a_small_number(gap, said):
    assert in_words(gap, ngettext) == said


def test_a_rhythm_is_said_in_chinese():
    chinese = read_words("zh", dict(our_texts())["zh"]).texts
    gaps = [timedelta(minutes=5), timedelta(hours=5), timedelta(days=5), timedelta(days=15), timedelta(days=90)]
    assert [in_words(gap, chinese.ngettext) for gap in [*gaps, timedelta(days=800)]] == [
        "每 5 分钟", "每 5 小时", "每 5 天", "每 2 周", "每 3 个月", "每 2 年",
    ]  # fmt: skip
