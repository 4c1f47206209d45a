"""RTL that another tool made: copied into the build, its ports checked, its streams found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.hls.verilog_ports import module_ports
from asn2fpga.rtl import HlsProject, Probe
from asn2fpga.toolchain.plan import write_file

VERILOG = (".v", ".sv")
MEMORY = (".dat", ".mem")

# Vitis joins processes by instances NAME_U of FIFO modules, whose read side is dout, empty_n and read.
FIFO_PORTS = {
    "if_dout": "data",
    "if_empty_n": "valid",
    "if_read": "ready",
    "if_write": "producer_valid",
    "if_full_n": "producer_ready",
}


def copy_rtl(source: Path, out: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Verilog and memory files of `source`, copied to `out`; memories are then read by bare names *.mem."""
    verilog = tuple(out / path.name for path in _files(source, VERILOG))
    memories = tuple(out / f"{path.stem}.mem" for path in _files(source, MEMORY))
    for path in verilog:
        text = (source / path.name).read_text(errors="replace")
        write_file(path, re.sub(r'"(?:\./)?([\w.-]+)\.dat"', r'"\1.mem"', text))
    for path in _files(source, MEMORY):
        write_file(out / f"{path.stem}.mem", path.read_bytes())
    return verilog, memories


def _files(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in suffixes)


def module_text(verilog: Iterable[Path], module: str, tool: str) -> str:
    """Text of the file that holds `module`; ToolError if none does."""
    for path in verilog:
        text = path.read_text()
        if re.search(rf"\bmodule\s+{module}\b", text):
            return text
    raise ToolError(f"{tool}: the RTL has no module {module}.")


def core_ports(project: HlsProject) -> dict[str, int]:
    """The ports that a core has, and their widths."""
    ports = {"ap_clk": 1, "ap_rst_n": 1}
    for bus, bits in (("s_axis", project.input_bits), ("m_axis", project.output_bits)):
        ports |= {f"{bus}_TDATA": bits, f"{bus}_TKEEP": bits // 8, f"{bus}_TSTRB": bits // 8}
        ports |= {f"{bus}_{name}": 1 for name in ("TLAST", "TVALID", "TREADY")}
    return ports


def check_ports(text: str, project: HlsProject, tool: str) -> None:
    """ToolError unless the top module has exactly the ports of a core."""
    module, wanted = project.top, core_ports(project)
    found = {port.name: port.width_bits for port in module_ports(text, module)}
    if found == wanted:
        return
    wrong = sorted(set(found.items()) ^ set(wanted.items()))[0]
    expected = wanted.get(wrong[0], 0)
    raise ToolError(
        f"{tool}: port {wrong[0]} of {module} must have {expected} bits, not {found.get(wrong[0], 0)}; "
        "see the ports of a core in docs/spec/generated_code.md."
    )


def find_probes(text: str) -> tuple[Probe, ...]:
    """The streams between processes that the top module shows, in its order; none if it shows none."""
    probes = []
    for match in re.finditer(r"\b(\w+?)\s+(\w+)_U\s*\((.*?)\)\s*;", text, re.DOTALL):
        joined = dict(re.findall(r"\.(\w+)\s*\(\s*([\w\[\]:]+)\s*\)", match[3]))
        signals = {field: joined[port] for port, field in FIFO_PORTS.items() if port in joined}
        width = _width(text, signals.get("data", ""))
        if len(signals) == len(FIFO_PORTS) and width:
            probes.append(Probe(stream=match[2], width_bits=width, **signals))
    return tuple(probes)


def _width(text: str, signal: str) -> int:
    """Bits of a wire of the module, 0 if there is no such wire."""
    found = (
        re.search(rf"\bwire\s*(?:\[\s*(\d+)\s*:\s*0\s*\])?\s*{re.escape(signal)}\s*;", text)
        if signal
        else None
    )
    return 0 if found is None else int(found[1] or 0) + 1
