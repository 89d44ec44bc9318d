"""Show what feed readers hold after polling a site: runs tests/readers, and prints what each test found as a table.

python scripts/show_readers.py
"""  # noqa: INP001 (a script, not a package)

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

TESTS = Path(__file__).parents[1] / "tests" / "readers"
Cells = dict[str, dict[str, str]]  # scenario, reader, what it held


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = (sys.executable, "-m", "pytest", "-q", "-n", "2", f"--junitxml={report}", str(TESTS))
        ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 (our own)
        sys.stdout.write(table(cells(report)) if report.exists() else "")
    sys.stdout.write("\n" + ended.stdout.strip().rpartition("\n")[2] + "\n")
    return ended.returncode


def cells(report: Path) -> Cells:
    """Read the properties that tests/readers records; a test that failed has none."""
    found: Cells = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 (our own)
        told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        if "cell" in told:
            found.setdefault(told["scenario"], {})[told["reader"]] = told["cell"]
    return found


def table(found: Cells) -> str:
    readers = sorted({reader for row in found.values() for reader in row})
    rows = [["", *readers], *([scenario, *(row.get(one, "-") for one in readers)] for scenario, row in found.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
