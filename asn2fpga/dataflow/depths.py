"""Depths of FIFOs on paths that part and meet again: room for a time step, so that neither path waits for the
other.

Only where a population reads one layer twice, or attention reads queries and keys, is that needed to get
through; elsewhere it is for speed (docs/spec/dataflow.md).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.hardware import Block, Process, Stream

DEEPEST = 1024


def with_depths(flow: Dataflow) -> Dataflow:
    """The dataflow with deeper FIFOs where a reader takes the stream beside one that comes from it."""
    deeper: dict[str, int] = {}
    for process in flow.processes:
        for stream in process.reads:
            if stream in flow.streams and waits_for_a_step(flow, process, stream):
                deeper[stream] = words_of_a_step(flow, stream)
            elif stream in flow.streams and _is_short_cut(flow, process, stream):
                deeper[stream] = max(flow.streams[stream].depth, min(DEEPEST, words_of_a_step(flow, stream)))
    blocks = tuple(_with(block, deeper) for block in flow.blocks)
    return dataclasses.replace(flow, blocks=blocks)


def _is_short_cut(flow: Dataflow, process: Process, stream: str) -> bool:
    """Whether the process also reads something that another node made from what the stream carries."""
    start, own = node_of(flow, stream), node_of_process(flow, process)
    others = (node_of(flow, other) for other in process.reads if other != stream and other in flow.streams)
    return any(reaches(flow.graph, start, other) for other in others if other != own)


def node_of(flow: Dataflow, stream: str) -> str:
    """The node that sends what a stream carries."""
    return node_of_process(flow, flow.writers[stream])


def node_of_process(flow: Dataflow, process: Process) -> str:
    """The node that a process is a part of."""
    return next(block.name for block in flow.blocks if process in block.processes)


def reaches(graph: Graph, start: str, end: str) -> bool:
    """Whether a path leads from one node to the other, other than none at all and not back through a loop."""
    seen, pending = set[str](), [start]
    while pending:
        for reader in graph.consumers(pending.pop()):
            if reader.delay(0):
                continue
            if reader.name == end:
                return True
            if reader.name not in seen:
                seen.add(reader.name)
                pending.append(reader.name)
    return False


def waits_for_a_step(flow: Dataflow, process: Process, stream: str) -> bool:
    """Whether the process may leave all words of a time step where they are until it has those of another
    stream.
    """
    is_late = process.in_any_order and flow.streams[stream].events is not None
    return is_late or is_read_again(flow, process, stream)


def is_read_again(flow: Dataflow, process: Process, stream: str) -> bool:
    """Whether the process takes the same words from another stream before this one: then all of a time step
    wait.
    """
    earlier = process.reads[: process.reads.index(stream)]
    return any(
        flow.writers[other] is flow.writers[stream]
        and flow.streams[other].events == flow.streams[stream].events
        and flow.streams[other].raster == flow.streams[stream].raster
        for other in earlier
        if other in flow.streams
    )


def words_of_a_step(flow: Dataflow, stream: str) -> int:
    """Room for all words that a stream can carry in a time step, a power of two."""
    found: Stream = flow.streams[stream]
    words = found.depth if found.events is None else found.events.neurons + 1
    return max(found.depth, 1 << (words - 1).bit_length())


def _with(block: Block, deeper: Mapping[str, int]) -> Block:
    streams = tuple(
        dataclasses.replace(stream, depth=deeper.get(stream.name, stream.depth)) for stream in block.streams
    )
    return dataclasses.replace(block, streams=streams)
