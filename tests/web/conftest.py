"""A server whose publisher works, asked as scripts ask it."""

import sys

import pytest
from starlette.testclient import TestClient

from feeds.web.app import create_app

TOKEN = "0123456789abcdef-desk"
OTHER = "fedcba9876543210-wire"
PATIENCE = 20  # seconds that a server may wait for a result, on a busy machine


class Script(TestClient):
    """Whoever has the token `desk`; it waits for results. `desk`: the site's folder, with verbs."""

    def __init__(self, desk):
        super().__init__(create_app(desk.site), headers={"Authorization": f"Bearer {TOKEN}"})
        self.desk = desk

    def restart(self):
        """Let another server take the place of this one."""
        self.__exit__()
        self.__init__(self.desk)
        self.__enter__()

    def regenerate(self, *paths, **fields):
        return self.post(f"/-/regenerate?wait={PATIENCE}", json={"paths": list(paths)}, headers=fields)

    def save(self, path, text, **fields):
        return self.put(f"/-/posts/{path}?wait={PATIENCE}", content=text, headers=fields)


class Deaf:
    """A watcher that hears nothing, so that orders alone are what a publisher follows."""

    is_lost = False

    def __init__(self, folders, _hear):
        self.folders = tuple(folders)

    def fit(self, folders):
        return self.folders == tuple(folders)

    def start(self):
        pass

    stop = start


@pytest.fixture
def script(open_desk, monkeypatch):
    """Start a server with these settings; sweeps are far between, and what is saved waits unless it is ordered."""
    monkeypatch.setattr(sys.modules["feeds.publisher.watch"], "Hints", Deaf)
    running = []

    def start(content=None, admin=None, **settings):
        content = {"sweep": 3600, "settle": 3600, **(content or {})}
        admin = {"tokens": {"desk": TOKEN, "wire": OTHER}, **(admin or {})}
        asking = Script(open_desk(content=content, admin=admin, **settings))
        asking.__enter__()
        running.append(asking)
        asking.regenerate()  # the first look is over
        return asking

    yield start
    for asking in running:
        asking.__exit__()


@pytest.fixture
def scripts(script):
    return script()
