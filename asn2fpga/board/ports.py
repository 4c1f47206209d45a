"""The ports of the accelerator and of its core, for descriptions that other tools read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from asn2fpga.rtl import MONITOR_BITS, RtlDesign

Direction = Literal["in", "out"]
Interface = Literal["axi_lite", "stream"]


@dataclass(frozen=True)
class Port:
    """One port. logical: its name in the definition of its bus, empty of one without a bus."""

    name: str
    direction: Direction
    width_bits: int
    text: str
    logical: str = ""
    bus: str = ""


@dataclass(frozen=True)
class Bus:
    """A bus that the accelerator has. is_target: it is driven by who sends to it."""

    name: str
    interface: Interface
    is_target: bool
    text: str


BUSES = (
    Bus("s_axi", "axi_lite", True, "registers"),
    Bus("s_axis", "stream", True, "input messages"),
    Bus("m_axis", "stream", False, "output messages"),
)
ADDRESS_BITS = 12

_AXI_LITE: tuple[tuple[str, Direction, int, str], ...] = (
    ("awaddr", "in", ADDRESS_BITS, "address of a write, in bytes"),
    ("awvalid", "in", 1, ""),
    ("awready", "out", 1, ""),
    ("wdata", "in", 32, ""),
    ("wstrb", "in", 4, "all ones; a write of less than the word is not done"),
    ("wvalid", "in", 1, ""),
    ("wready", "out", 1, ""),
    ("bresp", "out", 2, "always OKAY"),
    ("bvalid", "out", 1, ""),
    ("bready", "in", 1, ""),
    ("araddr", "in", ADDRESS_BITS, "address of a read, in bytes"),
    ("arvalid", "in", 1, ""),
    ("arready", "out", 1, ""),
    ("rdata", "out", 32, ""),
    ("rresp", "out", 2, "always OKAY"),
    ("rvalid", "out", 1, ""),
    ("rready", "in", 1, ""),
)


def accelerator_ports(input_bits: int, output_bits: int) -> tuple[Port, ...]:
    """The ports of asn2fpga_accelerator, in order."""
    clocked = (
        Port("clk", "in", 1, "clock of everything; rising edge"),
        Port("rst_n", "in", 1, "reset, synchronous, low for one cycle at least"),
    )
    lite = (
        Port(f"s_axi_{name}", direction, bits, text, name.upper(), "s_axi")
        for name, direction, bits, text in _AXI_LITE
    )
    return (*clocked, *lite, *_stream("s_axis", input_bits), *_stream("m_axis", output_bits))


def _stream(bus: str, bits: int) -> Iterator[Port]:
    """tkeep: ignored of the input, all ones of the output."""
    forward: Direction = "in" if bus == "s_axis" else "out"
    back: Direction = "out" if bus == "s_axis" else "in"
    ignored = "ignored: messages are whole words" if bus == "s_axis" else "all ones"
    yield Port(f"{bus}_tdata", forward, bits, "", "TDATA", bus)
    yield Port(f"{bus}_tkeep", forward, bits // 8, ignored, "TKEEP", bus)
    yield Port(f"{bus}_tvalid", forward, 1, "", "TVALID", bus)
    yield Port(f"{bus}_tready", back, 1, "", "TREADY", bus)
    yield Port(f"{bus}_tlast", forward, 1, "set on the last word of a message", "TLAST", bus)


def core_ports(core: RtlDesign) -> tuple[Port, ...]:
    """The ports of the core, which is all there is without the registers; streams in capital letters."""
    ports = [
        Port("ap_clk", "in", 1, "clock; rising edge"),
        Port("ap_rst_n", "in", 1, "reset, synchronous, low for one cycle at least"),
    ]
    for bus, bits in (("s_axis", core.input_bits), ("m_axis", core.output_bits)):
        forward: Direction = "in" if bus == "s_axis" else "out"
        back: Direction = "out" if bus == "s_axis" else "in"
        ignored = "ignored" if bus == "s_axis" else "all ones"
        ports += [
            Port(f"{bus}_TDATA", forward, bits, ""),
            Port(f"{bus}_TVALID", forward, 1, ""),
            Port(f"{bus}_TREADY", back, 1, ""),
            Port(f"{bus}_TLAST", forward, 1, "set on the last word of an inference"),
            Port(f"{bus}_TKEEP", forward, bits // 8, ignored),
            Port(f"{bus}_TSTRB", forward, bits // 8, ignored),
        ]
    if core.monitor:
        text = f"{MONITOR_BITS} bits for each stream, see below"
        ports.append(Port("monitor", "out", MONITOR_BITS * len(core.monitor), text))
    return tuple(ports)
