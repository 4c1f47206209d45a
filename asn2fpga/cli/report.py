"""`asn2fpga report`: show a build's report again, made anew from its manifest."""

from __future__ import annotations

import json
from argparse import Namespace

from rich.console import Console

from asn2fpga.report.terminal import show_report
from asn2fpga.report.write import write_report
from asn2fpga.runner import vars_of
from asn2fpga.stages.manifest import read_manifest


def run(options: Namespace) -> int:
    """Print tables, or with --json the report as it stands in report.json."""
    report = write_report(options.directory, vars_of(read_manifest(options.directory)))
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        show_report(report, Console())
    return 0
