"""`asn2fpga estimate`: accuracy, cycles, resources and energy of a model, in seconds, without RTL."""

from __future__ import annotations

from argparse import Namespace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from asn2fpga.api.estimate import estimate
from asn2fpga.api.estimated import ERRORS, Estimate
from asn2fpga.api.request import OPTIONS
from asn2fpga.cli.output import print_json


def run(options: Namespace) -> int:
    """0 if the network fits every board that was asked for, else 1."""
    given = {name: getattr(options, name) for name in OPTIONS if hasattr(options, name)}
    with Console(stderr=True).status("estimating", spinner="line"):
        found = estimate(options.model, options.board, options.data, samples=options.samples, **given)
    if options.json:
        print_json(found.to_plain())
    else:
        _show(found, Console())
    return 0 if all(board.fits for board in found.boards) else 1


def _show(found: Estimate, console: Console) -> None:
    for text in found.warnings:
        console.print(f"[bold yellow]warning[/] {escape(text)}", soft_wrap=True, highlight=False)
    head = f"{found.model}: {found.parameters:,} parameters; {found.accuracy_text()}"
    console.print(f"[bold]{escape(head)}[/]", soft_wrap=True, highlight=False)
    heads, *rows = found.rows(brief=len(found.boards) > 1)
    if len(rows) == 1:
        table = Table(box=None, show_header=False)
        for label, value in zip(heads, rows[0], strict=True):
            table.add_row(f"[bold]{label}[/]", escape(value))
        lanes = ", ".join(f"{name} {count}" for name, count in found.board.lanes.items())
        table.add_row("[bold]lanes[/]", escape(lanes or "-"))
    else:
        table = Table(box=None, padding=(0, 1, 0, 0))
        for head in heads:
            table.add_column(head, no_wrap=True)
        for row in rows:
            table.add_row(*map(escape, row))
    console.print(table)
    for board in found.boards:
        if board.problem:
            text = f"{board.board}: {board.problem}"
            console.print(f"[bold red]does not fit[/] {escape(text)}", soft_wrap=True, highlight=False)
    for what, text in ERRORS.items():
        console.print(f"[dim]{what}: {escape(text)}[/]", highlight=False)
    console.print(f"[dim]{found.seconds:.1f} s[/]", highlight=False)
