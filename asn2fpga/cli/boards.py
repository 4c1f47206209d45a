"""`asn2fpga boards`: the boards that come with asn2fpga, or the data of one."""

from __future__ import annotations

import dataclasses
from argparse import Namespace

from rich.console import Console
from rich.table import Table

from asn2fpga.board.spec import BoardSpec, Rail, Scope, find_board, known_boards, to_plain
from asn2fpga.cli.output import print_json

SCOPE_TEXTS: dict[Scope, str] = {
    "board": "the whole board",
    "module": "the whole module",
    "pl": "programmable logic alone",
    "ps": "processing system alone",
    "pl+ps": "programmable logic and processing system together",
    "other": "neither of both cores (I/O, memory, transceivers, auxiliary)",
}


def run(options: Namespace) -> int:
    """Print a table of all boards, or every field of one."""
    if options.json:
        names = [options.name] if options.name else known_boards()
        boards = [to_plain(find_board(name)) for name in names]
        print_json(boards[0] if options.name else boards)
        return 0
    if options.name:
        for label, value in describe(find_board(options.name)):
            print(f"{label:22} {value}")
        return 0
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("board", "part", "clock", "LUT", "FF", "BRAM", "DSP", "URAM"):
        table.add_column(column, no_wrap=True)
    for name in known_boards():
        board = find_board(name)
        counts = (f"{count:,}" for count in dataclasses.astuple(board.resources))
        table.add_row(name, board.part, f"{board.clock_mhz:g} MHz", *counts)
    Console().print(table)
    return 0


def describe(board: BoardSpec) -> list[tuple[str, str]]:
    """Label and value of every field of a board."""
    rows = []
    for field, value in to_plain(board).items():
        items = value.items() if isinstance(value, dict) else [("", value)]
        rows += [(f"{field}.{key}" if key else field, _text(item)) for key, item in items if key != "rails"]
    rows.append(("power.rails", "" if board.power.rails else "none that the board can read itself"))
    return rows + [(f"  {rail.label}", _rail(rail)) for rail in board.power.rails]


def _rail(rail: Rail) -> str:
    step = "step not established" if rail.resolution_mw is None else f"step {rail.resolution_mw:g} mW"
    hwmon = f", hwmon {rail.hwmon}" if rail.hwmon else ""
    return f"{SCOPE_TEXTS[rail.scope]}; {rail.sensor}{hwmon}; {step}"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
