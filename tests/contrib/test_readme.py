"""contrib/README.md, done as it is shown: nginx, Caddy and systemd, in folders that stand for those of the machine."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE = 30  # seconds, on a busy machine
TEXT = (ROOT / "contrib/README.md").read_text(encoding="utf-8")
MARK = "<!-- tested: tests/contrib/test_readme.py -->"
MAIN = """
user root;  # whoever runs this alone can look into the test's folder; others get a warning
pid {folder}/pid; error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/etc/nginx/conf.d/*.conf;
}}
"""


def block(title):
    """Return the commands below a heading that name this test."""
    part = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    (found,) = re.findall(rf"{MARK}\n```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def needs():
    def find(name, package):
        found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        if found is None:
            pytest.skip(f"needs {name} (Debian: {package})")
        return found

    return find


@pytest.fixture
def behind():
    """What stands in for `feeds serve`: a server that says so. Its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "8")
            self.end_headers()
            self.wfile.write(b"the feed")

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def program(folder, name, text):
    """Put a program before that of the machine."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / "bin" / name).chmod(0o755)


def environment(folder, **more):
    return {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), **more}


def shell(command, folder, **more):
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=ROOT,
        env=environment(folder, **more),
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@contextmanager
def running(command, folder, **more):
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment(folder, **more),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, 15)


def body_at(address, wanted):
    """Ask again and again, as a server that has just been told something needs its time; return what it says."""
    deadline = time.monotonic() + PATIENCE
    while (
        told := subprocess.run(["curl", "-fsm", "5", address], check=False, capture_output=True, text=True)
    ).stdout != wanted:
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return told.stdout


def test_nginx_takes_the_configuration_and_passes_on_what_it_is_asked(tmp_path, needs, behind):
    real, port = needs("nginx", "nginx-light"), free_port()
    called = f'"{real}" -p "{tmp_path}" -c "{tmp_path}/nginx.conf"'
    program(tmp_path, "nginx", f'exec {called} "$@"')
    program(tmp_path, "systemctl", f'[ "$*" = "reload nginx" ] && exec {called} -s reload')
    (tmp_path / "etc/nginx/conf.d").mkdir(parents=True)
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path))
    first = tmp_path / "etc/nginx/conf.d/first.conf"
    first.write_text(f"server {{ listen 127.0.0.1:{port}; return 200 first; }}")
    copy, reload = block("nginx").replace("/etc/nginx", f"{tmp_path}/etc/nginx").splitlines()
    with running(f"exec {called} -g 'daemon off;'", tmp_path):
        assert body_at(f"http://127.0.0.1:{port}/feed.rss", "first")
        first.unlink()
        shell(copy, tmp_path)
        (placed,) = (tmp_path / "etc/nginx/conf.d").iterdir()
        text = placed.read_text()
        for shown, here in {
            "127.0.0.1:8000": f"127.0.0.1:{behind}",
            "listen 80;": f"listen 127.0.0.1:{port};",
            "server_name feeds.example.org": "server_name 127.0.0.1",
            "/var/cache/nginx/feedwright": f"{tmp_path}/cache",
        }.items():
            assert text.count(shown) == 1
            text = text.replace(shown, here)
        placed.write_text(text)
        shell(reload, tmp_path)
        assert body_at(f"http://127.0.0.1:{port}/feed.rss", "the feed")


def test_caddy_runs_with_the_configuration_and_passes_on_what_it_is_asked(tmp_path, needs, behind):
    needs("caddy", "caddy")
    port = free_port()
    command = block("Caddy").strip()
    assert command.startswith("SITE=feeds.example.org ")
    command = command.replace("SITE=feeds.example.org", f"SITE=http://127.0.0.1:{port}")
    folders = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    where = {"FEEDWRIGHT": f"127.0.0.1:{behind}", "CADDY_ADMIN": f"127.0.0.1:{free_port()}", **folders}
    with running(command, tmp_path, **where):
        assert body_at(f"http://127.0.0.1:{port}/feed.rss", "the feed")


def test_systemd_takes_the_units_and_starts_them_with_the_machine(tmp_path, needs):
    """Below another root: nothing runs there, so `--now` and `daemon-reload` have nothing to do."""
    real = needs("systemctl", "systemd")
    program(
        tmp_path,
        "systemctl",
        f'case "$1" in\n  daemon-reload) exit ;;\n  enable) shift 2; exec "{real}" --root="{tmp_path}" enable "$@" ;;\nesac\nexit 1',
    )
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    shell(block("systemd").replace("/etc/systemd", f"{tmp_path}/etc/systemd"), tmp_path)
    wanted = {path.relative_to(units).as_posix() for path in units.rglob("*") if path.is_symlink()}
    assert wanted == {"multi-user.target.wants/feedwright.service", "sockets.target.wants/feedwright.socket"}
