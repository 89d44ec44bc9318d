"""docs/publishing.md, done as it is shown: token, orders, posts, and a forge that says that somebody has pushed."""

import hashlib
import hmac
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from feeds.settings import load_settings

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parents[2] / "docs" / "publishing.md").read_text(encoding="utf-8")
TABLES = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
POST = """---
title: {title}
date: 2026-11-24 08:00:00
---

Words.
"""


@pytest.mark.parametrize("text", TABLES)
def test_settings_that_are_shown_can_be_used(tmp_path, text):
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path).admin.model_fields_set == set(tomllib.loads(text)["admin"])


def test_each_command_does_what_the_page_says(shell, serving, blocks):
    starting, look, look_by_command, write = blocks("docs/publishing.md", "tests/docs/test_publishing.py")
    make_token, serve = starting.splitlines()
    shell.run(make_token)
    with serving(serve) as address:
        shell.environment["TOKEN"] = (shell.folder / "token").read_text().strip()
        (shell.folder / "content/a.md").write_text(POST.format(title="The first look"))
        assert json.loads(shell.run(look))["is_done"]
        assert "The first look" in shell.run(f"curl -fs {address}/feed.json")

        (shell.folder / "content/a.md").write_text(POST.format(title="The second look"))
        shell.run(look_by_command)
        assert "The second look" in shell.run(f"curl -fs {address}/feed.json")

        (shell.folder / "a.md").write_text(POST.format(title="Sent from afar"))
        sent, deleted = write.splitlines()
        shell.run(sent)
        assert "Sent from afar" in shell.run(f"curl -fs {address}/feed.json")
        shell.run(deleted)
        shell.run(look)  # nobody has waited for the one before
        assert "Sent from afar" not in shell.run(f"curl -fs {address}/feed.json")
        assert not (shell.folder / "content/2026-11-24-a.md").exists()


def test_a_token_may_stand_in_the_settings_as_its_digest_alone(shell, serving):
    (digest,) = re.findall(r"`(printf [^`]*sha256sum)`", TEXT)
    shell.environment["TOKEN"] = "a-token-of-more-than-16-characters"
    made = shell.run(digest).split()[0]
    with (shell.folder / "feeds.toml").open("a") as settings:
        settings.write(re.sub("sha256:[0-9a-f]+", f"sha256:{made}", TABLES[0]))
    with serving("feeds serve .") as address:
        shell.run(f'curl -fs -H "Authorization: Bearer $TOKEN" {address}/-/status.json')


@pytest.mark.parametrize("forge", ["github", "gitlab", "gitea"])
def test_a_push_at_a_forge_brings_what_was_pushed(shell, serving, forge):
    secret = "the secret that was typed in at GitHub"
    shell.run("""
        git init -q . && git config user.name Desk && git config user.email desk@example.org
        printf '.feeds*\n' > .gitignore && git add . && git commit -qm first
        git clone -q . ../elsewhere && git clone -q --bare . ../forge.git
        git remote add origin ../forge.git && git fetch -q && git branch -q -u origin/$(git branch --show-current)
        cd ../elsewhere && git config user.name Desk && git config user.email desk@example.org
        git remote set-url origin ../forge.git
    """)
    with (shell.folder / "feeds.toml").open("a") as settings:
        settings.write(TABLES[1].replace("github =", f"{forge} ="))
    with serving("feeds serve .", FEEDS_ADMIN__TOKENS__DESK="a-token-of-more-than-16-characters") as address:
        (shell.folder.parent / "elsewhere/content/pushed.md").write_text(POST.format(title="It was pushed"))
        shell.run("cd ../elsewhere && git add . && git commit -qm second && git push -q")
        body = json.dumps({"ref": "refs/heads/main"})
        signed = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
        fields = {
            "github": ["X-GitHub-Event: push", "X-GitHub-Delivery: 1", f"X-Hub-Signature-256: sha256={signed}"],
            "gitlab": ["X-Gitlab-Event: Push Hook", f"X-Gitlab-Token: {secret}"],
            "gitea": ["X-Gitea-Event: push", "X-Gitea-Delivery: 1", f"X-Gitea-Signature: {signed}"],
        }[forge]
        given = " ".join(f"-H {shlex.quote(one)}" for one in fields)
        post = f"curl -s -w '\n%{{http_code}}' {given} -H 'Content-Type: application/json' -d {shlex.quote(body)}"
        told, status = shell.run(f"{post} {address}/-/hooks/{forge}").rsplit("\n", 1)
        assert status == "202", told
        token = "-H 'Authorization: Bearer a-token-of-more-than-16-characters'"
        number = json.loads(told)["id"]
        assert json.loads(shell.run(f"curl -fs {token} '{address}/-/regenerate/{number}?wait=60'"))["is_done"]
        assert "It was pushed" in shell.run(f"curl -fs {address}/feed.json")
        wrong = post.replace(signed, "0" * 64).replace(f"Token: {secret}", "Token: another")
        assert shell.run(f"{wrong} {address}/-/hooks/{forge}").endswith("\n403")
