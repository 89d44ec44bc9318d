"""Reading an index beside the process that has it open and answers for it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from feeds.store.database import FILE, engine_of
from feeds.store.store import Reader


def reading_beside(state: Path) -> Callable[[], AbstractContextManager[Reader]]:
    """Return what gives one consistent view each time. Nothing is made, checked, mended or noted here."""
    engine = engine_of(state / FILE)

    @contextmanager
    def reading() -> Iterator[Reader]:
        with engine.connect() as connection, connection.begin():
            yield Reader(connection)

    return reading
