"""Synthesis with Yosys for a Xilinx family: look-up tables, flip-flops, block RAMs and DSP slices of the RTL.

An estimate: Vivado packs look-up tables differently, and nothing is placed or routed here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.device.resources import Resources, total
from asn2fpga.errors import InputError
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis.runs import Runs
from asn2fpga.synthesis.units import Cells

FAMILIES = ("xc7", "xcu", "xcup")
NETLIST = "netlist.json"

# What one cell of the netlist is made of. MUXF7/F8 and CARRY4 come with the look-up tables' slices.
CELLS: dict[str, Resources] = {
    **{f"LUT{inputs}": Resources(lut=1) for inputs in range(1, 7)},
    **{name: Resources(ff=1) for name in ("FDRE", "FDSE", "FDCE", "FDPE")},
    **{name: Resources(lut=1) for name in ("SRL16E", "SRLC32E", "RAM32X1S", "RAM64X1S")},
    **{name: Resources(lut=2) for name in ("RAM32X1D", "RAM64X1D", "RAM128X1S")},
    **{name: Resources(lut=4) for name in ("RAM32M", "RAM64M", "RAM128X1D", "RAM256X1S")},
    **{name: Resources(lut=8) for name in ("RAM32M16", "RAM64M8", "RAM256X1D", "RAM512X1S")},
    **{name: Resources(bram36=1) for name in ("RAMB36E1", "RAMB36E2")},
    **{name: Resources(bram36=0.5) for name in ("RAMB18E1", "RAMB18E2")},
    **{name: Resources(dsp=1) for name in ("DSP48E1", "DSP48E2")},
    "URAM288": Resources(uram=1),
    "$__ROM256X1_": Resources(lut=4),
}


@dataclass(frozen=True)
class SynthResult:
    """Resources of the whole core and of each module below the top (by module name, all its instances)."""

    source: str
    resources: Resources
    modules: Mapping[str, Resources]
    cells: Mapping[str, int]
    seconds: float


def synthesise(
    design: RtlDesign, family: str, work: Path, log: Path, *, netlist: bool = False
) -> SynthResult:
    """Run synth_xilinx; with `netlist`, the mapped cells are left in work/NETLIST for synthesis.timing.

    Modules are mapped side by side on all cores, and only those that were not mapped before.

    Raises InputError for an unknown family, ToolError if Yosys fails.
    """
    if family not in FAMILIES:
        raise InputError(f"synth: family must be one of {', '.join(FAMILIES)}, not '{family}'.")
    started = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    mapped = Runs(design, family, work, log).map(work / NETLIST if netlist else None)
    cells = {name: found for unit in mapped for name, found in unit.cells.items()}
    return count_cells(cells, design.top, time.monotonic() - started)


def count_cells(modules: Mapping[str, Cells], top: str, seconds: float) -> SynthResult:
    """Figures of a design, from the cells of each module by type; a module's instances are such cells."""
    cells, below = _flatten(top, modules), {}
    for name, count in _instances(top, modules).items():
        flat = {kind: count * number for kind, number in _flatten(name, modules).items()}
        below[name] = _resources(flat)
    return SynthResult("yosys synth_xilinx", _resources(cells), below, dict(sorted(cells.items())), seconds)


def _instances(module: str, modules: Mapping[str, Cells]) -> dict[str, int]:
    """How often each module is there below one of them."""
    found: dict[str, int] = {}
    for kind, count in modules[module].items():
        name = kind.lstrip("\\")
        if name in modules:
            inside = {name: 1, **_instances(name, modules)}
            for part, number in inside.items():
                found[part] = found.get(part, 0) + count * number
    return found


def _flatten(module: str, modules: Mapping[str, Cells]) -> dict[str, int]:
    """Primitive cells of a module and everything below it."""
    cells: dict[str, int] = {}
    for kind, count in modules[module].items():
        parts = _flatten(kind.lstrip("\\"), modules) if kind.lstrip("\\") in modules else {kind: 1}
        for part, number in parts.items():
            cells[part] = cells.get(part, 0) + count * number
    return cells


def _resources(cells: Mapping[str, int]) -> Resources:
    counted = total(CELLS[kind].times(count) for kind, count in cells.items() if kind in CELLS)
    return Resources(
        lut=math.ceil(counted.lut),
        ff=math.ceil(counted.ff),
        bram36=counted.bram36,
        dsp=math.ceil(counted.dsp),
        uram=math.ceil(counted.uram),
    )
