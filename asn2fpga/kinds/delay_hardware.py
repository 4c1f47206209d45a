"""Delayed events as C++, as an estimate, and when they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Constant,
    Process,
    Stream,
    TypeName,
    config_name,
    counted,
    event_type,
    events_stream,
    index_type,
    integer,
    packed_type,
    stream_type,
    value_type,
)
from asn2fpga.kinds.neurons.graded_hardware import compress_cost
from asn2fpga.kinds.roms import Rom, group_lanes, rom
from asn2fpga.kinds.sources.source import fifo_depth
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.delay_line import DelayLine

PROCESS = (70, 60)  # LUT, FF besides its words
LANE_LUT_PER_BIT, LANE_FF_PER_BIT = 2.0, 1.0


def block(node: DelayLine, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Config, ROMs, two processes and their streams."""
    (edge,), (source,) = edges, wiring.sources
    sent, name, config = node.output(edges), node.name, config_name(node.name)
    counts, format_ = f"{name}_counts", sent.format
    bits = node.lanes * sent.fixed.width_bits
    return Block(
        name=name,
        title="events some time steps later",
        source=node.source,
        notes=(
            f"{source}: {node.neurons} counts {edge.fixed}, {_said(as_integer(node.delays))} later",
            f"{node.neurons} neurons {sent.fixed}, {counted(node.lanes, 'neuron')} in a word",
        ),
        configs=(_config(node, edge, source),),
        processes=(
            _ring(node, wiring, counts),
            Process(
                f"{name}_compress", "compress", "compress.h", (config,), (counts,), (events_stream(name),)
            ),
        ),
        streams=(
            Stream(counts, f"{config}::counts_t", bits, max(2, node.words), words=node.words),
            Stream(
                events_stream(name),
                f"{config}::events_t",
                format_.width_bits,
                fifo_depth(format_.neurons),
                format_,
            ),
        ),
        word_bits=bits,
        roms=_roms(node, edge),
    )


def _ring(node: DelayLine, wiring: Wiring, counts: str) -> Process:
    return Process(
        name=f"{node.name}_delay",
        kernel="delay_in_loop" if node.closes_a_loop else "delay",
        header="delay.h",
        arguments=(config_name(node.name),),
        reads=tuple(wiring.reads),
        writes=(counts,),
        looks_back=node.closes_a_loop,
        read_type=f"{config_name(node.name)}::input_t",
    )


def _said(delays: IntArray) -> str:
    low, high = int(delays.min()), int(delays.max())
    return counted(low, "time step") if low == high else f"{low} to {high} time steps"


def _varies(node: DelayLine) -> bool:
    return len(set(as_integer(node.delays).tolist())) > 1


def _config(node: DelayLine, edge: Edge, source: str) -> Config:
    sent, name = node.output([edge]), node.name
    return Config(
        config_name(name),
        "",
        _constants(node, edge),
        (
            *_read_types(node, edge, source),
            TypeName(f"{name}_delays" if _varies(node) else "asn::NoRom", "delays"),
            TypeName(f"{name}_fills" if node.fill(edge) else "asn::NoRom", "fills"),
            index_type("ring_index_t", node.first_cycles - 1),
            index_type("fire_count_t", node.words),
            index_type("step_index_t", edge.time_steps - 1),
            event_type("output_event", sent.format),
            value_type("count_t", sent.fixed),
            packed_type("counts_word_t", node.lanes, sent.fixed),
            stream_type("counts_t", "counts_word_t"),
            stream_type("events_t", "output_event::word_t"),
        ),
    )


def _read_types(node: DelayLine, edge: Edge, source: str) -> tuple[TypeName, ...]:
    """Of the events read: those of its source, or its own where that comes later."""
    if not node.closes_a_loop:
        return (TypeName(f"{config_name(source)}::output_event", "input_event"),)
    return (event_type("input_event", edge.format), stream_type("input_t", "input_event::word_t"))


def _constants(node: DelayLine, edge: Edge) -> tuple[Constant, ...]:
    return (
        integer("time_steps", edge.time_steps),
        integer("fire_lanes", node.lanes),
        integer("lane_bits", node.lanes.bit_length() - 1),
        integer("fire_groups", node.words),
        integer("slot_bits", node.slot_bits),
        integer("delay", 0 if _varies(node) else int(as_integer(node.delays)[0])),
        integer("fill", node.fill(edge)),
    )


def _roms(node: DelayLine, edge: Edge) -> tuple[Rom, ...]:
    """The delay of each neuron, if they differ; by words of the ring, if it does not begin with zeros."""
    delays, bits, found = as_integer(node.delays), node.slot_bits, []
    if _varies(node):
        found.append(rom(f"{node.name}_delays", "one delay a neuron", delays.reshape(-1, 1), bits))
    if node.fill(edge):
        words = group_lanes(delays, node.lanes)
        found.append(rom(f"{node.name}_fills", f"{node.lanes} lanes of delays", words, bits))
    return tuple(found)


def cost(node: DelayLine, edges: Sequence[Edge]) -> Resources:
    """The ring, a memory for each lane; the delays; the process, and the one that looks for events."""
    bits = node.output(edges).fixed.width_bits
    ring = memory_resources(Memory(node.first_cycles, bits, rom=False)).times(node.lanes)
    lanes = fabric((LANE_LUT_PER_BIT * bits, LANE_FF_PER_BIT * bits)).times(node.lanes)
    roms = [Memory(made.rows, made.width_bits, rom=True) for made in _roms(node, edges[0])]
    scanner = compress_cost(bits, node.neurons, node.lanes)
    return total([fabric(PROCESS), ring, lanes, scanner, *map(memory_resources, roms)])


def flow(node: DelayLine, arrival: Arrival, sent: Demand, overheads: Overheads) -> Flow:
    """What is due at a time step leaves once it has come in."""
    assert arrival.demand is not None
    taken = arrival.demand.bursts + 1
    free = compressed = np.zeros(len(taken), np.int64)
    first, last = [], []
    for step in range(taken.shape[1]):
        begin = np.maximum(arrival.flow.first[:, step], free)
        ready = np.maximum(arrival.flow.last[:, step], begin + taken[:, step])
        scan = sent.scan[:, step] + 1
        compressed = np.maximum(ready + np.maximum(node.words, scan), compressed + scan) + overheads.handover
        first.append(ready + overheads.handover)
        last.append(compressed)
        free = ready + node.words
    return Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(overheads.handover)


def flow_in_loop(node: DelayLine, arrival: Arrival, sent: Demand, overheads: Overheads) -> Flow:
    """What is due at a time step leaves once all of the step before has come in."""
    assert arrival.demand is not None
    taken = arrival.demand.bursts + 1
    ready = np.full(len(taken), node.first_cycles, np.int64)
    compressed = np.zeros(len(taken), np.int64)
    first, last = [], []
    for step in range(taken.shape[1]):
        scan = sent.scan[:, step] + 1
        compressed = np.maximum(ready + np.maximum(node.words, scan), compressed + scan) + overheads.handover
        first.append(ready + overheads.handover)
        last.append(compressed)
        begin = np.maximum(arrival.flow.first[:, step], ready + node.words)
        ready = np.maximum(arrival.flow.last[:, step], begin + taken[:, step])
    return Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(overheads.handover)
