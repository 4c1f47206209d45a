"""What the templates see of a layer: names, constants, types, ROMs, streams, processes; no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.codegen.roms import Rom


@dataclass(frozen=True)
class Constant:
    """`static const KIND NAME = VALUE;` in the layer's config struct."""

    kind: str
    name: str
    value: str


@dataclass(frozen=True)
class TypeName:
    """`typedef TYPE NAME;` in the layer's config struct, with the range or meaning as a comment."""

    type: str
    name: str
    comment: str = ""


@dataclass(frozen=True)
class Stream:
    """A FIFO in the top function, named after the layer; `type` is the name of the stream's C++ type."""

    name: str
    type: str
    depth: int


@dataclass(frozen=True)
class Port:
    """One end of a process: a stream, or an AXI4-Stream of the top function."""

    name: str
    type: str


@dataclass(frozen=True)
class Process:
    """A function of its own that calls one kernel of hw/hls and runs concurrently with all others."""

    name: str
    kernel: str
    config: str
    source: Port
    sink: Port


@dataclass(frozen=True)
class LayerBlock:
    """One layer as C++: `title` and `notes` become the comment above it."""

    name: str
    title: str
    source: str  # path of the module in the model
    notes: tuple[str, ...]
    constants: tuple[Constant, ...]
    types: tuple[TypeName, ...]
    processes: tuple[Process, ...]
    streams: tuple[Stream, ...]
    word_bits: int  # of the widest packed word
    roms: tuple[Rom, ...] = ()
    level_values: tuple[int, ...] = ()

    @property
    def config(self) -> str:
        """Name of the config struct."""
        return f"{self.name}_config"

    @property
    def rom_file(self) -> str:
        """Name of the include file that holds the ROMs."""
        return f"{self.name}_roms.h"
