"""The recipes for static hosts, run against folders of this machine as far as that goes.

`pip install feedwright` alone is not run here: .ci/run installs the package as a new user does.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from feeds.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "contrib" / "deploy"


@pytest.fixture
def site(tmp_path):
    """A copy of the sample site, and a PATH on which `feeds` is this one and `pip` only says what it was asked."""
    shutil.copytree(ROOT / "content", tmp_path / "site/content")
    shutil.copy(ROOT / "feeds.toml", tmp_path / "site")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in {
        "feeds": f'exec "{sys.executable}" -m feeds "$@"',
        "pip": f'echo "$@" >> "{tmp_path}/pip"',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    return tmp_path / "site"


def shell(command, site, **environment):
    path = f"{site.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, **environment, "PATH": path}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], check=False, cwd=site, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_steps_of_the_github_workflow_make_the_files_that_it_uploads(site):
    job = yaml.safe_load((DEPLOY / "github-pages.yml").read_text())["jobs"]["feeds"]
    for step in job["steps"]:
        if "run" in step:
            shell(step["run"], site, **job["env"])
    (upload,) = (step for step in job["steps"] if "upload-pages-artifact" in step.get("uses", ""))
    output = site / upload["with"]["path"]
    assert {"feed.atom", "index.html", ".nojekyll", "manifest.json"} <= {path.name for path in output.iterdir()}
    (kept,) = (step for step in job["steps"] if "actions/cache" in step.get("uses", ""))
    assert (site / kept["with"]["path"] / "index.sqlite3").exists()
    assert (site.parent / "pip").read_text() == "install feedwright\n"


def test_the_script_of_gitlab_makes_its_artifacts(site):
    job = yaml.safe_load((DEPLOY / "gitlab-ci.yml").read_text())["pages"]
    for command in job["script"]:
        shell(command, site)
    assert all((site / path / "feed.rss").exists() for path in job["artifacts"]["paths"])
    assert all((site / path / "index.sqlite3").exists() for path in job["cache"]["paths"])


def test_rsync_sends_what_changed_and_deletes_what_is_gone(site, tmp_path):
    target = tmp_path / "server"
    command = f"{DEPLOY}/rsync.sh . {target}/ --itemize-changes"
    shell(command, site)
    before = (target / "feed.rss").stat()
    assert (target / "category/xinwen.rss").exists()
    assert not [path for path in target.iterdir() if path.name.startswith(".feeds")]
    (target / "old.rss").write_text("gone from the site")
    said = [line for line in shell(command, site).stdout.splitlines() if line.startswith((">f", "*del"))]
    assert said == ["*deleting   old.rss"]
    assert (target / "feed.rss").stat() == before


def test_the_image_is_built_by_words_that_the_program_knows():
    text = (DEPLOY / "Dockerfile").read_text()
    (command,) = re.findall(r"feeds (build .*)", text)
    context = main.commands["build"].make_context("build", command.split()[1:])
    assert str(context.params["output"]) == "/srv/public"
    assert "include /srv/public/nginx.conf" in text
