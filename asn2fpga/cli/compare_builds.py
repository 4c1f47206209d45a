"""`asn2fpga compare-builds`: what differs between two builds."""

from __future__ import annotations

from argparse import Namespace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from asn2fpga.api.compare_builds import compare_builds
from asn2fpga.cli.output import print_json


def run(options: Namespace) -> int:
    """A table of what is not the same; 0 also if nothing differs."""
    found = compare_builds(options.first, options.second)
    if options.json:
        print_json(found.to_plain())
        return 0
    if not found.differences:
        print(found)
        return 0
    table = Table("", escape(found.first), escape(found.second), "change", box=None)
    for one in found.differences:
        table.add_row(*map(escape, one.row))
    Console().print(table)
    return 0
