"""The hardware: processes and FIFOs, weights on their grid, resources by layer, energy by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.figures.amounts import RESOURCES, Resource
from asn2fpga.report.numbers import percent, plain
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows, Values
from asn2fpga.report.pictures.style import (
    FAINT,
    MAIN,
    REFERENCE,
    SECOND,
    SERIES,
    TEXT,
    height_of,
    legend_above,
    short,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OTHERS = "FIFOs, rest"


# ---- dataflow -------------------------------------------------------------------------------------------


def _fifos(drawn: Drawn) -> list[tuple[str, str, str, int, int]]:
    """Stream, writer, reader, depth, width of each FIFO and port."""
    names, sizes = drawn.quantise["streams"], drawn.quantise["stream_sizes"]
    return [(str(n), str(w), str(r), int(d), int(b)) for (n, w, r), (d, b) in zip(names, sizes, strict=True)]


def _draw_dataflow(axes: Axes, drawn: Drawn) -> None:
    """Processes from top to bottom; a FIFO to the next one is straight, others go around on the right."""
    processes = [(str(a), str(b), str(c)) for a, b, c in drawn.quantise["processes"]]
    row_of = {name: row for row, (name, _, _) in enumerate(processes)}
    for row, (name, layer, lanes) in enumerate(processes):
        axes.barh(row, 1.0, 0.5, left=0.0, color=MAIN, alpha=0.18)
        first = row == 0 or processes[row - 1][1] != layer
        text = short(name, 32) + (f", {lanes} lanes" if int(lanes) > 1 and first else "")
        axes.text(0.5, row, text, ha="center", va="center", fontsize=7.5)
    around = 0
    for name, writer, reader, depth, bits in _fifos(drawn):
        start, stop = row_of.get(writer, -0.8), row_of.get(reader, len(processes) - 0.2)
        label = f"{depth} × {bits} bit" if depth else name
        arrow = {"arrowstyle": "-|>", "color": FAINT, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
        if stop - start < 1.01:
            axes.annotate("", (0.5, stop - 0.26), (0.5, start + 0.26), arrowprops=arrow)
            axes.text(0.53, (start + stop) / 2, label, ha="left", va="center", fontsize=7, color=TEXT)
        else:
            bend = f"arc3,rad={-min(0.35, 1.6 / (stop - start))}"
            axes.annotate("", (1.0, stop), (1.0, start), arrowprops={**arrow, "connectionstyle": bend})
            height = (start + stop) / 2
            axes.text(min(1.36, 1.05 + 0.03 * (stop - start)), height, label, va="center", fontsize=7)
            around += 1
    axes.set_xlim(-0.05, 1.6 if around else 1.25)
    axes.set_ylim(len(processes), -1)
    axes.axis("off")


def _dataflow_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = (
        (name, writer or "input", reader or "output", str(depth or "-"), str(bits or "-"))
        for name, writer, reader, depth, bits in _fifos(drawn)
    )
    return ("FIFO", "from", "to", "words", "bits"), tuple(rows)


# ---- weights --------------------------------------------------------------------------------------------


def _weighted(drawn: Drawn) -> list[str]:
    return [str(name) for name in drawn.quantise.get("weights", ())]


def _draw_weights(axes: Axes, drawn: Drawn) -> None:
    names = _weighted(drawn)
    for row, name in enumerate(names):
        trained, edges = (drawn.quantise[f"weights/{name}/{part}"] for part in ("trained", "edges"))
        bits = int(drawn.quantise[f"weights/{name}/facts"][0])
        limit = 2.0 ** (bits - 1) - 1
        heights = trained / max(1, int(trained.max()))
        middle = (edges[1:] + edges[:-1]) / 2 / limit
        base = len(names) - 1 - row
        axes.fill_between(
            middle, base, base + 0.85 * heights, step="mid", color=MAIN, alpha=0.45, linewidth=0
        )
        values, often = (drawn.quantise[f"weights/{name}/{part}"] for part in ("values", "often"))
        if bits <= 5:  # more grid lines than can be told apart otherwise
            heights = 0.85 * often / max(1, int(often.max()))
            axes.vlines(values / limit, base, base + heights, color=SECOND, linewidth=1)
        axes.text(-1.45, base + 0.08, short(name, 16), ha="left", va="bottom", fontsize=8)
        axes.text(1.45, base + 0.08, _error_text(drawn, name, bits), ha="right", va="bottom", fontsize=8)
    for place in (-1, 1):
        axes.axvline(place, color=FAINT, linewidth=0.8, linestyle=":")
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(0, len(names))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("trained weight over the largest that its integer can hold")


def _relative_error(drawn: Drawn, name: str) -> float | None:
    decisions = drawn.report["quantise"].get("weights", [])
    found = [row for row in decisions if row["layer"] == name]  # type: ignore[attr-defined]
    return found[0].get("relative_error") if found else None


def _error_text(drawn: Drawn, name: str, bits: int) -> str:
    error = _relative_error(drawn, name)
    return f"{bits} bit" + ("" if error is None else f", {100 * error:.2g} % error")


def _weights_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = []
    for name in _weighted(drawn):
        bits, count = (int(value) for value in drawn.quantise[f"weights/{name}/facts"][:2])
        values, often = (drawn.quantise[f"weights/{name}/{part}"] for part in ("values", "often"))
        largest = int(often[np.abs(values) == 2 ** (bits - 1) - 1].sum())
        zero = int(often[values == 0].sum())
        error = _relative_error(drawn, name)
        row = (name, str(bits), f"{count:,}", percent(zero / count), percent(largest / count), percent(error))
        rows.append(row)
    return ("layer", "bits", "weights", "are 0", "are the largest", "rms error over rms weight"), tuple(rows)


# ---- resources ------------------------------------------------------------------------------------------


def _parts(drawn: Drawn) -> dict[str, dict[Resource, float]]:
    """What each layer needs, by the names of its processes' modules; FIFOs and what is left together."""
    layers = {
        str(p): str(layer) for p, layer, _ in drawn.quantise.get("processes", np.zeros((0, 3), np.str_))
    }
    total = drawn.report["resources"]
    found: dict[str, dict[Resource, float]] = {}
    for module, amounts in drawn.modules.items():
        layer = layers.get(module, "")
        if layer:
            row = found.setdefault(layer, dict.fromkeys(RESOURCES, 0.0))
            for key in RESOURCES:
                row[key] += amounts[key]
    rest = {
        key: max(0.0, float(total[key] or 0.0) - sum(row[key] for row in found.values())) for key in RESOURCES
    }
    return {**found, OTHERS: rest}


def _draw_resources(axes: Axes, drawn: Drawn) -> None:
    parts, available = _parts(drawn), drawn.report["resources"]["available"]
    kinds = [key for key in RESOURCES if available[key]]
    left = np.zeros(len(kinds))
    for number, (name, amounts) in enumerate(parts.items()):
        shares = np.array([100 * amounts[key] / available[key] for key in kinds])
        colour = REFERENCE if name == OTHERS else SERIES[number % 3]
        alpha = 1.0 if name == OTHERS else max(0.35, 1.0 - 0.3 * (number // 3))
        axes.barh(range(len(kinds)), shares, 0.7, left=left, color=colour, alpha=alpha, label=short(name, 14))
        left += shares
    axes.set_yticks(range(len(kinds)), [key.upper() for key in kinds])
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlim(0, max(5.0, float(left.max()) * 1.05))
    axes.set_xlabel(f"per cent of the {drawn.report['board']['name']}")
    legend_above(axes, 3)


def _resources_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = [(name, *(plain(amounts[key]) for key in RESOURCES)) for name, amounts in _parts(drawn).items()]
    total, available = drawn.report["resources"], drawn.report["resources"]["available"]
    rows.append(("all", *(plain(total[key]) for key in RESOURCES)))
    rows.append(("the board has", *(plain(available[key]) for key in RESOURCES)))
    return ("layer", *(key.upper() for key in RESOURCES)), tuple(rows)


# ---- energy ---------------------------------------------------------------------------------------------


def _energy(drawn: Drawn) -> list[tuple[str, float]]:
    """Of the estimate: dynamic by layer, and static; empty if there is none."""
    entry = drawn.report["energy_sources"][-1]
    if entry["source"] != "estimate" or entry["static_uj"] is None:
        return []
    constants = entry["constants"]
    found = [
        (
            row["name"],
            1e-6
            * (
                (row["accumulates_per_inference"] or 0.0) * constants["accumulate_pj"]
                + (row["events_out_per_inference"] or 0.0) * constants["event_pj"]
            ),
        )
        for row in drawn.report["layers"]
    ]
    return [*found, ("static (assumed)", entry["static_uj"])]


def _draw_energy(axes: Axes, drawn: Drawn) -> None:
    found = _energy(drawn)
    colours = [MAIN] * (len(found) - 1) + [REFERENCE]
    axes.barh(range(len(found)), [value for _, value in found], 0.7, color=colours)
    for row, (_, value) in enumerate(found):
        axes.text(value, row, f" {value:.3g}", va="center", ha="left", fontsize=8)
    axes.set_yticks(range(len(found)), [short(name) for name, _ in found])
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_xlim(0, 1.18 * max(value for _, value in found) or 1.0)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("µJ per inference")


def _energy_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    found = _energy(drawn)
    total = sum(value for _, value in found)
    rows = ((name, f"{value:.3g}", percent(value / total if total else None)) for name, value in found)
    return ("part", "uJ", "share"), tuple(rows)


def _processes(drawn: Drawn) -> Values:
    return drawn.quantise.get("processes", np.zeros((0, 3), np.str_))


DATAFLOW = Picture(
    "dataflow",
    "Processes and the FIFOs between them",
    "quantise",
    lambda drawn: 0 < len(_processes(drawn)) <= 60,
    _draw_dataflow,
    _dataflow_table,
    lambda drawn: "As generated; FIFOs are words × bits.",
    lambda drawn: height_of(len(_processes(drawn)), 0.42, most=16.0),
)
WEIGHTS = Picture(
    "weights",
    "Weights on the grid of their integers",
    "quantise",
    lambda drawn: bool(_weighted(drawn)),
    _draw_weights,
    _weights_table,
    lambda drawn: (
        "Trained weights, each over the largest that the integer of its channel can hold (dotted: what is "
        "beyond is clipped); lines: the integers, where they are few. Error: rms of rounding over rms of "
        "weights."
    ),
    lambda drawn: height_of(len(_weighted(drawn)), 0.55),
)
ENERGY = Picture(
    "energy",
    "Energy of an inference, by part",
    "cosim",
    lambda drawn: bool(_energy(drawn)),
    _draw_energy,
    _energy_table,
    lambda drawn: str(drawn.report["energy_sources"][-1]["method"]),
    lambda drawn: height_of(len(_energy(drawn))),
)
RESOURCE = Picture(
    "resources",
    "Resources by layer",
    "synth",
    lambda drawn: bool(drawn.modules) and drawn.report["resources"]["lut"] is not None,
    _draw_resources,
    _resources_table,
    lambda drawn: drawn.report["sources"]["resources"],
    lambda drawn: 2.2 + 0.2 * (len(_parts(drawn)) // 3),
)
