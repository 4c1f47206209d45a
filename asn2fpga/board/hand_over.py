"""What goes with the RTL to other tools: file lists, descriptions, scripts for Vivado.

All lie in DIR/rtl, with paths relative to it; none of them is needed by a build.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.board.ports import BUSES, Bus, Port, accelerator_ports, core_ports
from asn2fpga.board.registers import HEADER, header_text, memory_map_text
from asn2fpga.board.spec import BoardSpec
from asn2fpga.board.vivado import OLDEST
from asn2fpga.board.wrapper import MODULE, REGISTERS_JSON
from asn2fpga.codegen.render import render
from asn2fpga.rtl import MONITOR_BITS, RtlDesign

MONITOR_TEXTS = (
    "an event is put in",
    "an event is taken",
    "a word waits for its reader",
    "a word is put in",
    "a word is taken",
)
assert len(MONITOR_TEXTS) == MONITOR_BITS


@dataclass(frozen=True)
class BusDefinition:
    """The definition of a bus, by the names of Arm's IP-XACT descriptions."""

    name: str
    version: str


DEFINITIONS = {
    "axi_lite": BusDefinition("AXI4-Lite", "r0p0_0"),
    "stream": BusDefinition("AXI4Stream", "r0p0_1"),
}


@dataclass(frozen=True)
class HandOver:
    """Variables of the templates rtl/hand_over*."""

    stamp: str
    version: str
    graph: str
    module: str
    core: str
    part: str
    clock_ns: str
    clock_mhz: str
    oldest: str
    accelerator_files: tuple[str, ...]
    core_files: tuple[str, ...]
    memories: tuple[str, ...]
    ports: tuple[Port, ...]
    core_ports: tuple[Port, ...]
    buses: tuple[Bus, ...]
    definitions: dict[str, BusDefinition]
    monitor: tuple[str, ...]
    monitor_bits: int
    monitor_texts: tuple[str, ...]
    header: str
    registers: str
    memory_maps: str


@dataclass(frozen=True)
class Names:
    """Of a network, its build, and who made it."""

    graph: str
    version: str
    stamp: str


def hand_over_files(
    accelerator: RtlDesign, core: RtlDesign, board: BoardSpec, names: Names
) -> dict[str, str]:
    """Text of every file by name. accelerator: the core with the registers around it."""
    context = HandOver(
        stamp=names.stamp,
        version=names.version,
        graph=names.graph,
        module=MODULE,
        core=core.top,
        part=board.part,
        clock_ns=f"{board.clock_ns:g}",
        clock_mhz=f"{board.clock_mhz:g}",
        oldest=OLDEST,
        accelerator_files=tuple(path.name for path in accelerator.verilog),
        core_files=tuple(path.name for path in core.verilog),
        memories=tuple(path.name for path in accelerator.memory_files),
        ports=accelerator_ports(accelerator.input_bits, accelerator.output_bits),
        core_ports=core_ports(core),
        buses=BUSES,
        definitions=DEFINITIONS,
        monitor=core.monitor,
        monitor_bits=MONITOR_BITS,
        monitor_texts=MONITOR_TEXTS,
        header=HEADER,
        registers=REGISTERS_JSON,
        memory_maps=memory_map_text(),
    )
    written = {
        "README.md": "readme.md",
        f"{names.graph}.f": "accelerator.f",
        f"{core.top}.f": "core.f",
        f"{names.graph}.core": "fusesoc.core",
        f"{names.graph}.xml": "component.xml",
        "package_ip.tcl": "package_ip.tcl",
        "out_of_context.tcl": "out_of_context.tcl",
        "out_of_context.xdc": "out_of_context.xdc",
    }
    texts = {name: render(f"rtl/hand_over/{template}.j2", context) for name, template in written.items()}
    return {HEADER: header_text(), **texts}
