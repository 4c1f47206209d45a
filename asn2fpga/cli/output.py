"""What commands print: JSON for programs, the verdict of a build for people."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from asn2fpga.report.complete import incomplete_text
from asn2fpga.report.content import Report
from asn2fpga.report.verdict import verdict_text


def print_json(value: Any) -> None:
    """Indented JSON on standard output, and nothing else; NaN is refused."""
    print(json.dumps(value, indent=2, allow_nan=False))


def show_verdict(report: Report, console: Console) -> None:
    """One line: green if all is known and good, red if it does not fit or is not exact, else yellow."""
    found, text = report["verdict"], verdict_text(report)
    incomplete = bool(incomplete_text(report))
    bad = found["fits"] is False or found["exact"] is False
    colour = "red" if bad else "yellow" if incomplete or not (found["fits"] and found["exact"]) else "green"
    state = " (incomplete)" if incomplete else ""
    name = f"{report['model']['name']} on {report['board']['name']}{state}"
    line = f"[bold {colour}]{escape(name)}: {escape(text or 'nothing to judge yet')}[/]"
    console.print(line, soft_wrap=True, highlight=False)
