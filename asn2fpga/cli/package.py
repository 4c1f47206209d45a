"""`asn2fpga package`: make the package for the board again, from a build as it lies there now."""

from __future__ import annotations

import dataclasses
from argparse import Namespace

from rich.console import Console

from asn2fpga.report.write import write_report
from asn2fpga.runner import Runner, vars_of
from asn2fpga.stages.manifest import Manifest, check_passed, check_unchanged, read_manifest
from asn2fpga.stages.package import STAGE
from asn2fpga.stages.request import from_plain
from asn2fpga.stages.workspace import claim

NEEDED = ("load", "quantise", "golden")


def run(options: Namespace) -> int:
    """Remake DIR/deploy/NAME-BOARD.zip, with the bitstream of DIR/vivado if there is one."""
    remake(options)
    return 0


def remake(options: Namespace) -> Manifest:
    """Run stage package whatever was done before; the manifest with its result.

    InputError unless the network is quantised and its golden model has run.
    """
    from asn2fpga.api.progress import Terminal

    read_manifest(options.directory)
    terminal = Terminal(Console(stderr=True))
    try:
        with claim(options.directory) as folder:
            old = read_manifest(options.directory)
            check_passed(options.directory, old, NEEDED)
            check_unchanged(options.directory, old, NEEDED)
            kept = {name: entry for name, entry in old.stages.items() if name != STAGE.name}
            stage = dataclasses.replace(STAGE, needs=tuple(name for name in STAGE.needs if name in kept))
            runner = Runner(from_plain(old.request, 1), folder, Manifest(old.request, kept), terminal)
            runner.run(stage)
            write_report(options.directory, vars_of(runner.manifest))
    finally:
        terminal.stop()
    return runner.manifest
