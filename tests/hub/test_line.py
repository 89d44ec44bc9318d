"""One hub over HTTP, whatever it does: `tell` returns an answer and never raises."""

import socket
import threading

import pytest

from feeds.hub import Answer, Line

TOPIC = "https://example.com/category/%E6%96%B0.atom?a=b&c"


@pytest.fixture
def open_line():
    opened = []

    def open_(hub, **how):
        opened.append(Line(hub, **how))
        return opened[-1]

    yield open_
    for line in opened:
        line.close()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address_of(listener):
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def answer_with(listener, *answers):
    """Answer each connection with these bytes and close it."""

    def serve():
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


def test_pings_share_a_connection_and_an_address_arrives_as_it_is(open_line, hub):
    line = open_line(hub.url)
    assert [line.tell(TOPIC).status for _ in range(5)] == [204] * 5
    assert hub.told == [TOPIC] * 5
    assert hub.connections == 1


def test_the_query_of_a_hubs_address_is_kept(open_line, listener):
    seen = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            seen.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert open_line(address_of(listener) + "push?key=1").tell(TOPIC).status == 202
    thread.join()
    assert seen[0].startswith(b"POST /push?key=1 HTTP/1.1\r\n")
    assert b"User-Agent: Feedwright/" in seen[0]


def test_a_connection_that_the_hub_has_closed_while_idle_is_opened_anew(open_line, listener):
    answer = b"HTTP/1.1 204 No Content\r\n\r\n"
    thread = answer_with(listener, answer, answer)
    line = open_line(address_of(listener))
    assert line.tell(TOPIC).status == 204
    assert line.tell(TOPIC).status == 204
    thread.join()


@pytest.mark.parametrize("said", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\0" * 70_000])
def test_what_is_no_http_is_no_answer(open_line, listener, said):
    answer_with(listener, said)
    answer = open_line(address_of(listener)).tell(TOPIC)
    assert answer.status == 0
    assert answer.said


def test_a_long_answer_is_not_read_to_its_end(open_line, listener):
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 5000
    answer_with(listener, endless)
    assert open_line(address_of(listener)).tell(TOPIC).status == 200


@pytest.mark.parametrize("hub", ["http://127.0.0.1:1/", "http://a..b/", "http://" + "a" * 70 + ".example/"])
def test_a_hub_that_cannot_be_reached_gives_no_answer(open_line, hub):
    assert open_line(hub).tell(TOPIC).status == 0


def test_a_silent_hub_is_given_up(open_line, listener):
    answer = open_line(address_of(listener), timeout=0.05).tell(TOPIC)
    assert (answer.status, "timed out" in answer.said) == (0, True)


def test_an_environment_with_a_proxy_changes_nothing(open_line, hub, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    assert open_line(hub.url).tell(TOPIC).status == 204


def test_hanging_up_ends_a_ping_under_way_and_does_not_send_it_again(open_line, listener):
    line = open_line(address_of(listener), timeout=60)
    answers = []
    thread = threading.Thread(target=lambda: answers.extend(line.tell(TOPIC) for _ in range(2)))
    thread.start()
    connection, _ = listener.accept()
    with connection:
        assert connection.recv(65536)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert connection.recv(65536)
        line.hang_up()
        thread.join(20)
    assert [answer.status for answer in answers] == [204, 0]
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(("wish", "seconds"), [("7", 7.0), ("", 0.0), ("tomorrow", 0.0), ("١٢", 0.0)])
def test_retry_after_is_read_where_it_says_seconds(open_line, listener, wish, seconds):
    answer_with(
        listener,
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: " + wish.encode() + b"\r\nConnection: close\r\n\r\n",
    )
    assert open_line(address_of(listener)).tell(TOPIC) == Answer(503, "", seconds)
