"""The units and the container files agree with systemd, and with the program that they start."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from feeds.cli import main
from feeds.settings import load_settings

CONTRIB = Path(__file__).parents[2] / "contrib"
COMMAND = "/opt/feedwright/bin/feeds"


@pytest.fixture
def analyze(tmp_path):
    """Ask systemd about the units; the command that they start stands where systemd finds one."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("needs systemd-analyze (Debian: systemd)")
    for unit in ("feedwright.service", "feedwright.socket"):
        text = (CONTRIB / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(text.replace(COMMAND, sys.executable), encoding="utf-8")

    def analyze_(*words):
        return subprocess.run([program, *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    analyze_.folder = tmp_path
    return analyze_


def test_systemd_finds_no_fault_in_the_units(analyze):
    tried = analyze("verify", "--man=no", "./feedwright.service", "./feedwright.socket")
    about_ours = [line for line in tried.stderr.splitlines() if "feedwright" in line]
    assert (tried.returncode, about_ours) == (0, [])


def test_systemd_tells_a_unit_with_a_fault(analyze):
    unit = analyze.folder / "feedwright.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("Type=exec", "Type=exact"), encoding="utf-8")
    assert "service type" in analyze("verify", "--man=no", "./feedwright.service").stderr


def test_systemd_calls_the_service_safe(analyze):
    tried = analyze("security", "--offline=true", "--no-pager", "--threshold=10", "./feedwright.service")
    assert tried.returncode == 0, tried.stdout
    assert re.search(r"exposure level for feedwright\.service: 0\.\d SAFE", tried.stdout)


def words_of(command):
    """What follows the name of the program."""
    return command.split()[1:]


def started():
    """Each command that contrib/ starts: words behind `feeds`."""
    service = (CONTRIB / "feedwright.service").read_text(encoding="utf-8")
    docker = (CONTRIB / "Dockerfile").read_text(encoding="utf-8")
    yield words_of(re.search(r"^ExecStart=(.*)$", service, flags=re.MULTILINE)[1])
    yield yaml.safe_load(re.search(r"^CMD (\[.*\])$", docker, flags=re.MULTILINE)[1])


@pytest.mark.parametrize("words", list(started()))
def test_the_command_is_one_of_ours(words):
    command, folder, *options = words
    assert folder.startswith("/")
    with main.make_context("feeds", list(words)) as parent:
        main.commands[command].make_context(command, [folder, *options], parent=parent).close()


@pytest.mark.parametrize("file", ["feedwright.service", "Dockerfile", "compose.yaml"])
def test_every_variable_is_a_setting(file, tmp_path):
    text = (CONTRIB / file).read_text(encoding="utf-8")
    given = dict(re.findall(r'(FEEDS_\w+)(?:=|: ")([^\s"]+)', text))
    assert given
    values = {name: value.replace("${SITE:-localhost}", "localhost") for name, value in given.items()}
    load_settings(tmp_path, environ=values)


def test_the_compose_file_starts_what_is_there():
    services = yaml.safe_load((CONTRIB / "compose.yaml").read_text(encoding="utf-8"))["services"]
    build = services["feedwright"]["build"]
    assert (CONTRIB / build["context"] / build["dockerfile"]).is_file()
    assert set(services["caddy"]["environment"]) == set(
        re.findall(r"\{\$(\w+):", (CONTRIB / "Caddyfile").read_text(encoding="utf-8"))
    )
    for volume in services["caddy"]["volumes"]:
        source = volume.split(":")[0]
        assert not source.startswith("./") or (CONTRIB / source).is_file()


def test_the_image_is_built_from_files_that_are_not_left_out():
    kept = {
        line[1:]
        for line in (CONTRIB / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
        if line.startswith("!")
    }
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", (CONTRIB / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert names == kept
    assert all((CONTRIB.parent / name).exists() for name in names)
