"""What a kind says of its hardware: config structs, ROMs, processes and streams, as data without
arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asn2fpga.graph.edge import Edge, EventFormat
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.roms import Rom

MAX_WORD_BITS = 8192  # of a packed word; 256 lanes of 32 bits
VITIS_WORD_BITS = 4096  # Vitis HLS takes no wider ap_uint (AP_INT_MAX_W)
S_AXIS, M_AXIS = "s_axis", "m_axis"
"""The network's own ports, AXI4-Streams."""


@dataclass(frozen=True)
class Constant:
    """`static const KIND NAME = VALUE;` in a config struct."""

    kind: str
    name: str
    value: str


@dataclass(frozen=True)
class TypeName:
    """`typedef TYPE NAME;` in a config struct, with the range or meaning as a comment."""

    type: str
    name: str
    comment: str = ""


@dataclass(frozen=True)
class Config:
    """A config struct, which a kernel of hw/hls is a template over. base: the struct of its defaults.

    level_values: the count of each level, where it fires levels.
    """

    name: str
    comment: str
    constants: tuple[Constant, ...] = ()
    types: tuple[TypeName, ...] = ()
    base: str = ""
    level_values: tuple[int, ...] = ()


@dataclass(frozen=True)
class Stream:
    """A FIFO of the top function between two processes. type: its C++ type; depth in words.

    events: the words it carries, if these are events; raster: the map, if they are those of one; else packed
    words or currents. words: of these in a
    time step, which all have room.
    """

    name: str
    type: str
    width_bits: int
    depth: int
    events: EventFormat | None = None
    words: int = 0
    raster: Edge | None = None


@dataclass(frozen=True)
class Process:
    """A function of its own that calls one kernel of hw/hls and runs concurrently with all others.

    header: the kernel's file; arguments: its template arguments; passes: streams in the order it takes them.
    in_any_order: it takes all of a time step of one stream before another one, whatever sends them.
    looks_back: it sends a time step before it takes that step of its only stream, which may come from a later
    process; read_type: the C++ type of that stream by a name of its own.
    rounds: times that the kernel runs in an inference.
    keeps_nothing: from call to call, so that processes that do the same may be calls of one function.
    function: the process whose function it calls, itself if that is empty (dataflow/share.py).
    """

    name: str
    kernel: str
    header: str
    arguments: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    passes: tuple[str, ...] = ()
    in_any_order: bool = False
    looks_back: bool = False
    read_type: str = ""
    rounds: int = 1
    keeps_nothing: bool = False
    function: str = ""

    @property
    def called_with(self) -> tuple[str, ...]:
        """The streams in the order in which the kernel takes them."""
        return self.passes or (*self.reads, *self.writes)


@dataclass(frozen=True)
class Block:
    """One node as hardware: `title` and `notes` become the comment above its C++.

    streams: those that its processes write, in order. word_bits: of its widest packed word.
    headers: files of hw/hls besides those of the processes' kernels.
    """

    name: str
    title: str
    source: str  # path of the module in the model
    notes: tuple[str, ...]
    configs: tuple[Config, ...]
    processes: tuple[Process, ...]
    streams: tuple[Stream, ...]
    word_bits: int
    roms: tuple[Rom, ...] = ()
    headers: tuple[str, ...] = field(default=())

    @property
    def config(self) -> str:
        """Name of the node's own config struct."""
        return config_name(self.name)

    @property
    def rom_file(self) -> str:
        """Name of the include file that holds the ROMs."""
        return f"{self.name}_roms.h"


def axis_type(bits: int) -> str:
    """The type of a port with words of so many bits."""
    return f"asn::AxisStream<{bits}>"


def config_name(node: str) -> str:
    """The config struct of a node."""
    return f"{node}_config"


def events_stream(node: str) -> str:
    """The stream of a node's events."""
    return f"{node}_events"


def currents_stream(node: str) -> str:
    """The stream of a node's currents."""
    return f"{node}_currents"


def counted(count: int, noun: str) -> str:
    """`1 lane`, `2 lanes`: for comments."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def integer(name: str, value: int) -> Constant:
    """An integer constant of a config struct."""
    return Constant("int", name, str(value))


def boolean(name: str, value: bool) -> Constant:
    """A truth value of a config struct."""
    return Constant("bool", name, "true" if value else "false")


def index_type(name: str, maximum: int) -> TypeName:
    """Narrowest unsigned type that counts 0..maximum."""
    return TypeName(FixedType.for_range(0, maximum).hls_name, name, f"0..{maximum}")


def value_type(name: str, fixed: FixedType) -> TypeName:
    """A value of type `fixed`."""
    return TypeName(fixed.hls_name, name, f"{fixed.min}..{fixed.max}")


def event_type(name: str, format_: EventFormat) -> TypeName:
    """The event word of a stream."""
    kind = "SignedEvent" if format_.count_type.signed else "Event"
    text = f"asn::{kind}<{format_.address_bits}, {format_.count_bits}>"
    if format_.events_in_word > 1:
        text = f"asn::Several<{text}, {format_.events_in_word}>"
    return TypeName(text, name, "address bits, count bits")


def packed_type(name: str, lanes: int, fixed: FixedType) -> TypeName:
    """A word of one value for each lane."""
    width = lanes * fixed.width_bits
    return TypeName(f"ap_uint<{width}>", name, f"{lanes} lanes of {fixed.width_bits} bits")


def stream_type(name: str, word: str) -> TypeName:
    """The type of a stream of words."""
    return TypeName(f"hls::stream<{word}>", name)
