"""Counting, joining what several processes counted, and telling it as Prometheus reads it."""

import json
import os

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from feeds.metrics import METRICS, Answer, Exchange, Histogram, Tally, merged
from feeds.metrics.exposition import exposition

POLL = ("feeds_requests_total", "category", "304", "gzip")
WHOLE = ("feeds_requests_total", "category", "200", "gzip")


LABELS = ("kind", "status", "coding", "format", "level", "version", "le")


def in_order(labels) -> tuple[str, ...]:
    return tuple(labels[name] for name in LABELS if name in labels)


def told(readings, accept="") -> dict[tuple, float]:
    """What Prometheus's own parser reads: name and labels → number."""
    text, _ = exposition(readings, accept)
    parse = openmetrics_families if "openmetrics" in accept else text_string_to_metric_families
    families = parse(text.decode())
    return {(one.name, *in_order(one.labels)): one.value for family in families for one in family.samples}


def test_answers_are_counted_by_what_they_are_with_their_bytes():
    tally, poll, whole = Tally(), Answer("site", 304, "br"), Answer("site", 200, "br")
    for answer, sent in ((poll, 0), (whole, 5), (poll, 0), (whole, 7)):
        tally.count(answer, sent)
    assert sorted(tally) == [(whole, 2, 12), (poll, 2, 0)]


def test_a_bucket_takes_its_upper_end_and_the_last_one_all_that_is_longer():
    histogram = Histogram((0.1, 1.0))
    for seconds in (0.0, 0.1, 0.5, 1.0, 9.0):
        histogram.add(seconds)
    assert histogram.reading == (2, 2, 1, pytest.approx(10.6))


def test_what_fails_is_not_timed():
    histogram = Histogram((1.0,))
    with histogram.timed():
        pass
    with pytest.raises(ZeroDivisionError), histogram.timed():
        1 / 0  # noqa: B018
    assert sum(histogram.reading[:-1]) == 1


def test_the_buckets_that_prometheus_reads_hold_the_smaller_ones():
    readings = {("feeds_compress_seconds", "br"): (3, 2, *[0] * 9, 1, 7.5)}
    said = told(readings)
    assert said["feeds_compress_seconds_bucket", "br", "0.001"] == 3
    assert said["feeds_compress_seconds_bucket", "br", "2.5"] == 5
    assert said["feeds_compress_seconds_bucket", "br", "+Inf"] == said["feeds_compress_seconds_count", "br"] == 6
    assert said["feeds_compress_seconds_sum", "br"] == 7.5


@pytest.mark.parametrize("accept", ["", "text/plain", "application/openmetrics-text; version=1.0.0"])
def test_every_metric_is_told_with_its_type_and_meaning(accept):
    text, media_type = exposition({}, accept)
    assert media_type.startswith(accept.partition(";")[0] or "text/plain")
    parse = openmetrics_families if "openmetrics" in accept else text_string_to_metric_families
    families = {family.name: family for family in parse(text.decode())}
    assert len(families) == len(METRICS)
    for metric in METRICS:
        family = families[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.type, metric.meaning)


def test_names_follow_the_habits_of_prometheus():
    for metric in METRICS:
        assert metric.name.startswith("feeds_")
        assert metric.name.endswith("_total") == (metric.type == "counter")
        assert metric.name.endswith("_seconds") or metric.type != "histogram"
        assert bool(metric.bounds) == (metric.type == "histogram")
        assert list(metric.bounds) == sorted(set(metric.bounds))


def test_the_share_of_304_leaves_out_errors_and_pages():
    readings = {
        POLL: (90,),
        WHOLE: (8,),
        ("feeds_requests_total", "alias", "200", "identity"): (2,),
        ("feeds_requests_total", "alias", "301", "identity"): (1000,),
        ("feeds_requests_total", "index", "304", "identity"): (1000,),
        ("feeds_requests_total", "other", "404", "identity"): (1000,),
    }
    assert told(readings)["feeds_not_modified_ratio",] == 0.9
    assert ("feeds_not_modified_ratio",) not in told({})


def test_numbers_of_several_processes_are_added_and_of_moments_the_latest_counts():
    one = {POLL: (1,), ("feeds_memo_bytes",): (10,), ("feeds_last_look_timestamp_seconds",): (50,)}
    other = {POLL: (2,), WHOLE: (4,), ("feeds_memo_bytes",): (5,), ("feeds_last_look_timestamp_seconds",): (40,)}
    assert merged([one, other]) == {
        POLL: (3,),
        WHOLE: (4,),
        ("feeds_memo_bytes",): (15,),
        ("feeds_last_look_timestamp_seconds",): (50,),
    }


def test_whichever_worker_is_asked_no_counter_goes_back(tmp_path):
    counted = {"a": 0, "b": 0}
    workers = {name: Exchange(tmp_path, lambda name=name: {POLL: (counted[name],)}, name=name) for name in counted}
    last = 0
    for turn in range(20):
        asked = "ab"[turn % 2]
        for name in counted:
            counted[name] += 3
        seen = workers[asked].all()[POLL][0]
        assert seen > last
        last = seen
    workers["a"].put()
    workers["b"].put()
    assert workers["a"].all()[POLL] == (120,)


def test_what_a_worker_counted_outlives_it_and_what_it_held_does_not(tmp_path):
    readings = {POLL: (1,), ("feeds_memo_bytes",): (10,), ("feeds_render_seconds", "rss"): (0.0,) * 13}
    closed, killed, alive = (Exchange(tmp_path, lambda: readings, name=name) for name in ("closed", "killed", "alive"))
    closed.close()
    killed.put()
    assert alive.all()["feeds_memo_bytes",] == (20,)
    os.utime(tmp_path / "killed.json", (1, 1))  # it has not written for long
    whole = alive.all()
    assert whole["feeds_memo_bytes",] == (10,)
    assert whole[POLL] == (3,)
    assert ("feeds_render_seconds", "rss") in whole


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (["feeds_of_another_version_total"], [1]),
        (["feeds_requests_total", "category"], [1]),
        (["feeds_render_seconds", "rss"], [1, 2, 3]),
    ],
)
def test_what_a_worker_of_another_version_left_is_passed_over(tmp_path, key, value):
    (tmp_path / "old.json").write_text(json.dumps([[key, value], [POLL, [4]]]))
    assert Exchange(tmp_path, lambda: {POLL: (1,)}).all() == {POLL: (5,)}
