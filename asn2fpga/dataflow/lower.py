"""From the integer graph to its dataflow: the blocks of all nodes, forks, and depths of the FIFOs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.dataflow.depths import with_depths
from asn2fpga.dataflow.map_depths import with_map_depths
from asn2fpga.dataflow.share import with_shared_functions
from asn2fpga.dataflow.verify import check_dataflow
from asn2fpga.dataflow.waiting import with_waiting
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.contract import Foldable, IntegerNode, Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Process,
    Stream,
    currents_stream,
    event_type,
    events_stream,
    integer,
)
from asn2fpga.kinds.nodes import integer_nodes

Readers = dict[str, list[str]]


def lower(graph: Graph) -> Dataflow:
    """The hardware of an integer graph that obeys all rules; UnsupportedError for what has no kernel."""
    readers = _readers(graph)
    blocks, reads = [], {}
    for node in integer_nodes(graph):
        wiring = _wiring(graph, node, readers)
        reads[node.name] = wiring.reads
        block = _in_rounds(node.block(graph.edges_into(node), wiring), graph.edges_into(node))
        for stream in (events_stream(node.name), currents_stream(node.name)):
            if len(readers.get(stream, ())) > 1:
                block = _forked(block, graph, stream, readers[stream])
        blocks.append(block)
    blocks = [with_shared_functions(block) for block in blocks]
    found = with_map_depths(with_waiting(with_depths(Dataflow(graph, tuple(blocks))), reads), reads)
    check_dataflow(found)
    return found


def _in_rounds(block: Block, edges: Sequence[Edge]) -> Block:
    """The block of a node that reads maps step by step: its kernels run once for each time step."""
    rounds = max((edge.rounds for edge in edges if edge.lanes), default=1)
    processes = tuple(dataclasses.replace(process, rounds=rounds) for process in block.processes)
    return dataclasses.replace(block, processes=processes) if rounds > 1 else block


def _stream_read(node: Node, position: int) -> str:
    name = node.inputs[position]
    return currents_stream(name) if node.reads(position) == "currents" else events_stream(name)


def _readers(graph: Graph) -> Readers:
    """The nodes that read each stream."""
    found: Readers = {}
    for node in integer_nodes(graph):
        for position in range(len(node.inputs)):
            if not node.keeps(position):
                found.setdefault(_stream_read(node, position), []).append(node.name)
    return found


def _wiring(graph: Graph, node: IntegerNode, readers: Readers) -> Wiring:
    reads: list[str] = []
    copies = {stream: iter(copy_names(stream, readers[stream], node.name)) for stream in readers}
    for position in range(len(node.inputs)):
        if not node.keeps(position):
            stream = _stream_read(node, position)
            reads.append(next(copies[stream]) if len(readers[stream]) > 1 else stream)
    return Wiring(
        reads=tuple(reads),
        sources=node.inputs,
        sends_events=events_stream(node.name) in readers,
        sends_currents=currents_stream(node.name) in readers,
    )


def copy_names(stream: str, readers: list[str], reader: str) -> list[str]:
    """The copies of a forked stream that one reader takes: one, or more if it reads the layer several
    times.
    """
    count = readers.count(reader)
    return [f"{stream}_to_{reader}" + (f"_again{number}" if number else "") for number in range(count)]


def _forked(block: Block, graph: Graph, stream: str, readers: list[str]) -> Block:
    """The block with a process that copies a stream for each of its readers."""
    original = next(found for found in block.streams if found.name == stream)
    names = [name for reader in dict.fromkeys(readers) for name in copy_names(stream, readers, reader)]
    copies = tuple(dataclasses.replace(original, name=name) for name in names)
    suffix = "fork" if original.events or original.raster else "currents_fork"
    config = _fork_config(block, graph, original, suffix)
    process = Process(
        name=f"{block.name}_{suffix}",
        kernel="fork" if original.events else "fork_words",
        header="fork.h",
        arguments=(config.name,),
        reads=(stream,),
        writes=tuple(copy.name for copy in copies),
    )
    return dataclasses.replace(
        block,
        configs=(*block.configs, config),
        processes=(*block.processes, process),
        streams=(*block.streams, *copies),
    )


def _fork_config(block: Block, graph: Graph, stream: Stream, suffix: str) -> Config:
    name = f"{block.name}_{suffix}_config"
    if stream.raster is not None:
        return Config(name, "", (integer("words", stream.raster.words_per_inference),), ())
    if stream.events is not None:
        steps = integer("steps", graph.edges[block.name].steps)
        return Config(name, "", (steps,), (event_type("output_event", stream.events),))
    sums = graph.currents[block.name]
    node = graph[block.name]
    assert isinstance(node, Foldable), "currents are words of sums, and only nodes with lanes have sums"
    words = sums.words_per_inference if sums.is_map else sums.steps * node.groups
    return Config(name, "", (integer("words", words),), ())
