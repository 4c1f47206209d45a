"""Where time goes: spikes over clock cycles, what processes do, cycles of layers, latencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.report.numbers import plain
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows, Values
from asn2fpga.report.pictures.style import (
    FAINT,
    LINE,
    MAIN,
    REFERENCE,
    SECOND,
    THIRD,
    bars,
    height_of,
    legend_above,
    segments,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, COLUMNS = 64, 300  # of a band of the raster, where a layer has more neurons or cycles
STATES = (("busy", MAIN), ("waits for input", REFERENCE), ("waits for room", SECOND))


def draw_raster(
    axes: Axes,
    layers: dict[str, tuple[Values, Values]],
    neurons: dict[str, int],
    ends: dict[str, Values],
    last: int,
) -> None:
    """By layer (cycles, neurons) of its events, one band each; ends: cycles of its ends of step."""
    top, ticks = 0.0, []
    width = max(1.0, last / COLUMNS)
    for number, (name, (cycles, places)) in enumerate(layers.items()):
        rows = min(ROWS, neurons[name])
        band = max(8, rows)
        row = places * rows // max(1, neurons[name])
        column = (cycles // width).astype(np.int64)
        spots = np.unique(np.stack([column, row], axis=1), axis=0).astype(np.float64)
        y = top + (spots[:, 1] + 0.5) * band / rows
        x = spots[:, 0] * width
        for end in ends.get(name, ()):
            segments(axes, np.array([[end, top, end, top + band]]), FAINT, 0.6, linestyle=":")
        lines = np.stack([x, y, x + 0.85 * width, y], axis=1)
        thick = max(1.1, min(2.6, 150.0 / max(1, len(layers)) / band))
        segments(axes, lines, (MAIN, SECOND, THIRD)[number % 3], thick)
        ticks.append((top + band / 2, short(name, 14)))
        top += band + 4
        segments(axes, np.array([[0, top - 2, last, top - 2]]), LINE, 0.6)
    axes.set_xlim(0, last)
    axes.set_ylim(top, -2)
    axes.set_yticks([place for place, _ in ticks], [label for _, label in ticks])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("clock cycle, from the first input word on")


def _draw_raster(axes: Axes, drawn: Drawn) -> None:
    names = drawn.layers(drawn.cosim)
    events = {name: drawn.cosim[f"events/{name}"] for name in names}
    layers = {name: (found[:, 0], found[:, 2]) for name, found in events.items()}
    neurons = {name: _neurons(drawn, name) for name in names}
    ends = {name: drawn.cosim[f"ends/{name}"] for name in names if f"ends/{name}" in drawn.cosim}
    draw_raster(axes, layers, neurons, ends, int(drawn.cosim["span"][0]))


def _neurons(drawn: Drawn, name: str) -> int:
    rates = drawn.golden.get(f"{name}/rates")
    if rates is not None:
        return len(rates)
    return next(row["neurons"] for row in drawn.report["layers"] if row["name"] == name)


def _raster_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = []
    for name in drawn.layers(drawn.cosim):
        found = drawn.cosim[f"events/{name}"]
        times = (str(int(found[:, 0].min())), str(int(found[:, 0].max()))) if len(found) else ("-", "-")
        rows.append((name, str(len(found)), str(int(np.abs(found[:, 3]).sum())), *times))
    return ("layer", "events", "sum of counts", "first cycle", "last cycle"), tuple(rows)


def _draw_timeline(axes: Axes, drawn: Drawn) -> None:
    shares, names = drawn.cosim["shares"], [str(name) for name in drawn.cosim["processes"]]
    shown = int(drawn.cosim["span"][1])
    step = shown / max(1, shares.shape[1])
    for row, process in enumerate(shares):
        state = process.argmax(axis=1)
        starts = np.flatnonzero(np.r_[True, state[1:] != state[:-1]])
        stops = np.r_[starts[1:], len(state)]
        for kind, (_, colour) in enumerate(STATES):
            mine = state[starts] == kind
            runs = [(a * step, (b - a) * step) for a, b in zip(starts[mine], stops[mine], strict=True)]
            axes.broken_barh(runs, (row - 0.36, 0.72), color=colour, linewidth=0)
    for meaning, colour in STATES:
        axes.barh([0], [0], color=colour, label=meaning)
    axes.set_yticks(range(len(names)), [short(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, shown)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("clock cycle of one inference that is alone")
    legend_above(axes, 3)


def _timeline_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    names, cycles = drawn.cosim["processes"], drawn.cosim["cycles"]
    rows = (
        (str(name), *(plain(float(value)) for value in row)) for name, row in zip(names, cycles, strict=True)
    )
    return ("process", *(f"{meaning}, cycles" for meaning, _ in STATES)), tuple(rows)


def _predicted(drawn: Drawn) -> dict[str, float]:
    names = drawn.cosim.get("predicted_layers", ())
    return {str(n): float(v) for n, v in zip(names, drawn.cosim.get("predicted", ()), strict=True)}


def _cycle_rows(drawn: Drawn) -> list[tuple[str, float | None, float | None, float | None]]:
    predicted = _predicted(drawn)
    return [
        (row["name"], row["cycles_per_inference"], predicted.get(row["name"]), row["lower_bound_cycles"])
        for row in drawn.report["layers"]
        if row["lower_bound_cycles"] is not None
    ]


def _draw_cycles(axes: Axes, drawn: Drawn) -> None:
    rows = _cycle_rows(drawn)
    columns = [("measured", 1, MAIN), ("predicted", 2, SECOND), ("lower bound", 3, REFERENCE)]
    kept = [(m, [r[i] for r in rows], c) for m, i, c in columns if any(r[i] is not None for r in rows)]
    bars(axes, [row[0] for row in rows], kept)  # type: ignore[arg-type]
    axes.set_xlabel("clock cycles per inference, mean")


def _cycles_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = ((name, *map(plain, values)) for name, *values in _cycle_rows(drawn))
    return ("layer", "measured", "predicted", "lower bound"), tuple(rows)


def _draw_latency(axes: Axes, drawn: Drawn) -> None:
    found = drawn.cosim["latencies"]
    axes.hist(found, bins=min(24, max(1, int(np.ptp(found)) + 1)), color=MAIN)
    axes.axvline(float(found.mean()), color=SECOND, linewidth=1.2, label=f"mean {plain(float(found.mean()))}")
    axes.set_xlabel("clock cycles of an inference that is alone")
    axes.set_ylabel("inferences")
    axes.locator_params(axis="y", integer=True)
    legend_above(axes, 1)


def _latency_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    found = drawn.cosim["latencies"]
    kinds = (("shortest", 0.0), ("median", 0.5), ("95 %", 0.95), ("longest", 1.0))
    return ("latency", "cycles"), tuple((name, plain(float(np.quantile(found, q)))) for name, q in kinds)


def _draw_load(axes: Axes, drawn: Drawn) -> None:
    axes.scatter(drawn.cosim["sent"], drawn.cosim["latencies"], s=12, color=MAIN, alpha=0.6, linewidth=0)
    axes.set_xlabel("events sent by all layers in the inference")
    axes.set_ylabel("clock cycles")


def _load_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    pairs = sorted(zip(drawn.cosim["sent"].tolist(), drawn.cosim["latencies"].tolist(), strict=True))
    chosen = [pairs[round(k * (len(pairs) - 1) / 9)] for k in range(10)] if len(pairs) > 10 else pairs
    return ("events", "cycles"), tuple((f"{events:,}", f"{cycles:,}") for events, cycles in chosen)


def _simulated(drawn: Drawn) -> str:
    return f"The {len(drawn.cosim['latencies'])} inferences that were simulated alone."


def _is_timed(drawn: Drawn) -> bool:
    return len(drawn.cosim.get("latencies", ())) > 1


RASTER = Picture(
    "raster",
    "Spikes of one inference over clock cycles",
    "cosim",
    lambda drawn: bool(drawn.layers(drawn.cosim)),
    _draw_raster,
    _raster_table,
    lambda drawn: (
        "The first sample in the RTL simulation, alone in the core; vertical lines: ends of time steps. Of "
        f"layers with more than {ROWS} neurons several share a row."
    ),
    lambda drawn: min(9.0, 1.2 + 0.75 * len(drawn.layers(drawn.cosim))),
)
TIMELINE = Picture(
    "timeline",
    "What every process does, cycle by cycle",
    "cosim",
    lambda drawn: len(drawn.cosim.get("processes", ())) > 0 and drawn.cosim["shares"].shape[1] > 0,
    _draw_timeline,
    _timeline_table,
    lambda drawn: (
        f"The first sample in the RTL simulation. The table: mean of {len(drawn.cosim['latencies'])} "
        "inferences. Busy: neither waiting for input nor for room."
    ),
    lambda drawn: height_of(len(drawn.cosim["processes"]), 0.2),
)
CYCLES = Picture(
    "cycles",
    "Clock cycles of each layer",
    "golden",
    lambda drawn: bool(_cycle_rows(drawn)),
    _draw_cycles,
    _cycles_table,
    lambda drawn: f"{drawn.report['sources']['cycles']} {drawn.report['sources']['lower_bound_cycles']}",
    lambda drawn: height_of(len(_cycle_rows(drawn)), 0.42),
)
LATENCY = Picture(
    "latency", "How long inferences take", "cosim", _is_timed, _draw_latency, _latency_table, _simulated,
    lambda drawn: 2.4,
)  # fmt: skip
LOAD = Picture(
    "load", "Latency against events", "cosim", _is_timed, _draw_load, _load_table, _simulated,
    lambda drawn: 2.6,
)  # fmt: skip
