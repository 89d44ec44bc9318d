"""Trigger a server as forges and scripts do, rightly and wrongly, and show what each request got.

python scripts/show_hooks.py
"""  # noqa: INP001 (a script, not a package)

import hashlib
import hmac
import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

TOKEN, SECRET = secrets.token_hex(24), secrets.token_hex(24)
SETTINGS = f"""
[site]
title = "The hooks"
[content]
roots = ["content"]
[admin]
tokens = {{desk = "sha256:{hashlib.sha256(TOKEN.encode()).hexdigest()}"}}
hook_secrets = {{github = "{SECRET}"}}
hook_branches = ["main"]
"""
POST = "---\ntitle: {title}\ndate: 2026-11-01 08:00:00 +0000\n---\nText.\n"
PUSH, ELSEWHERE = (b'{"ref": "refs/heads/%s"}' % branch for branch in (b"main", b"drafts"))
TRIGGERS, THREADS = 1000, 100
_PATIENCE = 60  # seconds that the server may take for anything

Fields = Mapping[str, str]


class Answer(NamedTuple):
    status: int
    body: str

    @property
    def object(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value


class Line(NamedTuple):
    """One line of the table."""

    what: str
    answer: Answer
    is_right: bool


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "content").mkdir()
        (folder / "content/first.md").write_text(POST.format(title="first"))
        (folder / "feeds.toml").write_text(SETTINGS)
        with serving(folder) as port:
            lines = [*hooks(port), *looks(port), *keys(port)]
            (folder / "content/second.md").write_text(POST.format(title="second"))
            crowd, is_well = crowded(port)
    table = [f"{one.what:42}{one.answer.status}  {short(one.answer.body)}{not_so(one)}" for one in lines]
    sys.stdout.write("\n".join([f"{'request':42}got", *table, "", *crowd]) + "\n")
    return 0 if is_well and all(one.is_right for one in lines) else 1


def short(body: str) -> str:
    """Return what stands in a body, as far as it fits on a line."""
    body = body.strip()
    return body if len(body) <= 110 else f"{body[:109]}…"


def not_so(one: Line) -> str:
    return "" if one.is_right else "   ← NOT AS IT MUST BE"


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve a folder until it has published what is there; give the port."""
    command = [sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        try:
            addresses = (re.search(r"http://127[^:]*:(\d+)", line) for line in process.stdout)
            port = next(int(found[1]) for found in addresses if found)
            until = time.monotonic() + _PATIENCE
            while ask(port, "GET", "/readyz").status != 200 and time.monotonic() < until:
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def ask(port: int, method: str, address: str, body: bytes = b"", fields: Fields | None = None) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        return ask_on(connection, method, address, body, fields)
    finally:
        connection.close()


def ask_on(
    connection: HTTPConnection, method: str, address: str, body: bytes = b"", fields: Fields | None = None
) -> Answer:
    connection.request(method, address, body or None, dict(fields or {}))
    answer = connection.getresponse()
    return Answer(answer.status, answer.read().decode())


def bearer(token: str = TOKEN) -> Fields:
    return {"Authorization": f"Bearer {token}"}


# what each request gets


def hooks(port: int) -> Iterator[Line]:
    """Call the hook as GitHub does, and as GitHub never would."""

    def call(what: str, status: int, word: str, fields: Fields, body: bytes = PUSH) -> Line:
        answer = ask(port, "POST", "/-/hooks/github", body, fields)
        return Line(what, answer, (answer.status, word in answer.body) == (status, True))

    def signed(delivery: str, body: bytes = PUSH, *, secret: str = SECRET, event: str = "push") -> Fields:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        fields = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        return {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery, **fields}

    unsigned = {name: value for name, value in signed("4").items() if name != "X-Hub-Signature-256"}
    yield call("hook: a push, signed", 202, '"id"', signed("1"))
    yield call("hook: the same delivery again", 200, '"replayed"', signed("1"))
    yield call("hook: the same bytes, another delivery id", 200, '"replayed"', signed("2"))
    yield call("hook: signed with another secret", 403, "signature", signed("3", secret="x" * 48))
    yield call("hook: signed, the body changed on the way", 403, "signature", signed("3"), PUSH + b" ")
    yield call("hook: not signed", 403, "signature", unsigned)
    yield call("hook: a push to another branch, signed", 202, '"ignored"', signed("5", ELSEWHERE), ELSEWHERE)
    yield call("hook: a ping, signed", 200, '"pong"', signed("6", event="ping"))


def looks(port: int) -> Iterator[Line]:
    """Order a look with a token and without."""
    for what, fields, status in (
        ("regenerate, no token", {}, 401),
        ("regenerate, a wrong token", bearer("x" * 48), 401),
        ("regenerate, the right token", bearer(), 202),
    ):
        answer = ask(port, "POST", "/-/regenerate", fields=fields)
        yield Line(what, answer, answer.status == status)
    answer = ask(port, "POST", "/-/regenerate?wait=30", fields=bearer())
    yield Line("regenerate?wait=30", answer, answer.status == 200 and answer.object["is_done"])


def keys(port: int) -> Iterator[Line]:
    """Order twice with the same Idempotency-Key, and once more with it, but something else."""
    fields = {**bearer(), "Idempotency-Key": "night-run-1"}
    first, again = (ask(port, "POST", "/-/regenerate", fields=fields) for _ in range(2))
    other = ask(port, "POST", "/-/regenerate?path=content/first.md", fields=fields)
    yield Line("Idempotency-Key, first", first, first.status == 202)
    yield Line("Idempotency-Key, again", again, again == first)
    yield Line("Idempotency-Key, another request", other, other.status == 422)


# many at once


def crowded(port: int) -> tuple[list[str], bool]:
    """Trigger from many threads at once; return what is to be shown, and whether it is as it must be."""
    before = last_event(port)
    started = time.monotonic()
    with ThreadPoolExecutor(THREADS) as threads:
        got = [one for some in threads.map(trigger, [port] * THREADS) for one in some]
    took = time.monotonic() - started
    statuses = Counter(one.status for one in got)
    ids = {one.object["id"] for one in got if one.status == 202}
    runs = runs_with(port, ids, since=before)
    carried_out = Counter(id_ for orders in runs for id_ in orders)
    is_out = "<title>second</title>" in ask(port, "GET", "/feed.rss").body
    each_once = carried_out == dict.fromkeys(ids, 1)
    said = [
        f"{TRIGGERS:,} POST /-/regenerate from {THREADS} threads, a post having been written just before:",
        f"  statuses       {', '.join(f'{count:,} × {status}' for status, count in sorted(statuses.items()))}",
        f"  in             {took:.2f} s",
        f"  different ids  {len(ids)}",
        f"  runs           {len(runs)}, which carried out {'each id once' if each_once else f'{dict(carried_out)}'}",
        f"  the post       {'is out' if is_out else 'IS NOT OUT'}",
    ]
    is_well = statuses == {202: TRIGGERS} and each_once and len(ids) < TRIGGERS and is_out
    return said, is_well


def trigger(port: int) -> list[Answer]:
    """Do one thread's part, on one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        return [ask_on(connection, "POST", "/-/regenerate", fields=bearer()) for _ in range(TRIGGERS // THREADS)]
    finally:
        connection.close()


def last_event(port: int) -> int:
    """Return the number of the newest event, as the first frame of the stream names it."""
    return next(number for number, _ in events(port))


def runs_with(port: int, ids: set[str], *, since: int) -> list[list[str]]:
    """Listen until all of these orders have been carried out; return the orders of each run."""
    runs: list[list[str]] = []
    left = set(ids)
    for _, what in events(port, since) if left else ():
        if orders := [id_ for id_ in what.get("orders", ()) if id_ in ids]:
            runs.append(orders)
            left -= set(orders)
        if not left:
            break
    return runs


def events(port: int, since: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the numbers of the runs that are told, and what is said of each."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        after = {} if since is None else {"Last-Event-ID": str(since)}
        connection.request("GET", "/-/events?kind=run", headers={**bearer(), **after})
        number, what = 0, {}
        for line in connection.getresponse():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                number = int(value)
            elif name == "data":
                what = json.loads(value)
            elif not name and number:
                yield number, what
                what = {}
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
