"""From a map to events: as C++, as an estimate, and when."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Process,
    Stream,
    TypeName,
    config_name,
    event_type,
    events_stream,
    integer,
    stream_type,
)
from asn2fpga.kinds.maps.pixel_flow import EARLY
from asn2fpga.kinds.maps.raster import MAP_DEPTH, map_config, map_name, parts_of_words
from asn2fpga.kinds.sources.source import fifo_depth
from asn2fpga.kinds.timing import BARE, Arrival, Demand, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.unroll import Unroll

HEADER, BY_CHANNEL, SPLIT = "maps/map_events.h", "maps/channel_events.h", "maps/split_words.h"
# Fitted to Yosys' figures of generated designs (benchmarks/map_area.py).
SCAN = (20, 6)  # LUT, FF besides the lanes of a word
LANE_LUT_PER_DOUBLING, FF_PER_BIT = 1.2, 1.5
SORT = (44, 20)
SPLIT_WORDS = (20, 15)  # LUT, FF besides the word that is split


@dataclass(frozen=True)
class _Step:
    """A process on the way from words to events. stream: what it writes; map: the config of its words."""

    process: Process
    configs: tuple[Config, ...]
    stream: Stream
    map: str


def block(node: Unroll, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Config, processes and streams: with several time steps a map is sorted by these first."""
    (edge,), (read,), (source,) = edges, wiring.reads, wiring.sources
    steps: list[_Step] = []
    scanned = map_name(source)
    if node.order == "pixels" and edge.word_steps > 1:
        steps.append(_sort(node, edge, read, scanned))
        read = steps[-1].stream.name
    if node.order == "pixels" and parts_of_words(edge) > 1:
        steps.append(_split(node, edge, read, scanned))
        read, scanned = steps[-1].stream.name, steps[-1].map
    steps.append(_scan(node, edge, read, scanned))
    channels, height, width = edge.image
    return Block(
        name=node.name,
        title="a map as events",
        source=node.source,
        notes=(
            f"{source}: {channels} x {height} x {width} counts {edge.fixed}, in the order of {node.order}",
        ),
        configs=tuple(config for step in steps for config in step.configs),
        processes=tuple(step.process for step in steps),
        streams=tuple(step.stream for step in steps),
        word_bits=edge.lanes * edge.fixed.width_bits,
    )


def _sort(node: Unroll, edge: Edge, read: str, words: str) -> _Step:
    """Words by time step."""
    name = f"{node.name}_sorted"
    config = Config(f"{name}_config", "", types=(TypeName(words, "input"),))
    process = Process(f"{node.name}_sort", "sort_steps", HEADER, (config.name,), (read,), (name,))
    return _Step(process, (config,), _words(name, words, edge), words)


def sort_cycles(edge: Edge) -> int:
    """Cycles in which words are sorted by time step: they come, and those of all but the first then leave;
    0 where they come in that order.
    """
    words, steps = edge.words_per_inference, edge.word_steps
    return words + words * (steps - 1) // steps if steps > 1 else 0


def _split(node: Unroll, edge: Edge, read: str, words: str) -> _Step:
    """Words in parts that are looked through in a cycle."""
    name = f"{node.name}_parts"
    parts = dataclasses.replace(edge, lanes=edge.lanes // parts_of_words(edge))
    config = Config(
        f"{name}_config", "", types=(TypeName(words, "input"), TypeName(map_name(name), "output"))
    )
    process = Process(f"{node.name}_split", "split_words", SPLIT, (config.name,), (read,), (name,))
    return _Step(
        process, (map_config(name, parts), config), _words(name, map_name(name), parts), map_name(name)
    )


def _words(name: str, words: str, edge: Edge) -> Stream:
    return Stream(name, f"{words}::stream_t", edge.lanes * edge.fixed.width_bits, MAP_DEPTH)


def _scan(node: Unroll, edge: Edge, read: str, words: str) -> _Step:
    """The events of words."""
    format_, name, sent = node.output([edge]).format, config_name(node.name), events_stream(node.name)
    config = Config(
        name=name,
        comment="",
        constants=(integer("channels", edge.image[0]),),
        types=(
            TypeName(words, "input"),
            event_type("output_event", format_),
            stream_type("events_t", "output_event::word_t"),
        ),
    )
    by_channel = node.order == "channels"
    kernel, header = ("channel_events", BY_CHANNEL) if by_channel else ("map_events", HEADER)
    process = Process(f"{node.name}_scan", kernel, header, (name,), (read,), (sent,))
    stream = Stream(sent, f"{name}::events_t", format_.width_bits, fifo_depth(format_.neurons), format_)
    return _Step(process, (config,), stream, words)


def cost(node: Unroll, edges: Sequence[Edge]) -> Resources:
    """The process; with several time steps both halves of a memory for the map, by channels the whole."""
    (edge,) = edges
    splits = parts_of_words(edge) if node.order == "pixels" else 1
    parts = [_scan_cost(max(1, edge.lanes // splits), edge.fixed.width_bits)]
    if splits > 1:
        bits = edge.lanes * edge.fixed.width_bits
        parts += [fabric(SPLIT_WORDS), fabric((bits, bits))]
    if edge.word_steps > 1 or node.order == "channels":
        parts.append(fabric(SORT))
        halves = 1 if node.order == "channels" else 2
        words = Memory(
            halves * edge.words_per_inference, max(1, edge.lanes) * edge.fixed.width_bits, rom=False
        )
        parts.append(memory_resources(words))
    return total(parts)


def _scan_cost(lanes: int, count_bits: int) -> Resources:
    """Of the process that finds which lanes of a word hold a count."""
    found = Resources(
        lut=LANE_LUT_PER_DOUBLING * lanes * math.log2(lanes), ff=FF_PER_BIT * lanes * count_bits
    )
    return fabric(SCAN).plus(found)


def flow(
    node: Unroll, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
) -> tuple[Flow, Flow]:
    """Events follow the pixels; later time steps wait for the whole map, and by channels all of them do."""
    assert sent is not None
    (arrival,) = arrivals
    if arrival.edge.by_step:
        return _flow_by_step(arrival, sent, overheads)
    by_channel = node.order == "channels"
    scan = np.full_like(sent.scan, node.neurons + 1) if by_channel else sent.scan + 1
    begin, end = arrival.flow.first[:, 0], arrival.flow.last[:, -1]
    if overheads != BARE:
        begin = np.maximum(begin, 0)  # words of padding alone are there before the input
    there = end
    if overheads == BARE and arrival.edge.steps > 1:  # the words of later steps may come long after
        there = arrival.flow.last[:, -2] if arrival.flow.last.shape[1] > 1 else np.zeros_like(end)
    ends = [end + scan[:, 0] if by_channel else np.maximum(begin + scan[:, 0], there + 1)]
    for step in range(1, scan.shape[1]):
        ends.append(np.maximum(ends[-1], end) + scan[:, step])
    last = np.stack(ends, axis=1)
    first = np.maximum(last - scan, begin[:, None])
    if not by_channel:  # those of the first step come with the first pixels, long before the last
        first[:, 0] = begin
    found = Flow(first, last).later(overheads.handover)
    return found, found


def _flow_by_step(arrival: Arrival, sent: Demand, overheads: Overheads) -> tuple[Flow, Flow]:
    """Events of a time step follow the pixels of its map."""
    there = arrival.flow.last if overheads != BARE else arrival.flow.first  # the last rows may hold nothing
    done = np.full(len(there), EARLY if overheads == BARE else 0, np.int64)
    first, last = [], []
    for step in range(sent.scan.shape[1]):
        begin = np.maximum(done, arrival.flow.first[:, step])
        done = np.maximum(begin + sent.scan[:, step], there[:, step]) + 1 + overheads.restart
        first.append(begin)
        last.append(done)
    found = Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(overheads.handover)
    return found, found
