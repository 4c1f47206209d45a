"""What layers send: events, how large their counts are, how often each neuron fires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.report.numbers import percent, plain
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows
from asn2fpga.report.pictures.style import MAIN, REFERENCE, SERIES, bars, height_of, legend_above, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = 5  # counts that are told apart: 0, 1, 2, 3, and all above


def _sent(drawn: Drawn) -> list[tuple[str, float]]:
    rows = drawn.report["layers"]
    return [(row["name"], sent) for row in rows if (sent := row["events_out_per_inference"]) is not None]


def _draw_events(axes: Axes, drawn: Drawn) -> None:
    found = _sent(drawn)
    bars(axes, [name for name, _ in found], [("events", [value for _, value in found], MAIN)])
    axes.set_xlabel("events per inference, mean")


def _events_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    return ("layer", "events per inference"), tuple((name, plain(value)) for name, value in _sent(drawn))


def _shares(drawn: Drawn, layer: str) -> list[float]:
    histogram = drawn.golden[f"{layer}/histogram"].astype(np.float64)
    shares = histogram / max(1.0, float(histogram.sum()))
    return [*map(float, shares[: LEVELS - 1]), float(shares[LEVELS - 1 :].sum())]


def _draw_counts(axes: Axes, drawn: Drawn) -> None:
    layers = drawn.layers(drawn.golden)
    shares = np.array([_shares(drawn, layer) for layer in layers])
    left = np.zeros(len(layers))
    for level in range(LEVELS):
        label = f"{level} or more" if level == LEVELS - 1 else str(level)
        colour = REFERENCE if level == 0 else MAIN
        alpha = 0.35 if level == 0 else 0.25 + 0.75 * level / (LEVELS - 1)
        axes.barh(
            range(len(layers)), shares[:, level], 0.7, left=left, color=colour, alpha=alpha, label=label
        )
        left += shares[:, level]
    axes.set_yticks(range(len(layers)), [short(layer) for layer in layers])
    axes.set_ylim(len(layers) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of (neuron, time step) by count")
    legend_above(axes, LEVELS)


def _counts_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    heads = ("layer", *(f"count {level}" for level in range(LEVELS - 1)), f"{LEVELS - 1} or more")
    rows = ((layer, *map(percent, _shares(drawn, layer))) for layer in drawn.layers(drawn.golden))
    return heads, tuple(rows)


def _extremes(drawn: Drawn, layer: str) -> tuple[float, float]:
    """Shares of the neurons that never send, and that always send the largest count there is."""
    rates, saturated = drawn.golden[f"{layer}/rates"], drawn.golden[f"{layer}/saturated"]
    return float((rates == 0).mean()), float((saturated == 1).mean())


def _draw_rates(axes: Axes, drawn: Drawn) -> None:
    for number, layer in enumerate(drawn.layers(drawn.golden)):
        rates = np.sort(drawn.golden[f"{layer}/rates"])[::-1]
        silent, full = _extremes(drawn, layer)
        places = np.linspace(0, 1, min(len(rates), 200))
        values = np.interp(places, np.linspace(0, 1, len(rates)), rates)
        label = f"{short(layer, 14)}: {100 * silent:.0f} % silent, {100 * full:.0f} % saturated"
        style = ("-", "--", ":", "-.")[number // len(SERIES) % 4]
        axes.plot(places, values, style, color=SERIES[number % len(SERIES)], linewidth=1.4, label=label)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("neurons, most active first (share of the layer)")
    axes.set_ylabel("share of time steps with a spike")
    legend_above(axes, 1)


def _rates_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = []
    for layer in drawn.layers(drawn.golden):
        rates = drawn.golden[f"{layer}/rates"]
        quantiles = [f"{value:.3f}" for value in np.quantile(rates, (0.1, 0.5, 0.9))]
        rows.append((layer, str(len(rates)), *quantiles, *map(percent, _extremes(drawn, layer))))
    return ("layer", "neurons", "10 %", "median", "90 %", "silent", "saturated"), tuple(rows)


def _of_golden(drawn: Drawn) -> str:
    samples = plain(drawn.report["accuracy"]["data_samples"])
    return f"Counted in the golden model over all {samples} samples; pixels of the input count as neurons."


EVENTS = Picture(
    "events",
    "Events sent by each layer",
    "golden",
    lambda drawn: bool(_sent(drawn)),
    _draw_events,
    _events_table,
    lambda drawn: drawn.report["sources"]["events"],
    lambda drawn: height_of(len(_sent(drawn))),
)
COUNTS = Picture(
    "counts",
    "How large the counts are",
    "golden",
    lambda drawn: bool(drawn.layers(drawn.golden)),
    _draw_counts,
    _counts_table,
    _of_golden,
    lambda drawn: height_of(len(drawn.layers(drawn.golden))) + 0.2,
)
RATES = Picture(
    "rates",
    "How often neurons fire",
    "golden",
    lambda drawn: bool(drawn.layers(drawn.golden)),
    _draw_rates,
    _rates_table,
    lambda drawn: f"{_of_golden(drawn)} Saturated: always the largest count.",
    lambda drawn: min(9.0, 2.6 + 0.17 * len(drawn.layers(drawn.golden))),
)
