"""What a viewer of waveforms shows of each stream: the modules of hw/sim/asn_show_*.sv and their signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.graph.edge import AXES, Edge, EventFormat
from asn2fpga.kinds.hardware import Stream
from asn2fpga.verify.harness import HarnessContext, HarnessProbe

EVENTS, MAP, LANE, WORDS = "asn_show_events", "asn_show_map", "asn_show_lane", "asn_show_words"
STREAM_PORTS = ("valid", "ready", "blocked", "data")
PORTS = {
    EVENTS: ("clk", "rst_n", *STREAM_PORTS),
    MAP: ("clk", "rst_n", *STREAM_PORTS),
    LANE: ("clk", "valid", "ready", "data"),
    WORDS: STREAM_PORTS,
}
"""Ports of each module: clock, reset, and those of a stream."""
SCOPE = "layer_"
"""What the scope of a layer begins with: its name may be a word of SystemVerilog."""


@dataclass(frozen=True)
class Signal:
    """A signal of a module. width_bits: 0 of a number (an int, which may be negative)."""

    name: str
    width_bits: int = 0


@dataclass(frozen=True)
class Shown:
    """An instance: its module, its parameters, the number of the harness's probe, and what it shows."""

    module: str
    instance: str
    probe: int
    parameters: tuple[tuple[str, int], ...]
    signals: tuple[Signal, ...]

    @property
    def ports(self) -> tuple[str, ...]:
        """The ports of its module."""
        return PORTS[self.module]


@dataclass(frozen=True)
class ShownLayer:
    """A layer, its scope, and the streams that it writes."""

    name: str
    scope: str
    shown: tuple[Shown, ...]


def shown_layers(flow: Dataflow, harness: HarnessContext) -> tuple[ShownLayer, ...]:
    """Every layer with streams that the RTL shows, in the order of the network."""
    probes = {probe.stream: probe for probe in harness.probes}
    events = {stream.name: name for name, stream in flow.events().items()}
    layers = []
    for block in flow.blocks:
        found: list[Shown] = []
        for stream in block.streams:
            if stream.name in probes:
                edge = flow.graph.edges[events[stream.name]] if stream.name in events else None
                found += _shown(stream, probes[stream.name], edge)
        if found:
            layers.append(ShownLayer(block.name, f"{SCOPE}{block.name}", tuple(found)))
    return tuple(layers)


def _shown(stream: Stream, probe: HarnessProbe, edge: Edge | None) -> Iterator[Shown]:
    if edge is not None and stream.raster is not None:
        yield from _map(stream.name, stream.raster, probe)
    elif edge is not None and stream.events is not None:
        yield from _events(stream.name, stream.events, probe, edge)
    else:
        width = (("WIDTH", probe.width_bits),)
        signals = (*_HANDSHAKE, Signal("data", probe.width_bits))
        yield Shown(WORDS, stream.name, probe.number, width, signals)


def _events(name: str, form: EventFormat, probe: HarnessProbe, edge: Edge) -> Iterator[Shown]:
    """One for each event that a word may hold."""
    axes = axes_of(edge)
    shape = tuple((key, value) for axis in axes for key, value in axis.parameters)
    places = tuple(Signal(axis.name) for axis in axes)
    for place in range(form.events_in_word):
        parameters = (
            ("WIDTH", probe.width_bits),
            ("ADDRESS_BITS", form.address_bits),
            ("COUNT_BITS", form.count_bits),
            ("SIGNED", int(form.count_type.signed)),
            ("PLACE", place),
            ("STEPS", edge.steps),
            *shape,
        )
        instance = name if form.events_in_word == 1 else f"{name}_{place}"
        numbers = (Signal("vector"), Signal("time_step"), Signal("address"), *places, Signal("count"))
        marks = (*_HANDSHAKE, Signal("is_event", 1), Signal("is_end", 1))
        yield Shown(EVENTS, instance, probe.number, parameters, (*marks, *numbers))


_HANDSHAKE = (Signal("valid", 1), Signal("ready", 1), Signal("blocked", 1))


@dataclass(frozen=True)
class Axis:
    """One axis of addresses: the place on it is address / stride % size."""

    name: str
    plural: str
    size: int
    stride: int

    @property
    def parameters(self) -> tuple[tuple[str, int], ...]:
        """Of asn_show_events."""
        return ((self.plural, self.size), (f"{self.name.upper()}_STRIDE", self.stride))


_NAMES = {"c": ("channel", "CHANNELS"), "y": ("row", "ROWS"), "x": ("column", "COLUMNS")}


def axes_of(edge: Edge) -> tuple[Axis, ...]:
    """The axes of addresses, as messages name them (Edge.place); none of a plain row of neurons."""
    letters = "cyx" if edge.is_map else AXES.get(len(edge.shape), "")
    if not letters:
        return ()
    sizes = dict(zip(letters, edge.image if edge.is_map else edge.shape, strict=True))
    order = "yxc" if edge.is_map else letters  # the last one changes fastest
    strides, stride = {}, 1
    for letter in reversed(order):
        strides[letter] = stride
        stride *= sizes[letter]
    return tuple(Axis(*_NAMES[letter], sizes[letter], strides[letter]) for letter in letters)


def _map(name: str, edge: Edge, probe: HarnessProbe) -> Iterator[Shown]:
    """Where each word belongs, then its lanes."""
    channels, height, width = edge.image
    parameters = (
        ("WIDTH", probe.width_bits),
        ("LANES", edge.lanes),
        ("STEPS", edge.word_steps),
        ("ROUNDS", edge.rounds),
        ("CHANNELS", channels),
        ("ROWS", height),
        ("COLUMNS", width),
    )
    numbers = map(Signal, ("vector", "time_step", "row", "column", "channel"))
    yield Shown(MAP, name, probe.number, parameters, (*_HANDSHAKE, Signal("is_word", 1), *numbers))
    for lane in range(edge.lanes):
        counted = (
            ("WIDTH", probe.width_bits),
            ("LANE", lane),
            ("COUNT_BITS", edge.fixed.width_bits),
            ("SIGNED", int(edge.fixed.signed)),
        )
        yield Shown(LANE, f"{name}_lane{lane}", probe.number, counted, (Signal("count"),))
