"""Who may ask for what is below `/-/` (RFC 6750)."""

import base64
import hashlib
import json

import pytest
from starlette.testclient import TestClient

from feeds.web.app import create_app

TOKEN = "0123456789abcdef-desk"
OTHER = "fedcba9876543210-wire"
STORED = f"sha256:{hashlib.sha256(OTHER.encode()).hexdigest()}"


@pytest.fixture
def client(open_desk):
    with TestClient(create_app(open_desk(admin={"tokens": {"desk": TOKEN, "wire": STORED}}).site)) as client:
        yield client


def ask(client, credentials=None):
    return client.get("/-/nothing", headers={"Authorization": credentials} if credentials else {})


def test_without_a_token_the_answer_says_how_to_bring_one(client):
    answer = ask(client)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="feeds"')
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "This needs a token, as in Authorization: Bearer TOKEN."


@pytest.mark.parametrize("token", ["0123456789abcdef-desl", TOKEN[:-1], TOKEN + "x", STORED, "x"])
def test_a_token_that_is_none_of_ours_is_refused(client, token):
    answer = ask(client, f"Bearer {token}")
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_an_unknown_token_is_told_as_such(client):
    assert 'error="invalid_token"' in ask(client, "Bearer nobodys").headers["www-authenticate"]


@pytest.mark.parametrize("credentials", [f"Bearer {TOKEN}", f"bearer  {TOKEN} ", f"BEARER {OTHER}"])
def test_a_token_is_known_in_clear_and_by_its_digest(client, credentials):
    assert ask(client, credentials).status_code == 404


@pytest.mark.parametrize("credentials", [f"Basic {TOKEN}", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN} {TOKEN}"])
def test_credentials_of_another_kind_are_none(client, credentials):
    assert ask(client, credentials).headers["www-authenticate"] == 'Bearer realm="feeds"'


def test_two_credentials_are_none(client):
    fields = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {OTHER}")]
    assert client.get("/-/nothing", headers=fields).status_code == 401


def test_where_no_token_is_set_there_is_nothing_and_the_answer_says_how_to_set_one(open_desk):
    with TestClient(create_app(open_desk().site)) as client:
        answer = ask(client, f"Bearer {TOKEN}")
    assert answer.status_code == 404
    assert "FEEDS_ADMIN__TOKENS__DESK" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_answer_is_kept_or_given_to_other_pages(client, method):
    origin = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = client.request(method, "/-/nothing", headers=origin)
    assert answer.headers["cache-control"] == "no-store"
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    if answer.content:
        assert json.loads(answer.content)["status"] == answer.status_code


def test_a_method_that_is_not_there_is_told_with_those_that_are(client):
    answer = client.request("PATCH", "/-/nothing", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, PUT, DELETE, HEAD, OPTIONS")


@pytest.mark.parametrize("suffix", [".json", ".atom", ".rss"])
def test_what_ends_like_a_feed_is_ours_all_the_same(client, suffix):
    assert client.get(f"/-/nothing{suffix}").status_code == 401


def test_below_a_sub_path_it_is_found_with_and_without_it(open_desk):
    desk = open_desk(site={"url": "https://example.com/news"}, admin={"tokens": {"desk": TOKEN}})
    with TestClient(create_app(desk.site)) as client:
        assert [client.get(path).status_code for path in ("/news/-/x", "/-/x")] == [401, 401]


def test_a_password_opens_nothing_that_changes_something(client):
    credentials = base64.b64encode(f"desk:{TOKEN}".encode()).decode()
    answer = ask(client, f"Basic {credentials}")
    assert (answer.status_code, answer.headers.get_list("www-authenticate")) == (401, ['Bearer realm="feeds"'])


def test_the_digest_of_nothing_lets_nobody_in(open_desk):
    nothing = f"sha256:{hashlib.sha256(b'').hexdigest()}"
    with TestClient(create_app(open_desk(admin={"tokens": {"unset": nothing}}).site)) as client:
        assert [ask(client, each).status_code for each in (None, "Bearer ", "Bearer x")] == [401, 401, 401]
