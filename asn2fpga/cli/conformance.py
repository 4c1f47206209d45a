"""`asn2fpga conformance`: neurons of other frameworks, as installed here, against the golden model."""

from __future__ import annotations

import sys
import warnings
from argparse import Namespace
from collections.abc import Iterator

from rich.console import Console
from rich.table import Column, Table

from asn2fpga.cli.output import print_json
from asn2fpga.conformance.cells import CELLS, PACKAGES, Cell, version_of
from asn2fpga.conformance.compare import RATES_AT, Outcome, compare
from asn2fpga.conformance.page import page_of
from asn2fpga.errors import InputError
from asn2fpga.files import replacing


def run(options: Namespace) -> int:
    """0 if every cell of the installed frameworks keeps what is promised."""
    asked = options.framework
    if asked is not None and asked not in PACKAGES:
        raise InputError(f"--framework: the value must be one of {', '.join(PACKAGES)}, not '{asked}'.")
    cells = [cell for cell in CELLS if asked in (None, cell.framework)]
    for framework in dict.fromkeys(cell.framework for cell in cells):
        if version_of(framework) is None:
            print(f"{framework} is not installed: pip install {PACKAGES[framework]}", file=sys.stderr)
    there = [cell for cell in cells if version_of(cell.framework) is not None]
    outcomes = list(_outcomes(there))
    if not options.json:
        Console().print(_table(outcomes))
    if options.out is not None:
        with replacing(options.out) as stream:
            stream.write(page_of(outcomes).encode())
    tried = [outcome for outcome in outcomes if not outcome.is_absent]
    failed = [outcome for outcome in tried if not outcome.passed]
    for outcome in failed:
        print(f"{outcome.cell.framework} {outcome.cell.name}: {outcome.trouble}", file=sys.stderr)
    absent = len(outcomes) - len(tried)
    if options.json:
        print_json([_plain(outcome) for outcome in outcomes])
        return 1 if failed or not tried else 0
    others = f" {absent} are not in the installed version." if absent else ""
    print(f"{len(tried) - len(failed)} of {len(tried)} cells keep what is promised.{others}")
    return 1 if failed or not tried else 0


def _outcomes(cells: list[Cell]) -> Iterator[Outcome]:
    """One after the other, with a line that says how far it is."""
    console = Console(stderr=True)
    with console.status("") as status, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what frameworks say of their own options
        for number, cell in enumerate(cells, start=1):
            status.update(f"{number} of {len(cells)}: {cell.framework} {cell.name}")
            yield compare(cell)


def _plain(outcome: Outcome) -> dict[str, object]:
    """A cell as JSON values."""
    return {
        "framework": outcome.cell.framework,
        "neuron": outcome.cell.name,
        "result": result_of(outcome),
        "compared": outcome.compared,
        "differing": outcome.differing,
        "rates_in_a_million": {str(bits): rate for bits, rate in outcome.rates.items()},
        "refusal": outcome.refusal,
        "trouble": outcome.trouble,
    }


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("framework", Column("neuron", overflow="fold"), "result", *(f"F = {n}" for n in RATES_AT))
    for outcome in outcomes:
        rates = [f"{outcome.rates[bits]:.0f}" if outcome.rates else "" for bits in RATES_AT]
        table.add_row(outcome.cell.framework, outcome.cell.name, result_of(outcome), *rates)
    table.caption = "F: fraction bits of the membrane; below it, spikes that differ in a million"
    return table


def result_of(outcome: Outcome) -> str:
    """What a table says of a cell."""
    if outcome.is_absent:
        return "not in this version"
    if outcome.trouble:
        return "FAILED"
    if outcome.refusal:
        return "refused"
    return f"identical ({outcome.compared:,})" if outcome.compared else "within the bound"
