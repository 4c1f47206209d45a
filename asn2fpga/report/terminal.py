"""The report as tables in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from asn2fpga.report.board_run import board_rows
from asn2fpga.report.complete import incomplete_text
from asn2fpga.report.energy import energy_rows
from asn2fpga.report.numbers import cycles, percent, plain
from asn2fpga.warning import BuildWarning

Plain = dict[str, Any]

LAYER_COLUMNS = (
    ("neurons", "neurons"),
    ("lanes", "lanes"),
    ("bits", "weight_bits"),
    ("events in", "events_in_per_inference"),
    ("cycles", "cycles_per_inference"),
    ("bound", "lower_bound_cycles"),
)


def show_report(report: Plain, console: Console) -> None:
    """Print warnings, a summary, the layers and the resources; each says how its numbers were obtained."""
    incomplete = incomplete_text(report)
    if incomplete:
        console.print(f"[bold red]{escape(incomplete)}[/]", soft_wrap=True, highlight=False)
    for text in warning_texts(report):
        console.print(f"[bold yellow]warning[/] {escape(text)}", soft_wrap=True, highlight=False)
    console.print(_summary(report))
    if report["layers"]:
        console.print(_layers(report["layers"]))
        console.print(f"[dim]{report['sources']['cycles']}[/]", soft_wrap=True)
    if report["resources"]["source"]:
        console.print(_resources(report["resources"]))
        console.print(f"[dim]{report['sources']['resources']}[/]", soft_wrap=True)


def warning_texts(report: Plain) -> tuple[str, ...]:
    """One sentence a warning, in the order of the stages."""
    return tuple(BuildWarning(**warning).sentence for warning in report["warnings"])


def _summary(report: Plain) -> Table:
    table = Table(
        box=None, show_header=False, title=f"{report['model']['name']} on {report['board']['name']}"
    )
    for label, value, source in summary_rows(report):
        table.add_row(f"[bold]{label}[/]", value, f"[dim]{source}[/]")
    return table


def summary_rows(report: Plain) -> list[tuple[str, str, str]]:
    """Label, value and origin of the figures a reader wants first."""
    accuracy, csim, cosim = (report[key] for key in ("accuracy", "csim", "cosim"))
    sources = report["sources"]
    rows = [
        ("accuracy float", percent(accuracy["float"]), f"{plain(accuracy['samples'])} samples"),
        ("accuracy integer", percent(accuracy["integer"]), "golden model, exact integers"),
        ("C simulation", _mismatches(csim), f"{plain(csim['vectors'])} vectors, {plain(csim['compiler'])}"),
        (
            "RTL simulation",
            _mismatches(cosim),
            f"{plain(cosim['vectors'])} vectors, {plain(cosim['simulator'])}",
        ),
        ("latency", _latency(cosim), f"mean; cycles counted, time at {report['board']['clock_mhz']:g} MHz"),
        ("interval", cycles(cosim["interval_cycles"]), "between inferences back to back"),
        ("SynOps", plain(report["synops_per_inference"]), "an inference, counted in the golden model"),
        *board_rows(report),
        *energy_rows(report),
    ]
    return [row for row in rows if sources and row[1] != plain(None)]


def _mismatches(row: Plain) -> str:
    return plain(None) if row["mismatches"] is None else f"{row['mismatches']} mismatches"


def _latency(cosim: Plain) -> str:
    mean = cosim["latency_cycles"]["mean"]
    return plain(None) if mean is None else f"{cycles(mean)} = {cosim['latency_us']:.2f} us"


def _layers(rows: list[Plain]) -> Table:
    table = Table("layer", "kind", box=None)
    for head, _ in LAYER_COLUMNS:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(row["name"], row["kind"], *(plain(row[key]) for _, key in LAYER_COLUMNS))
    return table


def _resources(resources: Plain) -> Table:
    table = Table("resource", "used", "available", "share", box=None)
    for key in ("lut", "ff", "bram36", "dsp", "uram"):
        used, available = resources[key], resources["available"][key]
        share = percent(used / available) if used is not None and available else plain(None)
        table.add_row(key.upper(), plain(used), plain(available), share)
    return table
