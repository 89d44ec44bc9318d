"""`/-/hooks/…`: a forge says that somebody has pushed, and the posts are fetched and looked at."""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from feeds.errors import SettingsError
from feeds.settings import load_settings
from feeds.web.admin.signatures import is_genuine

from .conftest import PATIENCE, TOKEN

SECRET = "It's a Secret to Everybody"  # GitHub docs, "Validating webhook deliveries", with the signature below
SIGNED = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
SIGNING = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
SECRETS = {"github": SECRET, "gitlab": SECRET, "gitea": SECRET}
PUSH = json.dumps({"ref": "refs/heads/main"}).encode()


def digest(body, secret=SECRET):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def github(body=PUSH, event="push", delivery="1", **fields):
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={digest(body)}",
        **fields,
    }


def gitea(body=PUSH, event="push", delivery="1"):
    return {"X-Gitea-Event": event, "X-Gitea-Delivery": delivery, "X-Gitea-Signature": digest(body)}


def gitlab(event="Push Hook", delivery="1", token=SECRET):
    return {"X-Gitlab-Event": event, "X-Gitlab-Event-UUID": delivery, "X-Gitlab-Token": token}


def standard(body=PUSH, *, at=None, id_="msg_1", secret=SIGNING):
    """What GitLab sends where a signing token is set (Standard Webhooks)."""
    at = int(time.time()) if at is None else at
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{id_}.{at}.".encode() + body, hashlib.sha256)).decode()
    return {
        "X-Gitlab-Event": "Push Hook",
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,AAAA v1,{signature}",
    }


@pytest.fixture
def hooked(script):
    """A server with hooks; nobody brings a token."""

    def start(**admin):
        scripts = script(admin={"hook_secrets": SECRETS, **admin})
        assert is_carried_out(scripts, scripts.regenerate().json()["id"], since=0)  # and no run is still to be told
        del scripts.headers["Authorization"]
        return scripts

    return start


def test_the_signature_of_githubs_own_example_is_right():
    fields = {"x-hub-signature-256": SIGNED}
    assert is_genuine("github", fields, b"Hello, World!", secret=SECRET, now=0)
    assert not is_genuine("github", fields, b"Hello, World.", secret=SECRET, now=0)
    assert not is_genuine("github", fields, b"Hello, World!", secret=SECRET.lower(), now=0)


@pytest.mark.parametrize("forge", ["github", "gitlab", "gitea"])
def test_a_push_that_is_signed_has_the_posts_looked_at(hooked, forge):
    scripts = hooked()
    fields = {"github": github(), "gitlab": gitlab(), "gitea": gitea()}[forge]
    before = scripts.desk.site.store.last_event()
    answer = scripts.post(f"/-/hooks/{forge}", content=PUSH, headers=fields)
    assert (answer.status_code, answer.json()["is_done"]) == (202, False)
    assert answer.headers["location"] == f"/-/regenerate/{answer.json()['id']}"
    assert is_carried_out(scripts, answer.json()["id"], since=before)


def is_carried_out(script, order, since):
    """Wait for the run that carried out an order; those of others may be told after it was given."""
    store, until = script.desk.site.store, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any(order in one.what["orders"] for one in store.events_after(since) if one.kind == "run"):
            return True
        threading.Event().wait(0.01)
    return False


@pytest.mark.parametrize(
    ("forge", "fields"),
    [
        ("github", {}),
        ("github", github(b"other")),
        ("github", {**github(), "X-Hub-Signature-256": digest(PUSH)}),
        ("github", {**github(), "X-Hub-Signature-256": "sha256="}),
        ("github", {**github(), "X-Hub-Signature-256": "sha256=é".encode()}),
        ("github", {"X-GitHub-Event": "push", "X-Hub-Signature": "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6"}),
        ("gitlab", {}),
        ("gitlab", gitlab(token=SECRET + "x")),
        ("gitlab", standard()),
        ("gitea", {**gitea(), "X-Gitea-Signature": f"sha256={digest(PUSH)}"}),
        ("gitea", gitlab()),
    ],
)
def test_a_wrong_signature_is_refused_and_nothing_is_done(hooked, forge, fields):
    scripts = hooked()
    before = scripts.desk.site.store.last_event()
    answer = scripts.post(f"/-/hooks/{forge}", content=PUSH, headers=fields)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert scripts.desk.site.store.last_event() == before


def test_a_signing_token_of_gitlab_signs_id_time_and_body(hooked):
    scripts = hooked(hook_secrets={"gitlab": SIGNING})
    asked = [
        standard(),
        standard(b"other", id_="msg_2"),
        standard(at=int(time.time()) - 400, id_="msg_3"),
        standard(at=int(time.time()) + 400, id_="msg_4"),
        {**standard(id_="msg_5"), "webhook-id": "msg_6"},
        {**standard(id_="msg_7"), "webhook-timestamp": "١"},
        gitlab(token=SIGNING),
        standard(),
    ]
    answers = [scripts.post("/-/hooks/gitlab", content=PUSH, headers=encoded(fields)) for fields in asked]
    assert [answer.status_code for answer in answers] == [202, 403, 403, 403, 403, 403, 403, 200]
    assert answers[-1].json() == {"replayed": True}


def encoded(fields):
    return {name: value.encode() for name, value in fields.items()}


@pytest.mark.parametrize(
    ("forge", "fields"), [("github", github), ("gitlab", gitlab), ("gitea", gitea)], ids=["github", "gitlab", "gitea"]
)
def test_a_delivery_that_comes_again_is_not_carried_out_again(hooked, forge, fields):
    scripts = hooked()
    assert scripts.post(f"/-/hooks/{forge}", content=PUSH, headers=fields()).status_code == 202
    again = scripts.post(f"/-/hooks/{forge}", content=PUSH, headers=fields())
    assert (again.status_code, again.json()) == (200, {"replayed": True})


def test_a_replay_under_a_new_id_is_known_by_its_signature(hooked):
    scripts = hooked()
    assert scripts.post("/-/hooks/github", content=PUSH, headers=github()).status_code == 202
    again = scripts.post("/-/hooks/github", content=PUSH, headers=github(delivery="2"))
    assert again.json() == {"replayed": True}
    other = PUSH + b" "
    assert scripts.post("/-/hooks/github", content=other, headers=github(other, delivery="3")).status_code == 202


def test_a_replay_to_another_process_is_known_too(hooked):
    scripts = hooked()
    assert scripts.post("/-/hooks/github", content=PUSH, headers=github()).status_code == 202
    scripts.restart()
    assert scripts.post("/-/hooks/github", content=PUSH, headers=github()).json() == {"replayed": True}


def test_a_ping_is_answered_and_other_events_are_told_to_be_ignored(hooked):
    scripts = hooked()
    before = scripts.desk.site.store.last_event()
    ping = scripts.post("/-/hooks/github", content=PUSH, headers=github(event="ping"))
    issues = scripts.post("/-/hooks/github", content=PUSH, headers=github(event="issues"))
    assert (ping.status_code, ping.json()) == (200, {"pong": True})
    assert (issues.status_code, issues.json()) == (202, {"ignored": "issues"})
    assert scripts.desk.site.store.last_event() == before


PUSHED = {"github": github, "gitlab": lambda _body, delivery: gitlab(delivery=delivery), "gitea": gitea}


@pytest.mark.parametrize("forge", PUSHED)
def test_only_a_push_to_a_branch_that_is_named_counts(hooked, forge):
    scripts = hooked(hook_branches=["refs/heads/main", "drafts/新"])
    asked = {
        "refs/heads/main": True,
        "refs/heads/drafts/新": True,
        "refs/heads/other": False,
        "refs/heads/maintenance": False,
        "refs/tags/main": False,
        "main": False,
    }
    got = {}
    for number, ref in enumerate(asked):
        body = json.dumps({"ref": ref}).encode()
        answer = scripts.post(f"/-/hooks/{forge}", content=body, headers=PUSHED[forge](body, delivery=str(number)))
        assert answer.status_code == 202
        got[ref] = "id" in answer.json()
        assert got[ref] or answer.json() == {"ignored": ref}
    assert got == asked


@pytest.mark.slow
def test_a_push_to_another_branch_has_nothing_run(hooked, tmp_path):
    scripts = hooked(hook_branches=["main"], hook_command=command("open('ran', 'w')"))
    before = scripts.desk.site.store.last_event()
    other = PUSH.replace(b"main", b"other")
    assert "ignored" in scripts.post("/-/hooks/github", content=other, headers=github(other)).json()
    assert scripts.desk.site.store.last_event() == before
    wait_for(scripts, scripts.post("/-/hooks/github", content=PUSH, headers=github()))
    assert (tmp_path / "ran").exists()


def test_without_named_branches_a_push_to_each_counts(hooked):
    other = PUSH.replace(b"main", b"other")
    assert "id" in hooked().post("/-/hooks/github", content=other, headers=github(other)).json()


def test_a_push_that_comes_as_a_form_is_read_as_well(hooked):
    scripts = hooked(hook_branches=["main"])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = []
    for number, branch in enumerate(("main", "other")):
        form = urlencode({"payload": json.dumps({"ref": f"refs/heads/{branch}"})}).encode()
        answers.append(
            scripts.post("/-/hooks/github", content=form, headers=github(form, delivery=str(number), **kind)).json()
        )
    assert ["id" in one for one in answers] == [True, False]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"[1]", "application/json"),
        (b'{"ref": ["refs/heads/main"]}', "application/json"),
        (b"\xff", "application/json"),
        (b"payload=", "application/x-www-form-urlencoded"),
        (b"\xff=&payload", "application/x-www-form-urlencoded"),
        (b"a&" * 20, "application/x-www-form-urlencoded"),
    ],
    ids=str,
)
def test_a_push_that_names_no_branch_is_to_none_that_counts(hooked, body, kind):
    scripts = hooked(hook_branches=["main"])
    answer = scripts.post("/-/hooks/github", content=body, headers=github(body, **{"Content-Type": kind}))
    assert (answer.status_code, answer.json()) == (202, {"ignored": "a push that does not say to which branch"})


@pytest.mark.parametrize("name", ["", "refs/heads/", "a b", "release/*"])
def test_what_no_branch_can_be_called_is_a_mistake_in_the_settings(tmp_path, name):
    with pytest.raises(SettingsError, match="is no name of a branch"):
        load_settings(tmp_path, flags={"admin": {"hook_branches": [name]}})


@pytest.mark.parametrize(("path", "words"), [("github", "hook_secrets = {github"), ("svn", "nothing here")])
def test_a_hook_without_a_secret_is_not_there_and_says_how_to_set_one(script, path, words):
    answer = script().post(f"/-/hooks/{path}", content=PUSH, headers=github())
    assert answer.status_code == 404
    assert words in answer.json()["detail"]


def test_a_body_beyond_all_bounds_is_refused(hooked):
    large = b" " * 5_000_001
    assert hooked().post("/-/hooks/github", content=large, headers=github(large)).status_code == 413


# the command


def command(text):
    return [sys.executable, "-c", text]


def wait_for(scripts, answer):
    place = answer.headers["location"]
    return scripts.get(f"{place}?wait={PATIENCE}", headers={"Authorization": f"Bearer {TOKEN}"}).json()


FETCH = r"""
from pathlib import Path
Path("content/fetched.md").write_text("---\ntitle: Fetched\ndate: 2026-10-01\n---\n\nText.\n")
import os
os.utime("content/fetched.md", (1_600_000_000, 1_600_000_000))
"""


@pytest.mark.slow
def test_what_the_command_fetches_is_published(hooked):
    scripts = hooked(hook_command=command(FETCH))
    told = wait_for(scripts, scripts.post("/-/hooks/github", content=PUSH, headers=github()))
    assert (told["changed"], "error" in told) == (1, False)
    assert "<title>Fetched</title>" in scripts.get("/feed.rss").text


@pytest.mark.slow
def test_a_command_that_fails_is_told_and_the_posts_are_looked_at_all_the_same(hooked, caplog):
    scripts = hooked(hook_command=command(FETCH + "\nimport sys; sys.exit('no\\n route')"))
    told = wait_for(scripts, scripts.post("/-/hooks/github", content=PUSH, headers=github()))
    assert told["changed"] == 1
    assert told["error"] == f"{sys.executable} ended with status 1: no route"
    assert "no route" in caplog.text


@pytest.mark.slow
def test_a_command_that_is_not_there_is_told(hooked):
    scripts = hooked(hook_command=["/no/such/command"])
    told = wait_for(scripts, scripts.post("/-/hooks/github", content=PUSH, headers=github()))
    assert told["error"] == "/no/such/command: No such file or directory"


@pytest.mark.slow
def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(hooked, tmp_path):
    text = "import os, subprocess, time; p = subprocess.Popen(['sleep', '600']); open('pid', 'w').write(str(p.pid)); time.sleep(600)"
    scripts = hooked(hook_command=command(text), hook_seconds=1.5)
    told = wait_for(scripts, scripts.post("/-/hooks/github", content=PUSH, headers=github()))
    assert told["error"] == f"{sys.executable} was ended after 1.5 seconds"
    assert is_over(int((tmp_path / "pid").read_text()))


def is_over(pid):
    """Say whether a process ends; it may stay a while as a name that nobody has asked about."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
    return False


@pytest.mark.slow
def test_pushes_while_the_command_runs_give_one_more_run_after_it(hooked, tmp_path):
    text = "import os, time\nopen('runs', 'a').write('x')\nwhile not os.path.exists('go'): time.sleep(0.01)"
    scripts = hooked(hook_command=command(text))

    def push(number):
        body = PUSH + b" " * number
        return scripts.post("/-/hooks/github", content=body, headers=github(body, delivery=str(number)))

    first = push(0)
    until = time.monotonic() + PATIENCE
    while not (tmp_path / "runs").exists() and time.monotonic() < until:
        threading.Event().wait(0.01)
    meanwhile = [push(number) for number in range(1, 6)]
    (tmp_path / "go").touch()
    assert wait_for(scripts, first)["is_done"]
    assert wait_for(scripts, meanwhile[-1])["is_done"]
    assert len({answer.json()["id"] for answer in meanwhile} - {first.json()["id"]}) == 1
    assert (tmp_path / "runs").read_text() == "xx"


@pytest.mark.slow
def test_the_command_sees_no_secret_of_ours(hooked, tmp_path, monkeypatch):
    monkeypatch.setenv("FEEDS_ADMIN__TOKENS__DESK", "0123456789abcdef-desk")
    scripts = hooked(hook_command=command("import os; open('names', 'w').write(' '.join(os.environ))"))
    wait_for(scripts, scripts.post("/-/hooks/github", content=PUSH, headers=github()))
    assert "PATH" in (tmp_path / "names").read_text()
    assert "FEEDS_" not in (tmp_path / "names").read_text()
