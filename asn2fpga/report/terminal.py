"""The report as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from asn2fpga.figures.amounts import RESOURCES
from asn2fpga.report.arousal import arousal_rows
from asn2fpga.report.board_run import board_rows
from asn2fpga.report.columns import Columns, columns_of
from asn2fpga.report.complete import incomplete_text
from asn2fpga.report.content import (
    CosimPart,
    CsimPart,
    LatencyPart,
    LayerKey,
    LayerPart,
    Report,
    ResourcesPart,
)
from asn2fpga.report.energy import energy_rows
from asn2fpga.report.inputs import influenced, inputs_text
from asn2fpga.report.numbers import cycles, percent, plain
from asn2fpga.report.sources import NOT_OBTAINED
from asn2fpga.report.verdict import verdict_text
from asn2fpga.warning import BuildWarning

LAYER_COLUMNS: tuple[tuple[str, LayerKey], ...] = (
    ("neurons", "neurons"),
    ("lanes", "lanes"),
    ("pixels", "parallel_pixels"),
    ("order", "map_order"),
    ("form", "form"),
    ("bits", "weight_bits"),
    ("events in", "events_in_per_inference"),
    ("accumulates", "accumulates_per_inference"),
    ("cycles", "cycles_per_inference"),
    ("bound", "lower_bound_cycles"),
)
NAME_COLUMNS = 10
"""Of a layer's name where a terminal is narrow."""
ROOM_FOR_ORIGINS = 110
"""Columns of a terminal from which on the origin of a number stands beside it; else below."""


def show_report(report: Report, console: Console) -> None:
    """Print warnings, a summary, the layers and the resources; each says how its numbers were obtained."""
    incomplete = incomplete_text(report)
    if incomplete:
        console.print(f"[bold red]{escape(incomplete)}[/]", soft_wrap=True, highlight=False)
    for text in warning_texts(report):
        console.print(f"[bold yellow]warning[/] {escape(text)}", soft_wrap=True, highlight=False)
    console.print(f"[bold]{escape(_title(report))}[/]", soft_wrap=True, highlight=False)
    console.print(_summary(report, console.width >= ROOM_FOR_ORIGINS))
    if report["layers"]:
        for table in _layer_tables(report["layers"], console):
            console.print(table)
        _print_sources(report, console, "events", "cycles", "lower_bound_cycles", "folding", "products")
    if report["resources"]["source"]:
        console.print(_resources(report["resources"]))
        _print_sources(report, console, "resources")


def _print_sources(report: Report, console: Console, *keys: str) -> None:
    """How the numbers of a table were obtained, below it; of those that were."""
    for key in keys:
        text = report["sources"][key]
        if text != NOT_OBTAINED:
            console.print(f"[dim]{escape(text)}[/]", highlight=False)


def warning_texts(report: Report) -> tuple[str, ...]:
    """One sentence a warning, in the order of the stages."""
    return tuple(BuildWarning(**warning).sentence for warning in report["warnings"])


def _title(report: Report) -> str:
    """`NAME on BOARD: verdict`."""
    title, verdict = f"{report['model']['name']} on {report['board']['name']}", verdict_text(report)
    return f"{title}: {verdict}" if verdict else title


def _summary(report: Report, beside: bool) -> Table:
    """A row for each figure; its origin `beside` it, or below."""
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True)
    for label, value, source in summary_rows(report):
        origin = f"[dim]{escape(source)}[/]"
        cells = (escape(value), origin) if beside else (f"{escape(value)}\n{origin}",)
        table.add_row(f"[bold]{label}[/]", *cells)
    return table


def summary_rows(report: Report) -> list[tuple[str, str, str]]:
    """Label, value and origin of the figures a reader wants first."""
    accuracy, csim, cosim = report["accuracy"], report["csim"], report["cosim"]
    samples = f"{plain(accuracy['samples'])} {inputs_text(report)}"
    rows = [
        ("accuracy float", percent(accuracy["float"]), samples),
        ("accuracy integer", percent(accuracy["integer"]), "golden model, exact integers, on the same"),
        *_agreement_rows(report),
        *arousal_rows(accuracy.get("arousal")),
        ("C simulation", _mismatches(csim), _csim_origin(csim)),
        (
            "RTL simulation",
            _mismatches(cosim),
            f"{plain(cosim['vectors'])} vectors, {plain(cosim['simulator'])}",
        ),
        *_clock_rows(report),
        *_speed_rows(report),
        *_operation_rows(report),
        *board_rows(report),
        *energy_rows(report),
    ]
    return [row for row in rows if row[1] not in ("", plain(None))]


def _csim_origin(csim: CsimPart) -> str:
    """How many vectors with which compiler; how many of them with Xilinx's types too."""
    text, sample = f"{plain(csim['vectors'])} vectors, {plain(csim['compiler'])}", csim["xilinx"]
    if sample is None:
        return text
    return f"{text}; {plain(sample['vectors'])} with Xilinx's types too, {sample['compiler']}"


def _agreement_rows(report: Report) -> list[tuple[str, str, str]]:
    """Where there are no labels: how often float and integer network choose the same class."""
    accuracy = report["accuracy"]
    if accuracy["float"] is not None:
        return []
    text = (
        f"integer and float network, {plain(accuracy['data_samples'])} {inputs_text(report)} without labels"
    )
    return [("same class", percent(accuracy["agreement"]), text)]


def _mismatches(row: CsimPart | CosimPart) -> str:
    return plain(None) if row["mismatches"] is None else f"{row['mismatches']} mismatches"


def _clock_rows(report: Report) -> list[tuple[str, str, str]]:
    """The critical path as scheduled, and as a walk through the mapped netlist finds it."""
    hls, period = report["hls"], 1000 / report["board"]["clock_mhz"]
    path, margin, netlist = hls["critical_path_ns"], hls["clock_margin"], hls["netlist_timing"]
    rows = []
    if path is not None:
        kept = "" if margin is None else f", which keeps {percent(margin)} of the period free for long nets"
        text = f"estimate of the schedule{kept}; not placed and routed"
        rows.append(("critical path", f"{path:.2f} of {period:.2f} ns", text))
    if netlist is not None:
        text = f"7 series, grade -1, nets by fan-out: {', '.join(netlist['lines']) or 'no line of C++'}"
        rows.append(("path in the netlist", f"{netlist['critical_path_ns']:.2f} ns", text))
    return rows


def _speed_rows(report: Report) -> list[tuple[str, str, str]]:
    """Latency of the core, as simulated and of all samples, and its interval."""
    cosim, clock = report["cosim"], report["board"]["clock_mhz"]
    found, samples = cosim["latency_cycles"], report["accuracy"]["data_samples"]
    if found["mean"] is None:
        return []
    random = influenced(report)
    rows = [
        (
            "core latency",
            f"{_mean(found)} = {found['mean'] / clock:.2f} us",
            f"mean of {plain(found['simulated'])} of {plain(samples)} {inputs_text(report)} simulated alone, "
            f"with its 95 % interval; first input word to last score, at {clock:g} MHz",
        ),
        (
            "core latency: range",
            f"{plain(found['min'])} to {plain(found['max'])} cycles",
            f"of the same{random}",
        ),
    ]
    if found["mean_all"] is not None and (found["simulated"] or 0) < (samples or 0):
        text = f"mean of all {plain(samples)}, from the events that golden counts in each{random}"
        value = f"{cycles(found['mean_all'])} = {found['mean_all'] / clock:.2f} us"
        rows.append(("core latency: all", value, text))
    text = f"between inferences back to back; {plain(cosim['latency_vectors'])} simulated{random}"
    return [*rows, ("core interval", cycles(cosim["interval_cycles"]), text), *_alone_rows(report)]


def _alone_rows(report: Report) -> list[tuple[str, str, str]]:
    """What an inference that is alone takes beyond the interval, and where its latency goes."""
    mean, interval = report["cosim"]["latency_cycles"]["mean"], report["cosim"]["interval_cycles"]
    if mean is None or interval is None:
        return []
    parts = [(row["name"], row["alone_cycles"]) for row in report["layers"]]
    shares = ", ".join(f"{name} {plain(alone)}" for name, alone in parts if alone is not None)
    text = "latency less interval: to fire, drain and send scores while nothing else is there"
    if shares:
        text += f"; latency by layer, from the last word it gets to the last it sends: {shares}"
    return [("core latency: alone", cycles(mean - interval), text)]


def _mean(found: LatencyPart) -> str:
    interval = found["mean_interval_95"]
    if interval is None:
        return cycles(found["mean"])
    return f"{plain(found['mean'])} ± {plain((interval[1] - interval[0]) / 2)} cycles"


def _operation_rows(report: Report) -> list[tuple[str, str, str]]:
    inputs, skipped = inputs_text(report), report["skipped_share"]
    if report["accumulates_per_inference"] is None:
        return []
    dense = f"of {plain(report['dense_macs_per_inference'])} of a dense network: {percent(skipped)} skipped"
    return [
        ("accumulates", plain(report["accumulates_per_inference"]), f"{dense}; mean per inference, {inputs}"),
        (
            "SynOps",
            plain(report["synops_per_inference"]),
            f"spikes of neurons x fan-out; pixels are no spikes{influenced(report)}",
        ),
    ]


def _layer_tables(rows: list[LayerPart], console: Console) -> Iterator[Table]:
    """One table, or where the terminal is too narrow for its numbers several, each with the layers' names."""
    left = list(columns_of(LAYER_COLUMNS, rows))
    while left:
        fitting = (count for count in range(len(left), 1, -1) if _fits(rows, left[:count], console))
        count = next(fitting, 1)
        yield _layers(rows, left[:count])
        left = left[count:]


def _fits(rows: list[LayerPart], columns: Columns, console: Console) -> bool:
    """Whether the table fits with names over several lines."""
    numbers = [row.copy() for row in rows]
    for row in numbers:
        row["name"] = row["name"][:NAME_COLUMNS]
    whole = console.options.update(max_width=1 << 16)
    return console.measure(_layers(numbers, columns), options=whole).minimum <= console.width


def _layers(rows: list[LayerPart], columns: Columns) -> Table:
    """In a narrow terminal heads go over two lines and long names over several; numbers stay whole."""
    table = Table(box=None, collapse_padding=True)
    table.add_column(
        "layer", overflow="fold", min_width=min(NAME_COLUMNS, max(len(row["name"]) for row in rows))
    )
    for head, key in columns:
        table.add_column(head, justify="right", min_width=max(len(plain(row[key])) for row in rows))
    for row in rows:
        table.add_row(escape(row["name"]), *(plain(row[key]) for _, key in columns))
    return table


def _resources(resources: ResourcesPart) -> Table:
    table = Table("resource", "used", "available", "share", box=None)
    for key in RESOURCES:
        used, available = resources[key], resources["available"][key]
        share = percent(used / available) if used is not None and available else plain(None)
        table.add_row(key.upper(), plain(used), plain(available), share)
    return table
