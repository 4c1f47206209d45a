"""`asn2fpga run`: the package on a board over ssh, or on a simulated one; the report shows it."""

from __future__ import annotations

import dataclasses
from argparse import Namespace

from rich.console import Console

from asn2fpga.api.deploy import Target, check_scores, deploy
from asn2fpga.cli.output import print_json


def run(options: Namespace) -> int:
    """Run the self test there, print what it printed, write the reports. A wrong score is an error."""
    target = Target(**{field.name: getattr(options, field.name) for field in dataclasses.fields(Target)})
    target.check()
    with Console(stderr=True).status("running", spinner="line") as status:
        found = deploy(options.directory, target, options.data, status.update)
    if options.json:
        print_json(found.figures)
    else:
        print(found.text, end="")
        print(f"Report: {options.directory / 'report.html'}")
    check_scores(target, found.figures)
    return 0
