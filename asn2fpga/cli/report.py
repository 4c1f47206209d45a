"""`asn2fpga report`: show a build's report again, made anew from its manifest."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from rich.console import Console

from asn2fpga.errors import InputError
from asn2fpga.report.content import Report
from asn2fpga.report.terminal import show_report
from asn2fpga.report.write import write_report
from asn2fpga.runner import vars_of
from asn2fpga.stages.manifest import read_manifest


def run(options: Namespace) -> int:
    """Print tables, or with --json the report as it stands in report.json."""
    report = remade(options.directory)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        show_report(report, Console())
    return 0


def remade(root: Path) -> Report:
    """The report of a build, written anew. InputError if its figures are those of another asn2fpga."""
    manifest = vars_of(read_manifest(root))
    try:
        return write_report(root, manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{root}: the build must be of this version of asn2fpga, not of another one; build again."
        ) from error
