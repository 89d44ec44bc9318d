"""The report as build servers read it: SARIF 2.1.0 (OASIS), and GitHub's workflow commands."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from feeds import __version__
from feeds.check.report import Report
from feeds.check.wording import printable
from feeds.diagnostics import CATALOGUE, Diagnostic, Level
from feeds.fingerprint import digest_texts

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "SRCROOT"  # what the addresses of files are relative to
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def as_sarif(report: Report, *, base: str, prefix: str = "") -> str:
    """Write a SARIF log of what there is to mend.

    base: `file:` address of the folder that files are named from, as a build server wants it the repository's; prefix:
    the way from there to the site folder, "" or ending in `/`.
    """
    codes = sorted({diagnostic.code for diagnostic in report.diagnostics})
    driver = {"name": "Feedwright", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {_BASE: {"uri": base.rstrip("/") + "/"}},
        "results": [_result(diagnostic, codes, prefix) for diagnostic in report.diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, object]:
    kind = CATALOGUE[code]
    return {
        "id": code,
        "shortDescription": {"text": kind.summary.replace("{detail}", "…")},
        "help": {"text": kind.remedy},
        "defaultConfiguration": {"level": str(kind.level)},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str], prefix: str) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": _address(prefix + diagnostic.path), "uriBaseId": _BASE}}
    if diagnostic.line:
        place["region"] = {"startLine": diagnostic.line}
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": str(diagnostic.level),
        "message": {"text": printable(f"{diagnostic.message} {diagnostic.remedy}")},
        "locations": [{"physicalLocation": place}],
        # The same problem keeps its alert though its line moves.
        "partialFingerprints": {"feedwright/v1": digest_texts(diagnostic.path, diagnostic.code, diagnostic.detail)},
    }


def _address(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"))


def as_github(report: Report, *, prefix: str = "") -> str:
    """Write a workflow command for each problem, which GitHub shows beside its line. prefix: as for SARIF."""
    return "".join(f"{_command(diagnostic, prefix)}\n" for diagnostic in report.diagnostics)


def _command(diagnostic: Diagnostic, prefix: str) -> str:
    properties = {"file": printable(prefix + diagnostic.path), "line": diagnostic.line, "title": diagnostic.code}
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    return f"::{_COMMANDS[diagnostic.level]} {said}::{_text(printable(f'{diagnostic.message} {diagnostic.remedy}'))}"


def _text(text: str) -> str:
    """Escape as the runner reads it (actions/toolkit, command.ts): the percent sign first."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
