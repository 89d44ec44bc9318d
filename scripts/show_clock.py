"""Show a scheduled post and an embargoed one appearing at their second, and an expired one leaving, over HTTP.

python scripts/show_clock.py
"""  # noqa: INP001 (a script, not a package)

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

SETTINGS = '[site]\ntitle = "The clock"\n[content]\nroots = ["content"]\n'
POST = "---\ntitle: {title}\ndate: {date:%Y-%m-%d %H:%M:%S} +0000\n{more}categories: news\n---\nText.\n"
LEAD = 3  # seconds from the server's first answer to the first moment, and between two of them
_EACH = 0.01  # seconds between two polls


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "content").mkdir()
        (folder / "feeds.toml").write_text(SETTINGS)
        with serving(folder) as port:
            moments = write_posts(folder, datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=LEAD))
            seen = watch(port, until=max(moments.values()) + timedelta(seconds=2))
    lines = [f"{'ETag of /category/news.atom':34}{'seen at':14}entries"]
    for moment, etag, titles in seen:
        lines.append(f"{f'{etag:34}{moment:%H:%M:%S.%f}'[:46]}  {', '.join(titles) or 'none'}")
    late = {}
    for what, due in moments.items():
        title, is_there = what.split()[0], not what.endswith("leaves")
        first = next((at for at, _, titles in seen if (title in titles) == is_there and at >= due), None)
        late[what] = (first - due).total_seconds() if first else None
        lines.append(f"{what:22} due {due:%H:%M:%S}  seen {f'{late[what]:.3f} s later' if first else 'never'}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if all(one is not None and 0 <= one < 1 for one in late.values()) else 1


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve a folder; give the port."""
    command = [sys.executable, "-m", "feeds", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        try:
            yield next(int(found[1]) for line in process.stdout if (found := re.search(r"http://127[^:]*:(\d+)", line)))
        finally:
            process.terminate()


def write_posts(folder: Path, first: datetime) -> dict[str, datetime]:
    """Write four posts; return what is due when."""
    second, third = first + timedelta(seconds=LEAD), first + timedelta(seconds=2 * LEAD)
    long_ago = first - timedelta(days=1)
    posts = {
        "steady": (long_ago, ""),
        "scheduled": (first, ""),
        "embargoed": (long_ago, f"embargo: {second:%Y-%m-%d %H:%M:%S} +0000\n"),
        "expiring": (long_ago, f"expiry: {third:%Y-%m-%d %H:%M:%S} +0000\n"),
    }
    for title, (date, more) in posts.items():
        (folder / f"content/{title}.md").write_text(POST.format(title=title, date=date, more=more))
    return {"scheduled appears": first, "embargoed appears": second, "expiring leaves": third}


def watch(port: int, *, until: datetime) -> list[tuple[datetime, str, list[str]]]:
    """Poll the feed as a reader would; return each ETag with when it was first seen, and what stood in the feed."""
    seen: list[tuple[datetime, str, list[str]]] = []
    connection = HTTPConnection("127.0.0.1", port)
    etag = ""
    while (now := datetime.now(UTC)) < until:
        connection.request("GET", "/category/news.atom", headers={"If-None-Match": etag} if etag else {})
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status == 200:
            etag = answer.getheader("ETag", "")
            entries = body.split("<entry>")[1:]
            titles = [found[1] for entry in entries if (found := re.search(r"<title[^>]*>([^<]*)<", entry))]
            seen.append((now, etag, titles))
        time.sleep(_EACH)
    connection.close()
    return seen


if __name__ == "__main__":
    sys.exit(main())
