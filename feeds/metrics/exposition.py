"""The numbers as Prometheus reads them: its text format, or OpenMetrics where that is asked for."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import (
    Metric as Family,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from feeds.metrics.definitions import METRICS, Metric
from feeds.metrics.readings import Key, Readings, Value, not_modified_share

_Sample = tuple[Key, Value]  # values of the labels, number or buckets


def exposition(readings: Readings, accept: str = "") -> tuple[bytes, str]:
    """Write the numbers; return them with their media type. accept: value of the field of this name."""
    share = not_modified_share(readings)
    derived: Readings = {} if share is None else {("feeds_not_modified_ratio",): (share,)}
    write, media_type = choose_encoder(accept)
    return write(_Fixed({**readings, **derived})), media_type


class _Fixed(Collector):
    """What prometheus_client asks for its numbers."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Family]:
        for metric in METRICS:
            found = sorted((key[1:], value) for key, value in self._readings.items() if key[0] == metric.name)
            yield _family(metric, found)


def _family(metric: Metric, samples: Iterable[_Sample]) -> Family:
    if metric.type == "histogram":
        return _histogram(metric, samples)
    kind = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.meaning, labels=metric.labels)
    for labels, (value,) in samples:
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, samples: Iterable[_Sample]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    ends = [*map(floatToGoString, metric.bounds), "+Inf"]
    for labels, (*counts, total) in samples:
        family.add_metric(labels, list(zip(ends, accumulate(counts), strict=True)), total)
    return family
