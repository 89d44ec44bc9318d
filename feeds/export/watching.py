"""Building for as long as the process lives: after each change, whoever publishes it."""

import threading
from collections.abc import Callable

from feeds.errors import IndexLostError
from feeds.publisher import Run, watch
from feeds.site import Site

_LOOK = 0.1  # seconds between two looks at an index that another process writes

Build = Callable[[Run | None], None]  # gets what has been published since the last time; None: anything can have been


def keep(site: Site, build: Build, stop: threading.Event) -> None:
    """Build after each change until `stop` is set; take over when the process that publishes ends."""
    while not stop.is_set():
        try:
            _keep(site, build, stop)
        except IndexLostError:
            site.recover()
            build(None)


def _keep(site: Site, build: Build, stop: threading.Event) -> None:
    def built(run: Run) -> None:
        if not run.is_nothing:
            build(run)

    if publisher := site.claim():
        watch(publisher, site.orders, stop, built)
        return
    seen = site.store.data_version()
    while not stop.wait(_LOOK) and not site.claim():
        if (version := site.store.data_version()) != seen:
            seen = version
            if site.library.is_ready:
                build(None)
