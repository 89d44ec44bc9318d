"""Flask-WebSub, a hub and subscriber that we did not write: subscribes, is pinged, fetches and delivers."""

import threading
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from flask import Flask, request
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber.discovery import discover
from starlette.testclient import TestClient
from werkzeug.serving import make_server

from feeds.web.app import create_app

TOPICS = ["/feed.atom", "/feed.rss", "/feed.json"]


class AtOnce:
    """Stands for Celery: what would be queued is done before `delay` returns."""

    def task(self, *, bind=False, **_options):
        def made(function):
            return SimpleNamespace(delay=lambda *given: function(*((self,) if bind else ()), *given))

        return made


@pytest.fixture
def serve():
    """Serve a WSGI application on a free port; return its address."""
    running = []

    def serve_(app):
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve_
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def their_hub(tmp_path_factory, serve):
    hub = Hub(SQLite3HubStorage(str(tmp_path_factory.mktemp("hub") / "hub.sqlite3")), AtOnce())
    app = Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    return serve(app) + "/hub"


@pytest.fixture
def subscriber(serve):
    """Agrees to every subscription, and keeps what is delivered."""
    app = Flask("subscriber")
    received = []

    @app.route("/callback", methods=["GET", "POST"])
    def callback():
        if request.method == "GET":
            return request.args["hub.challenge"]
        received.append((request.headers["Link"], request.headers["Content-Type"], request.get_data()))
        return ""

    return SimpleNamespace(address=serve(app) + "/callback", received=received)


@pytest.fixture
def site(open_desk, serve, their_hub):
    """A published site under the address at which it is served, so that the hub can fetch its topics."""
    pages = Flask("site")
    address = serve(pages)
    desk = open_desk(site={"url": address}, feeds={"hubs": [their_hub]})
    desk.post("content/old.md")
    desk.publish()
    client = TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()))

    @pages.route("/<path:_path>")
    def page(_path):
        asked = client.get(request.full_path.rstrip("?"), headers={"accept-encoding": "identity"})
        return asked.content, asked.status_code, list(asked.headers.multi_items())

    return desk


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_it_discovers_the_hub_subscribes_and_delivers_what_the_topic_has_become(
    site, their_hub, subscriber, announce, topic
):
    import requests

    announcement = announce(site, their_hub)
    announcement.run()
    address = site.settings.site.url + topic
    found = discover(address)
    assert found == {"hub_url": their_hub, "topic_url": address}
    form = {"hub.mode": "subscribe", "hub.callback": subscriber.address, "hub.topic": found["topic_url"]}
    assert requests.post(found["hub_url"], data=form, timeout=20).status_code == 202
    site.post("content/new.md", title="The news")
    site.publish()
    announcement.run()
    assert len(subscriber.received) == 1
    link, media_type, body = subscriber.received[0]
    assert body == site.read(topic)
    assert b"The news" in body
    assert media_type == site.look_up(topic).media_type
    assert f'<{address}>; rel="self"' in link
    assert f'<{their_hub}>; rel="hub"' in link


def test_the_addresses_are_of_this_machine(their_hub):
    assert urlsplit(their_hub).hostname == "127.0.0.1"
