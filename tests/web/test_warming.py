"""What people may ask for first is made before they do."""

import threading

import pytest
from starlette.testclient import TestClient

from feeds.pages import spellings
from feeds.pages.index import SiteIndex
from feeds.web import people
from feeds.web.app import create_app

PATIENCE = 30  # seconds, on a busy machine


@pytest.fixture
def client(open_desk, monkeypatch):
    monkeypatch.setattr(people, "_QUIET", 0.01)
    desk = open_desk(pages={"languages": ["en", "zh-CN"]})
    desk.post("content/a.md", categories="[新京报]", tags="[潮汐]")
    desk.publish()
    client = TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()))
    client.desk = desk
    return client


@pytest.fixture
def printed(monkeypatch):
    """Languages of the first page, in the order in which they were made; and when both were."""
    made, both = [], threading.Event()
    really = SiteIndex._searched

    def note(self, sight, wanted, language):
        body = really(self, sight, wanted, language)
        made.append(language)
        if len(made) == 2:
            both.set()
        return body

    monkeypatch.setattr(SiteIndex, "_searched", note)
    return made, both


def test_the_first_page_is_made_in_each_language_before_anybody_asks(client, printed):
    made, both = printed
    with client:
        assert both.wait(PATIENCE)
        for language in ("en", "zh-CN"):
            assert client.get("/", headers={"accept-language": language}).status_code == 200
    assert made == ["en", "zh-CN"]


def test_nothing_is_made_before_the_posts_were_read(open_desk, monkeypatch, printed):
    monkeypatch.setattr(people, "_QUIET", 0.01)
    desk = open_desk()
    desk.post("content/a.md")
    door = people.PeopleDoor(desk.site)
    assert len({door._version() for _ in range(3)}) == 3  # no two alike, as if it moved all the time
    desk.publish()
    assert len({door._version() for _ in range(3)}) == 1


def test_names_are_spelled_once_somebody_has_come_to_the_list(client, printed, monkeypatch):
    spelled, all_of_them = set(), threading.Event()
    really = spellings._pinyin

    def note(text):
        spelled.add(text)
        if {"新京报", "潮汐"} <= spelled:
            all_of_them.set()
        return really(text)

    monkeypatch.setattr(spellings, "_pinyin", note)
    spellings.spellings.cache_clear()
    _made, both = printed
    with client:
        assert both.wait(PATIENCE)
        assert spelled == set()
        client.get("/")
        assert all_of_them.wait(PATIENCE)
        spelled.clear()
        assert "新京报" in client.get("/?q=xjb").text
    assert spelled == set()
