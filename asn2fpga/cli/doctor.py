"""`asn2fpga doctor`: what is installed, what works, what is missing and how to get it."""

from __future__ import annotations

import dataclasses
import tempfile
from argparse import Namespace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from asn2fpga.cli.output import print_json
from asn2fpga.doctor.check import Finding
from asn2fpga.doctor.optional import check_optional
from asn2fpga.doctor.packages import check_extras, check_packages

COLOURS = {"works": "green", "missing": "red", "broken": "red", "not tested": "yellow"}


def run(options: Namespace) -> int:
    """Print what was found; 1 if something that every build needs is missing or does not work."""
    findings = check_packages()
    if all(finding.is_fine for finding in findings):
        findings += _tools()
    findings += [*check_extras(), *check_optional()]
    if options.json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        show(findings, Console())
    return 0 if all(finding.is_fine for finding in findings) else 1


def _tools() -> list[Finding]:
    from asn2fpga.doctor.tools import check_tools

    console = Console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="asn2fpga-doctor-") as folder,
        console.status("testing the tools", spinner="line") as status,
    ):
        return check_tools(Path(folder), lambda name: status.update(f"testing {name}"))


def show(findings: list[Finding], console: Console) -> None:
    """A table of everything, then the errors and remedies of what does not work."""
    table = Table("what", "needed for", "status", "detail", box=None)
    for finding in findings:
        colour = COLOURS[finding.status] if finding.required else "dim"
        detail = finding.detail if finding.status != "broken" else "see below"
        table.add_row(finding.name, finding.needed_for, f"[{colour}]{finding.status}[/]", escape(detail))
    console.print(table)
    for finding in findings:
        if finding.status == "works":
            continue
        text = f": {finding.detail}" if finding.status == "broken" else ""
        need = "required" if finding.required else "optional"
        line = f"{finding.name} ({need}) {finding.status}{text}\n    to get it: {finding.remedy}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
