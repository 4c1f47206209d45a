"""A whole design: instances of processes, and the FIFOs that join them."""

from __future__ import annotations

from dataclasses import dataclass, field

from asn2fpga.device.binding import XILINX, Fabric
from asn2fpga.engine.ir.process import Port, Process

START, DONE = "ap_start", "ap_done"  # ports of a process that runs once per call
DEFAULT_DEPTH = 2


@dataclass(frozen=True)
class Instance:
    """A process, what this copy of it is called, and the stream or value at each of its ports."""

    name: str
    process: Process
    streams: dict[str, str]
    constants: dict[str, int] = field(default_factory=dict)  # arguments that the C++ gives


@dataclass(frozen=True)
class Fifo:
    """A stream between two processes."""

    name: str
    width: int
    depth: int
    fabric: Fabric = XILINX


@dataclass(frozen=True)
class Dataflow:
    """The whole design; with `handshake`, ap_start starts each process once, else they run for ever.

    `buffers`: FIFOs between a process and an output of the top function, of those the process asks for room.
    A partner may be willing now and not any more a cycle later; a FIFO that has room keeps it.
    """

    top: str
    location: str
    instances: tuple[Instance, ...]
    fifos: tuple[Fifo, ...]
    ports: dict[str, Port]
    handshake: bool
    buffers: dict[str, Fifo] = field(default_factory=dict)  # by output
    stems: dict[str, str] = field(default_factory=dict)  # of each stream, what its signals begin with

    @property
    def all_fifos(self) -> tuple[Fifo, ...]:
        """Those between processes, and those at outputs."""
        return (*self.fifos, *self.buffers.values())

    @property
    def processes(self) -> tuple[Process, ...]:
        """Every process once, in the order of the first calls."""
        return tuple({instance.process.name: instance.process for instance in self.instances}.values())
