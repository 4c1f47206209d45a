"""Build the documentation site; every warning, a broken link among them, is an error.

python -m tools.docs --out build/docs
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tools.docs.notebooks import execute_all
from tools.docs.source import ROOT, make_source

FIRST = "docs/index.html"
REDIRECT = f"""<!DOCTYPE html>
<meta charset="utf-8">
<title>asn2fpga</title>
<meta http-equiv="refresh" content="0; url={FIRST}">
<a href="{FIRST}">asn2fpga</a>
"""


def main(arguments: list[str] | None = None) -> int:
    """Execute what has changed, then run Sphinx; its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "docs", help="folder of the site")
    parser.add_argument("--without-outputs", action="store_true", help="do not execute the notebooks")
    options = parser.parse_args(arguments)
    work: Path = options.out.resolve().with_name(options.out.name + "-work")
    executed = {} if options.without_outputs else execute_all(work / "executed", work / "runs")
    make_source(work / "source", executed)
    status = run_sphinx(work / "source", options.out, work / "doctrees")
    if status == 0:
        (options.out / "index.html").write_text(REDIRECT)
        print(f"Site: {options.out / 'index.html'}")
    return status


def run_sphinx(source: Path, out: Path, doctrees: Path) -> int:
    """0 if every page could be made, anew, without a warning."""
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-E"]
    command += ["-c", str(Path(__file__).parent), "-d", str(doctrees), str(source), str(out)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
