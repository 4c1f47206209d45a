"""Break the engine and the choice of hardware, one rule at a time; the tests must notice: `make mutate`.

The test that noticed a broken rule last time goes first; all others follow if it does not notice any more.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import process
from fuzz.broken_choices import CHOICES
from fuzz.broken_rules import RULES
from fuzz.mutation import Mutation

MUTATIONS = (*RULES, *CHOICES)
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "asn2fpga"
COPIED = ("asn2fpga", "hw", "templates", "boards", "tests", "pyproject.toml")
TABLE = ROOT / "docs" / "spec" / "mutations.md"
TIMEOUT_SECONDS = 1800.0


def main() -> int:
    """Try every mutation (or those whose rule contains --only); 1 if one is not noticed."""
    parser = argparse.ArgumentParser(prog="fuzz.mutations", description=main.__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--table", type=Path, help="file to write the table into, as Markdown")
    options = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if options.only in mutation.rule]
    findings: dict[Mutation, str] = {}
    before = noticed_before(TABLE.read_text())
    for mutation in chosen:
        with tempfile.TemporaryDirectory() as folder:
            finding = try_mutation(mutation, Path(folder), before.get(mutation.rule, ""))
        findings[mutation] = finding
        print(f"{'noticed' if finding else 'MISSED '}  {mutation.rule}  {finding}", flush=True)
    missed = sum(not finding for finding in findings.values())
    print(f"{len(chosen) - missed} of {len(chosen)} mutations noticed")
    if options.table:
        options.table.write_text(table(findings))
    return int(missed > 0)


def table(findings: Mapping[Mutation, str]) -> str:
    """Which test noticed each broken rule first."""
    lines = [
        "# Mutations of the embedded engine and of the choice of hardware",
        "",
        "Written by `make mutate`: each rule was broken on purpose, and this is the first test that failed.",
        "",
        "| rule | file | noticed by |",
        "|---|---|---|",
    ]
    for mutation, finding in findings.items():
        test = finding.removeprefix("FAILED ").partition("[")[0].replace("tests/unit/", "")
        lines.append(f"| {mutation.rule} | `{mutation.file}` | {f'`{test}`' if finding else 'nothing'} |")
    return "\n".join([*lines, ""])


def noticed_before(text: str) -> dict[str, str]:
    """The test that noticed each rule when the table was written; rules that no test noticed are left out."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return {
        row[0]: test if test.startswith("tests/") else f"tests/unit/{test}"
        for row in rows
        if len(row) == 3 and "::" in (test := row[2].strip("`"))
    }


def try_mutation(mutation: Mutation, folder: Path, before: str) -> str:
    """The test that fails in a copy of the project with the mutation; empty if none does. before: the test
    that noticed it last time, if one did.
    """
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
    broken = folder / PACKAGE / mutation.file
    broken.write_text(mutated(mutation, broken.read_text()))
    finding = _first_failure(folder, [before]) if (ROOT / before.partition("::")[0]).is_file() else ""
    return finding or _first_failure(folder, mutation.tests)


def _first_failure(folder: Path, tests: Sequence[str]) -> str:
    pytest = ["pytest", "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", *pytest, *tests]
    log = folder / "pytest.log"
    environment = {"PYTHONPATH": str(folder)}
    try:
        process.run(command, cwd=folder, log=log, timeout_seconds=TIMEOUT_SECONDS, environment=environment)
    except ToolError:
        return first_failure(log.read_text())
    return ""


def first_failure(log: str) -> str:
    """The test that failed first, from what pytest printed; empty if it did not find the tests."""
    lines = log.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR tests/"))]
    if any(line.startswith("ERROR: ") for line in lines):
        return ""
    return failed[0].split(" - ")[0] if failed else "the tests do not end"


def mutated(mutation: Mutation, text: str) -> str:
    """The file with the rule broken; the place must be there once."""
    if text.count(mutation.old) != 1:
        raise ToolError(
            f"{mutation.file}: '{mutation.old}' must be there once, not {text.count(mutation.old)} times."
        )
    return text.replace(mutation.old, mutation.new)


if __name__ == "__main__":
    raise SystemExit(main())
