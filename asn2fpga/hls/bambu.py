"""Bambu (PandA 2024.10 and later) as an engine: its command, and its RTL behind the ports of a core.

Not run on the real tool by us in this form: it is tested with a stand-in. What the C++ keeps to is known from
Bambu's sources: ports and FIFOs as wide as an integer (of a struct: 32 bits), streams at file scope, pragmas
as text in the file of their function, helpers inlined by attribute. It cannot pipeline loops, and each of its
FIFOs holds 3 words, whatever the network wants; RTL simulation shows whether that is enough.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.codegen.render import render
from asn2fpga.errors import InputError, ToolError
from asn2fpga.hls.foreign import copy_rtl, module_text
from asn2fpga.hls.verilog_ports import Port, module_ports
from asn2fpga.rtl import HlsProject, HlsReport, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file

VARIABLE = "ASN2FPGA_BAMBU"
TIMEOUT_SECONDS = 4 * 3600.0
STAMP = "Written by asn2fpga. Do not edit."

# Bambu knows few devices: the one whose timing is nearest stands for a family.
DEVICES = {"xc7": "xc7z020-1clg484-VVD", "ultrascale": "xcu55c-2Lfsvh2892-VVD"}

SOURCE = """// {stamp}
#include "{source}"

#pragma HLS interface port = s_axis mode = axis
#pragma HLS interface port = m_axis mode = axis
extern "C" void {inner}(asn::AxisStream<{input_bits}>& s_axis, asn::AxisStream<{output_bits}>& m_axis) {{
  {top}(s_axis, m_axis);
}}
"""


@dataclass(frozen=True)
class _Bus:
    """A port's word: `bits` of TDATA, TLAST above, and `padding` bits that mean nothing."""

    bits: int
    padding: int


@dataclass(frozen=True)
class _Shim:
    """Variables of rtl/bambu_core.v.j2."""

    stamp: str
    top: str
    inner: str
    input: _Bus
    output: _Bus
    connections: tuple[tuple[str, str], ...]


class BambuEngine:
    """Bambu, as a program or an AppImage."""

    name = "bambu"

    def find(self) -> Path:
        """Where the program is; InputError telling how to get it if it is nowhere."""
        try:
            return process.find_program("bambu", VARIABLE)
        except ToolError as error:
            if process.is_chosen(VARIABLE):
                raise InputError(str(error)) from error
        raise InputError(
            "--engine bambu: there is no bambu on PATH; download its AppImage from "
            f"https://release.bambuhls.eu, make it executable and set {VARIABLE} to it; "
            "the embedded engine needs nothing (--engine llvm)."
        )

    def synthesise(self, project: HlsProject, out: Path) -> RtlDesign:
        """Turn the project's C++ into RTL under `out`; raises InputError or ToolError with one sentence."""
        program = self.find()
        work = out / "work" / self.name
        inner = f"{project.top}_bambu"
        source = Path(os.path.relpath(project.source.resolve(), work.resolve())).as_posix()
        write_file(work / f"{inner}.cpp", wrapper_text(project, source, inner))
        process.run(
            [program, *bambu_arguments(project, inner, work)],
            cwd=work,
            log=work / "bambu.log",
            timeout_seconds=TIMEOUT_SECONDS,
            environment={"APPIMAGE_EXTRACT_AND_RUN": "1"},  # an AppImage without FUSE
        )
        return read_rtl(work, project, inner, out)


def wrapper_text(project: HlsProject, source: str, inner: str) -> str:
    """C++ of Bambu's top function: the network's, with ports; its name in the RTL is its name."""
    return SOURCE.format(
        stamp=STAMP,
        source=source,
        inner=inner,
        top=project.top,
        input_bits=project.input_bits,
        output_bits=project.output_bits,
    )


def bambu_arguments(project: HlsProject, inner: str, work: Path) -> list[str]:
    """Arguments of the program when it is started in `work`."""
    family = "xc7" if project.part.startswith("xc7") else "ultrascale"
    includes = (os.path.relpath(folder.resolve(), work.resolve()) for folder in project.include_dirs)
    return [
        f"{inner}.cpp",
        f"--top-fname={inner}",
        "--compiler=I386_CLANG16",
        "--std=c++14",
        "-O2",
        *(f"-I{folder}" for folder in includes),
        "--generate-interface=INFER",
        f"--device={DEVICES[family]}",
        f"--clock-period={project.clock_ns:g}",
        "--reset-type=sync",
        "--reset-level=low",
    ]


def read_rtl(work: Path, project: HlsProject, inner: str, out: Path) -> RtlDesign:
    """What Bambu left in `work`, copied to `out`, inside of the project's top; ToolError if it is not
    there.
    """
    top = project.top
    verilog, memories = copy_rtl(work, out)
    ports = module_ports(module_text(verilog, inner, "bambu"), inner)
    words = (
        _bus(ports, "s_axis", project.input_bits, inner),
        _bus(ports, "m_axis", project.output_bits, inner),
    )
    connections = tuple(pair for port in ports for pair in _connection(port, inner))
    shim = out / f"{top}.v"
    write_file(shim, render("rtl/bambu_core.v.j2", _Shim(STAMP, top, inner, *words, connections)))
    return RtlDesign(
        directory=out,
        top=top,
        verilog=(*verilog, shim),
        memory_files=memories,
        probes=(),
        report=HlsReport("bambu"),
        input_bits=project.input_bits,
        output_bits=project.output_bits,
    )


def _bus(ports: Sequence[Port], bus: str, bits: int, inner: str) -> _Bus:
    """The word of a stream; ToolError if it has no room for TLAST above TDATA."""
    for port in ports:
        if bus in port.name and port.name.endswith("TDATA"):
            if port.width_bits <= bits:
                raise ToolError(
                    f"bambu: port {port.name} of {inner} must have {bits + 1} bits, TLAST and TDATA, "
                    f"not {port.width_bits}."
                )
            return _Bus(bits, port.width_bits - bits - 1)
    return _Bus(bits, 0)


def _connection(port: Port, inner: str) -> list[tuple[str, str]]:
    """What a port of Bambu's module is joined to; ToolError for one that has no counterpart."""
    fixed = {"clock": "ap_clk", "reset": "ap_rst_n", "start_port": "1'b1", "done_port": ""}
    if port.name in fixed:
        return [(port.name, fixed[port.name])]
    bus = "s_axis" if "s_axis" in port.name else "m_axis"
    signals = {"TDATA": f"{bus}_word", "TVALID": f"{bus}_TVALID", "TREADY": f"{bus}_TREADY"}
    for suffix, signal in signals.items():
        if port.name.endswith(suffix) and bus in port.name:
            return [(port.name, signal)]
    raise ToolError(f"bambu: port of {inner} must be one of an AXI4-Stream or of control, not '{port.name}'.")
