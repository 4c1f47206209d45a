"""Processes and streams of a network. Code, probes, monitors, bounds, cost and messages are read from it.

Nobody else makes up the name of a stream: a node says what it writes, `lower` says what reads it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.hardware import M_AXIS, S_AXIS, Block, Process, Stream, axis_type, events_stream
from asn2fpga.kinds.nodes import port_widths


@dataclass(frozen=True, eq=False)
class Dataflow:
    """The hardware of `graph`: a block for each node, in its order, and forks where a stream has several
    readers.
    """

    graph: Graph
    blocks: tuple[Block, ...]

    @cached_property
    def streams(self) -> Mapping[str, Stream]:
        """Every FIFO by name, in the order in which their writers stand."""
        return {stream.name: stream for block in self.blocks for stream in block.streams}

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """All processes; each after those whose words it needs."""
        return tuple(process for block in self.blocks for process in block.processes)

    @cached_property
    def writers(self) -> Mapping[str, Process]:
        """The process that writes each stream, and m_axis."""
        return {stream: process for process in self.processes for stream in process.writes}

    @cached_property
    def readers(self) -> Mapping[str, Process]:
        """The process that reads each stream, and s_axis."""
        return {stream: process for process in self.processes for stream in process.reads}

    def processes_of(self, node: str) -> tuple[Process, ...]:
        """The processes of one node."""
        return next(block for block in self.blocks if block.name == node).processes

    def shows(self, node: str, streams: Container[str]) -> bool:
        """Whether every stream of a node's processes is among `streams`."""
        return all(
            stream in streams
            for process in self.processes_of(node)
            for stream in (*process.reads, *process.writes)
        )

    def events(self) -> Mapping[str, Stream]:
        """The stream of the events of each node that sends some, by the node's name."""
        return {
            block.name: self.streams[events_stream(block.name)]
            for block in self.blocks
            if events_stream(block.name) in self.streams
        }

    def hidden(self, streams: Container[str]) -> tuple[str, ...]:
        """Nodes whose events run on a stream that is not among `streams`: RTL of another engine may hide
        it.
        """
        return tuple(name for name, stream in self.events().items() if stream.name not in streams)

    def arriving_events(self, node: str) -> tuple[str, ...]:
        """The streams of events that a node takes from others."""
        processes = self.processes_of(node)
        own = {stream for process in processes for stream in process.writes}
        read = [stream for process in processes for stream in process.reads if stream not in own]
        found = ((stream, self.streams[stream]) for stream in read if stream in self.streams)
        return tuple(name for name, stream in found if stream.events or stream.raster)

    @property
    def port_types(self) -> Mapping[str, str]:
        """The C++ types of the network's own streams."""
        widths = port_widths(self.graph)
        return {S_AXIS: axis_type(widths.input), M_AXIS: axis_type(widths.output)}

    @property
    def ports(self) -> tuple[str, str]:
        """The network's own streams."""
        return S_AXIS, M_AXIS
