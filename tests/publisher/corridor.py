"""The steps of the corridor by name, and a publisher that is killed at one of them; run as a program by the tests.

    python corridor.py FOLDER SETTINGS POINT    SETTINGS are JSON; POINT is `Class.method:before` or `:after`, or COMMIT:before or :after

The publisher takes in what has changed in the folder. It kills itself (SIGKILL) when it comes to the point.
"""

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import event

from feeds.publisher import Publisher
from feeds.publisher.reading import Desk
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.store import Commit, Store

STEPS = {
    f"{kind.__name__}.{name}": (kind, name)
    for kind, names in (
        (Desk, ("read",)),
        (
            Commit,
            (
                "put_posts",
                "forget_posts",
                "put_diagnostics",
                "unbury",
                "bury",
                "put_entries",
                "announce",
                "move",
            ),
        ),
        (Publisher, ("conclude",)),
    )
    for name in names
}
POINTS = [f"{step}:{when}" for step in (*STEPS, "COMMIT") for when in ("before", "after")]


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def lay(point: str, store: Store) -> None:
    """Let the process die at the point."""
    step, when = point.split(":")
    if step == "COMMIT":
        _lay_at_commit(store, when)
        return
    kind, name = STEPS[step]
    real = getattr(kind, name)

    def dying(*args, **kwargs):
        if when == "before":
            die()
        value = real(*args, **kwargs)
        die()
        return value

    setattr(kind, name, dying)


def _lay_at_commit(store: Store, when: str) -> None:
    if when == "before":
        event.listen(store.engine, "commit", lambda _connection: die())
        return
    real = Store.writing

    def dying(self, *args, **kwargs):
        writing = real(self, *args, **kwargs)

        class Dying:
            def __enter__(self):
                return writing.__enter__()

            def __exit__(self, *trouble):
                writing.__exit__(*trouble)
                die()

        return Dying()

    Store.writing = dying


def main(folder: Path, settings: str, point: str) -> None:
    now = datetime.fromisoformat(os.environ["NOW"])
    with open_site(folder, load_settings(folder, environ={}, flags=json.loads(settings)), now=lambda: now) as site:
        publisher = site.claim()
        lay(point, site.store)
        publisher.conclude(publisher.catch_up(), orders=["abc"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
