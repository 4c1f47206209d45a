"""`asn2fpga report`: show a build's report again, made anew from its manifest."""

from __future__ import annotations

from argparse import Namespace

from rich.console import Console

from asn2fpga.api.remake import remade
from asn2fpga.cli.output import print_json, show_verdict
from asn2fpga.report.terminal import show_report


def run(options: Namespace) -> int:
    """Print tables, or with --json the report as it stands in report.json."""
    report = remade(options.directory)
    if options.json:
        print_json(report)
        return 0
    show_report(report, Console())
    show_verdict(report, Console())
    return 0
