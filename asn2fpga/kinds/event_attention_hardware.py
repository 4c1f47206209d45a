"""Causal attention as C++ and as an estimate: values of a step as a word, a memory, sums and their events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    MAX_WORD_BITS,
    Block,
    Config,
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
from asn2fpga.kinds.sources.source import fifo_depth

if TYPE_CHECKING:
    from asn2fpga.kinds.event_attention import EventAttention

HEADER = "attention.h"
VALUES_DEPTH = 2  # words of the FIFO of values: those of this step and of the next one
# Fitted to Yosys' figures of two heads of 32 elements.
COLLECT, ATTEND, COMPRESS = (15, 10), (90, 60), (20, 12)  # LUT, FF of the processes besides their lanes
COLLECT_LUT_PER_BIT, COLLECT_FF_PER_BIT = 2.1, 2.0
MEMORY_LUT_PER_BIT, MEMORY_FF_PER_BIT = 3.0, 3.5
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 2.8, 2.2
SCANNER_LUT, SCANNER_LUT_PER_BIT = 1.0, 1.2  # for a lane; for a bit of its sum


def memory_type(node: EventAttention, edges: Sequence[Edge]) -> FixedType:
    """Of a lane of the memory."""
    return FixedType.for_range(*node.memory_range(edges))


def widest_word(node: EventAttention, edges: Sequence[Edge]) -> int:
    """Bits of the widest of its packed words: the values of all heads, a row, or the sums of a head."""
    row, sums = memory_type(node, edges).width_bits, node.output(edges).fixed.width_bits
    return max(node.size * edges[2].fixed.width_bits, node.head_size * max(row, sums))


def block(node: EventAttention, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, processes and streams. Raises UnsupportedError for words wider than tools take."""
    width = widest_word(node, edges)
    if width > MAX_WORD_BITS:
        raise UnsupportedError(
            f"{node.name}: a packed word must have at most {MAX_WORD_BITS} bits, not {width}; "
            f"use more heads than {node.heads}, or fewer elements than {node.size}."
        )
    sent = node.output(edges)
    return Block(
        name=node.name,
        title="attention over time steps, q (k^T v)",
        source=node.source,
        notes=(
            *(
                f"{what} {source}: {edge.size} counts {edge.fixed}"
                for what, source, edge in zip(
                    ("queries", "keys", "values"), wiring.sources, edges, strict=True
                )
            ),
            f"{counted(node.heads, 'head')} of {node.head_size}, {counted(edges[0].steps, 'time step')}, "
            f"memory {memory_type(node, edges)}, sums {sent.fixed}",
        ),
        configs=(_config(node, edges, wiring),),
        processes=_processes(node, wiring),
        streams=_streams(node, edges),
        word_bits=width,
    )


def _config(node: EventAttention, edges: Sequence[Edge], wiring: Wiring) -> Config:
    sent = node.output(edges)
    events = (
        TypeName(f"{config_name(source)}::output_event", f"{what}_event")
        for what, source in zip(("query", "key", "value"), wiring.sources, strict=True)
    )
    return Config(
        name=config_name(node.name),
        comment="",
        constants=(
            integer("time_steps", edges[0].steps),
            integer("heads", node.heads),
            integer("head_size", node.head_size),
            integer("rows", node.size),
            integer("fire_lanes", node.head_size),
            integer("fire_groups", node.heads),
        ),
        types=(
            *events,
            value_type("memory_t", memory_type(node, edges)),
            packed_type("row_word_t", node.head_size, memory_type(node, edges)),
            packed_type("values_word_t", node.size, edges[2].fixed),
            index_type("head_index_t", node.heads),
            index_type("fire_count_t", node.heads),
            index_type("step_index_t", edges[0].steps - 1),
            value_type("count_t", sent.fixed),
            packed_type("counts_word_t", node.head_size, sent.fixed),
            event_type("output_event", sent.format),
            stream_type("values_t", "values_word_t"),
            stream_type("sums_t", "counts_word_t"),
            stream_type("events_t", "output_event::word_t"),
        ),
    )


def _processes(node: EventAttention, wiring: Wiring) -> tuple[Process, ...]:
    name, config = node.name, (config_name(node.name),)
    queries, keys, values = wiring.reads
    dense, sums = f"{name}_values", f"{name}_sums"
    return (
        Process(f"{name}_collect", "collect_values", HEADER, config, (values,), (dense,)),
        Process(
            name=f"{name}_attend",
            kernel="attend",
            header=HEADER,
            arguments=config,
            reads=(dense, queries, keys),
            writes=(sums,),
            passes=(sums, dense, queries, keys),
            in_any_order=True,
        ),
        Process(f"{name}_compress", "compress", "compress.h", config, (sums,), (events_stream(name),)),
    )


def _streams(node: EventAttention, edges: Sequence[Edge]) -> tuple[Stream, ...]:
    name, config, sent = node.name, config_name(node.name), node.output(edges)
    values = node.size * edges[2].fixed.width_bits
    sums = node.head_size * sent.fixed.width_bits
    depth = fifo_depth(node.size)
    return (
        Stream(f"{name}_values", f"{config}::values_t", values, VALUES_DEPTH, words=1),
        Stream(f"{name}_sums", f"{config}::sums_t", sums, max(2, node.heads), words=node.heads),
        Stream(events_stream(name), f"{config}::events_t", sent.format.width_bits, depth, sent.format),
    )


def cost(node: EventAttention, edges: Sequence[Edge]) -> Resources:
    """The word of values, the memory and what adds to its rows, the sums, and the scanner that sends them."""
    queries, keys, values = edges
    row, sums = memory_type(node, edges).width_bits, node.output(edges).fixed.width_bits
    remembered = multiplier(keys.fixed.width_bits, values.fixed.width_bits).plus(
        fabric((MEMORY_LUT_PER_BIT * row, MEMORY_FF_PER_BIT * row))
    )
    asked = multiplier(queries.fixed.width_bits, row).plus(
        fabric((SUM_LUT_PER_BIT * sums, SUM_FF_PER_BIT * sums))
    )
    scanned = Resources(lut=SCANNER_LUT + SCANNER_LUT_PER_BIT * sums, ff=1 + sums)
    value_bits = node.size * values.fixed.width_bits
    return total(
        [
            fabric(COLLECT),
            fabric((COLLECT_LUT_PER_BIT * value_bits, COLLECT_FF_PER_BIT * value_bits)),
            fifo_resources(VALUES_DEPTH, value_bits),
            fabric(ATTEND),
            memory_resources(Memory(node.size, node.head_size * row, rom=False)),
            remembered.plus(asked).plus(scanned).times(node.head_size),
            fabric(COMPRESS),
            fifo_resources(max(2, node.heads), node.head_size * sums),
        ]
    )
