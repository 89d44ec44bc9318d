"""When more ask for what must be made than can wait for it."""

import asyncio

import pytest
from starlette.testclient import TestClient

from feeds.web.app import create_app
from feeds.web.crowd import BUSY, Crowd
from feeds.web.replies import NOT_FOUND


def test_one_too_many_is_sent_away_at_once_and_the_others_are_answered():
    async def scenario():
        crowd = Crowd(2)
        made = asyncio.Event()
        begun = []

        async def making():
            begun.append(len(begun))
            await made.wait()
            return NOT_FOUND

        waiting = [asyncio.create_task(crowd.admit(making(), BUSY)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await crowd.admit(making(), BUSY) is BUSY
        assert (crowd.waiting, begun) == (2, [0, 1])
        made.set()
        assert await asyncio.gather(*waiting) == [NOT_FOUND, NOT_FOUND]
        assert await crowd.admit(making(), BUSY) is NOT_FOUND
        assert crowd.waiting == 0

    asyncio.run(scenario())


def test_a_failure_leaves_its_place():
    async def scenario():
        crowd = Crowd(1)

        async def failing():
            raise ValueError

        with pytest.raises(ValueError):
            await crowd.admit(failing(), BUSY)
        assert crowd.waiting == 0

    asyncio.run(scenario())


@pytest.fixture
def full(desk, monkeypatch):
    """A site whose crowd is as large as it may be, once `/feed.atom` is remembered."""
    desk.post("content/2026-10-01-first.md", categories="[Tides]")
    desk.publish()
    crowds = []

    class Watched(Crowd):
        def __init__(self, most):
            super().__init__(most)
            crowds.append(self)

    monkeypatch.setattr("feeds.web.app.Crowd", Watched)
    with TestClient(create_app(desk.site), follow_redirects=False) as client:
        assert client.get("/feed.atom").status_code == 200
        (crowd,) = crowds
        crowd.waiting = desk.settings.server.max_concurrent
        yield client


@pytest.mark.parametrize("path", ["/category/Tides.rss", "/feed.json", "/feed.atom?limit=1", "/", "/sources.opml"])
def test_what_must_be_made_is_refused_for_a_moment(full, path):
    answer = full.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"


def test_programs_are_refused_as_programs_read_it_and_people_in_words(full):
    types = {path: full.get(path).headers["Content-Type"] for path in ("/sources.json", "/sources.opml", "/")}
    assert types == {
        "/sources.json": "application/problem+json",
        "/sources.opml": "application/problem+json",
        "/": "text/plain; charset=utf-8",
    }


def test_what_is_remembered_is_answered_whatever_waits(full):
    answer = full.get("/feed.atom")
    assert answer.status_code == 200
    assert full.get("/feed.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/nothing", 404)])
def test_health_is_told_whatever_waits(full, path, status):
    assert full.get(path).status_code == status
