"""`asn2fpga package`: make the package for the board again, from a build as it lies there now."""

from __future__ import annotations

from argparse import Namespace

from rich.console import Console

from asn2fpga.api.deploy import remake_package
from asn2fpga.api.progress import Terminal
from asn2fpga.cli.output import print_json


def run(options: Namespace) -> int:
    """Remake DIR/deploy/NAME-BOARD.zip, with the bitstream of DIR/vivado if there is one."""
    terminal = Terminal(Console(stderr=True))
    try:
        manifest = remake_package(options.directory, terminal)
    finally:
        terminal.stop()
    if options.json:
        print_json(manifest.stages["package"].figures)
    return 0
