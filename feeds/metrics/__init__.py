"""Numbers about the running server: plain ones while they are counted, Prometheus's when somebody reads them.

`exposition` is not imported here: its library takes longer to load than everything else a worker needs to answer.
"""

from feeds.metrics.counting import Answer, Histogram, Tally
from feeds.metrics.definitions import METRICS, NAMED, Metric
from feeds.metrics.readings import Readings, merged
from feeds.metrics.sharing import Exchange

__all__ = ["METRICS", "NAMED", "Answer", "Exchange", "Histogram", "Metric", "Readings", "Tally", "merged"]
