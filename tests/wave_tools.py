"""Reading what a file of waveforms says of streams, as a viewer does: values by name at each rising edge."""

from __future__ import annotations

from pathlib import Path

import pywellen

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.verify.shown_streams import EVENTS, LANE, MAP, ShownLayer
from asn2fpga.verify.wave_views import TOP

Event = tuple[int, ...]
"""Vector, time step, address and what the address means on its axes, count."""


class WaveFile:
    """Signals by their full name; values as they are before each rising edge of the clock."""

    def __init__(self, path: Path) -> None:
        self.file = pywellen.Waveform(str(path))
        self.signals = {var.full_name: var for var in self.file.all_vars()}
        changes = list(self.signals[f"{TOP}.clk"].signal)
        self.edges = [
            time for (time, value), (_, before) in zip(changes[1:], changes, strict=False) if value > before
        ]

    def sampled(self, name: str) -> list[int]:
        """The value of a signal in each clock cycle."""
        changes, found, at, value = list(self.signals[name].signal), [], 0, 0
        for edge in self.edges:
            while at < len(changes) and changes[at][0] < edge:
                value, at = int(changes[at][1]), at + 1
            found.append(value)
        return found

    def numbers(self, name: str) -> list[int]:
        """The same of a signed number of 32 bits."""
        return [value - (1 << 32) if value >> 31 else value for value in self.sampled(name)]


def events_in(waves: WaveFile, layer: ShownLayer) -> list[Event]:
    """Every event that the layer's decoded streams show, in order."""
    found: list[Event] = []
    for shown in layer.shown:
        scope = f"{TOP}.{layer.scope}.{shown.instance}"
        if shown.module == EVENTS:
            names = [signal.name for signal in shown.signals if not signal.width_bits]
            columns = [waves.numbers(f"{scope}.{name}") for name in names]
            marks = waves.sampled(f"{scope}.is_event")
            found += [row for mark, row in zip(marks, zip(*columns, strict=True), strict=True) if mark]
        elif shown.module == MAP:
            found += _of_map(waves, scope, layer)
    return sorted(found)


def _of_map(waves: WaveFile, scope: str, layer: ShownLayer) -> list[Event]:
    lanes = [shown.instance for shown in layer.shown if shown.module == LANE]
    counts = [waves.numbers(f"{TOP}.{layer.scope}.{lane}.count") for lane in lanes]
    names = ("vector", "time_step", "channel", "row", "column")
    columns = [waves.numbers(f"{scope}.{name}") for name in names]
    found = []
    for cycle, mark in enumerate(waves.sampled(f"{scope}.is_word")):
        vector, step, channel, row, column = (values[cycle] for values in columns)
        words = [(lane, values[cycle]) for lane, values in enumerate(counts) if mark and values[cycle]]
        found += [(vector, step, channel + lane, row, column, count) for lane, count in words]
    return found


def expected_events(graph: Graph, trace: Trace, layer: str) -> list[Event]:
    """The same of golden. Of a map without the address."""
    edge, found = graph.edges[layer], []
    for vector, step, address in zip(*trace.counts[layer].nonzero(), strict=True):
        place = edge.place(int(address)).strip(" ()")
        axes = tuple(int(part.partition("=")[2]) for part in place.split(",")) if place else ()
        if edge.is_map and len(edge.shape) == 2:
            axes = (axes[0], 0, axes[1])
        count = int(trace.counts[layer][vector, step, address])
        number = () if edge.is_map and edge.lanes else (int(address),)
        found.append((int(vector), int(step), *number, *axes, count))
    return sorted(found)
