"""The announcers' threads, one a hub: a slow hub holds up neither the others nor the publisher nor readers."""

import logging
import random
import threading
import time

from feeds.errors import FeedsError
from feeds.hub.announcer import LOOK, Announcer
from feeds.hub.line import Answer, Line
from feeds.site import Site

log = logging.getLogger(__name__)

_LAST_WORD = 0.5  # seconds that a ping under way has to come back when all ends
_AFTER = 0.5  # seconds that a thread then has to end
_RETRY = 5.0  # seconds


def start_announcing(site: Site, stop: threading.Event) -> tuple["Announcing", ...]:
    """Tell the site's hubs of every move from now on, while this process publishes; until `stop` is set."""
    started = tuple(Announcing(site, hub, stop) for hub in site.settings.feeds.hubs)
    for one in started:
        one.start()
    return started


class Announcing:
    def __init__(self, site: Site, hub: str, stop: threading.Event) -> None:
        self._site = site
        self._hub = hub
        self._stop = stop
        self._is_left = False
        self._line = Line(hub)
        self._announcer = Announcer(
            hub,
            store=site.store,
            library=site.library,
            tell=self._tell,
            clock=time.monotonic,
            chance=random.random,
        )
        # A daemon, so that a hub whose name takes long to look up cannot keep the process alive.
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Wait until the thread has ended, a second at most. `stop` must be set."""
        self._thread.join(_LAST_WORD)
        self._line.hang_up()
        self._thread.join(_AFTER)
        self._is_left = True

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            pause = self._try()
        if not self._is_left and self._site.publisher is not None:
            self._note()
        self._line.close()

    def _try(self) -> float:
        """Go on whatever happens: what is due is kept, and the trouble is logged."""
        try:
            return LOOK if self._site.publisher is None else self._announcer.step()
        except _LeftError:
            return LOOK
        except FeedsError as err:
            log.error("hub.waits: %s", err)  # noqa: TRY400 - the operator's to mend; a traceback would say nothing
        except Exception:
            log.exception("hub.failed: %s; it goes on in %d seconds", self._hub, _RETRY)
        return _RETRY

    def _note(self) -> None:
        try:
            self._announcer.note()
        except FeedsError as err:
            log.warning("hub.waits: %s; some pings will be sent again", err)

    def _tell(self, address: str) -> Answer:
        answer = self._line.tell(address)
        if self._is_left:
            raise _LeftError
        return answer


class _LeftError(Exception):
    """The process ended while the hub was asked; the index is closed."""
