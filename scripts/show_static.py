"""Ask REDbot about a tree of files on hosts that are not ours, and show what it says.

python scripts/show_static.py [FOLDER]

Builds the site in FOLDER (default: this one's sample) for nginx and for a plain host. nginx serves the first with the
`nginx.conf` that lies in it; the second is served as GitHub Pages would: types by suffix, an ETag of its own, and ten
minutes for everything. Ends with 1 where REDbot warns of something that EXPLAINED does not explain.
"""  # noqa: INP001 (a script, not a package)

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from show_redbot import PATIENCE, ROOT, Report, ask, text_of

ADDRESSES = (
    "/feed.atom",
    "/feed.rss",
    "/feed.json",
    "/tag/%E6%BD%AE%E5%A3%B0%E6%97%A5%E6%8A%A5%E6%96%B0%E9%97%BB.atom",
    "/feed.xml",  # an old address
    "/opml.xml",
    "/feeds.json",
    "/",
    "/category/nobody.rss",
)
EXPLAINED: Mapping[str, Mapping[str, str]] = {"nginx": {}, "plain": {}}  # host → id of a WARN → why it stands
SETTINGS = """
[aliases]
styles = ["jekyll"]

[build]
host = "{host}"
codings = ["gzip"]
"""
NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; charset utf-8;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {tree}; include {tree}/nginx.conf; }}
}}
"""
PLAIN = """
import mimetypes, sys
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

class Pages(StaticFiles):
    def file_response(self, *words, **named):  # as GitHub Pages has it: ten minutes for everything, for everyone
        answer = super().file_response(*words, **named)
        answer.headers["cache-control"] = "max-age=600"
        answer.headers["access-control-allow-origin"] = "*"
        return answer

for name in ("atom+xml", "rss+xml"):
    mimetypes.add_type(f"application/{name}", f".{name.partition('+')[0]}")
pages = Starlette(routes=[Mount("/", Pages(directory=sys.argv[1], html=True))])
uvicorn.run(pages, port=int(sys.argv[2]), log_level="error")
"""


def build(folder: Path, host: str, copy: Path) -> Path:
    """Build a copy of a site for a host; return the tree."""
    copy.mkdir()
    shutil.copytree(folder / "content", copy / "content")
    settings = (folder / "feeds.toml").read_text(encoding="utf-8")
    (copy / "feeds.toml").write_text(settings + SETTINGS.format(host=host), encoding="utf-8")
    command = [sys.executable, "-m", "feeds", "build", str(copy), "--output", str(copy / "public")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own words)
    return copy / "public"


@contextmanager
def served(host: str, tree: Path, scratch: Path) -> Iterator[str]:
    """Serve a tree as a host does; yield its address."""
    port = free_port()
    with subprocess.Popen(_command(host, tree, scratch, port), stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _command(host: str, tree: Path, scratch: Path, port: int) -> list[str]:
    if host == "plain":
        return [sys.executable, "-c", PLAIN, str(tree), str(port)]
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    config = scratch / "nginx.conf"
    config.write_text(NGINX.format(folder=scratch, port=port, tree=tree), encoding="utf-8")
    return [program, "-p", str(scratch), "-c", str(config)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("the host did not come up")


def troubles(host: str, report: Report) -> list[str]:
    explained = EXPLAINED[host]
    return [note.id for note in report.notes if note.level in {"BAD", "WARN"} and note.id not in explained]


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    total = 0
    with tempfile.TemporaryDirectory() as name:
        for host in EXPLAINED:
            scratch = Path(name) / host
            tree = build(folder, host, scratch)
            with served(host, tree, scratch) as address:
                for path in ADDRESSES:
                    report = ask(address + path)
                    found = troubles(host, report)
                    total += len(found)
                    sys.stdout.write(f"{host} {text_of(path, report)}")
    sys.stdout.write(f"{len(EXPLAINED)} hosts, {len(ADDRESSES)} addresses each, {total} troubles\n")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
