"""`asn2fpga boards`: the boards that come with asn2fpga, or the data of one."""

from __future__ import annotations

import dataclasses
from argparse import Namespace

from rich.console import Console
from rich.table import Table

from asn2fpga.board.spec import BoardSpec, find_board, known_boards


def run(options: Namespace) -> int:
    """Print a table of all boards, or every field of one."""
    console = Console()
    if options.name:
        console.print(_one(find_board(options.name)))
        return 0
    table = Table("board", "title", "part", "clock", "LUT", "FF", "BRAM36", "DSP", "URAM", box=None)
    for name in known_boards():
        board = find_board(name)
        counts = (f"{count:,}" for count in dataclasses.astuple(board.resources))
        table.add_row(name, board.title, board.part, f"{board.clock_mhz:g} MHz", *counts)
    console.print(table)
    return 0


def _one(board: BoardSpec) -> Table:
    table = Table("field", "value", box=None, show_header=False)
    for field, value in dataclasses.asdict(board).items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        for key, item in rows:
            table.add_row(f"{field}.{key}" if key else field, _text(item))
    return table


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
