"""Synthesis with Yosys for a Xilinx family: look-up tables, flip-flops, block RAMs and DSP slices of the RTL.

An estimate: Vivado packs look-up tables differently, and nothing is placed or routed here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.device.resources import Resources, total
from asn2fpga.errors import InputError, ToolError
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis import yosys
from asn2fpga.toolchain.plan import write_file

FAMILIES = ("xc7", "xcu", "xcup")
TIMEOUT_SECONDS = 1800.0
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


# synth_xilinx from `coarse` on, for the speed of large designs: each optimisation runs once instead of until
# nothing changes, and look-up tables come from abc, not abc9. The figures stay within a few per cent.
COARSE = (
    "techmap -map +/cmp2lut.v -map +/cmp2lcu.v -D LUT_WIDTH=6",
    "alumacc",
    "share",
    "opt_expr",
    "opt_merge",
    "opt_muxtree",
    "opt_reduce",
    "opt_dff",
    "opt_clean",
    "memory -nomap",
    "opt_clean",
)
FINE = (
    "opt_expr -fine",
    "opt_merge",
    "opt_dff",
    "opt_clean",
    "memory_map",
    "opt_expr -fine",
    "opt_muxtree",
    "opt_reduce -fine",
    "opt_merge",
    "opt_dff",
    "opt_clean",
    "opt_expr -mux_undef -undriven -mux_bool -fine",
    "xilinx_srl -variable -minlen 3",
    "techmap -map +/techmap.v -D LUT_SIZE=6 -map +/xilinx/arith_map.v",
    "opt_expr",
    "opt_merge",
    "opt_dff",
    "opt_clean",
)
MAP_LUTS = (
    "opt_expr -mux_undef -noclkinv",
    "opt_merge",  # map_ffs made a gate in front of the reset of every single flip-flop
    "abc -luts 2:2,3,6:5,10,20",
    "clean",
    "xilinx_srl -fixed -minlen 3",
    "techmap -map +/xilinx/lut_map.v -map +/xilinx/cells_map.v -D LUT_WIDTH=6",
    "xilinx_dffopt",
    "opt_lut_ins -tech xilinx",
    "clean",
)

# Vivado calls a ROM made of look-up tables distributed; Yosys knows only RAMs by that name. So a small one is
# logic, and a deep one is built of this cell: as logic, which the engine's RTL asks of Yosys by `rom_block`,
# Yosys takes minutes for it.
_DISTRIBUTED = "t:$mem_v2 a:rom_style=distributed %i"
FREE_ROMS = f"setattr -unset rom_block {_DISTRIBUTED}"
LUT_ROMS = """ram distributed $__ROM256X1_ {
  abits 8;
  width 1;
  cost 4;
  init any;
  port ar "R" {
  }
}
"""
DEEP_ROMS = f"memory_libmap -lib {{library}} {_DISTRIBUTED} r:SIZE>256 %i"
LOGIC_ROMS = f'setattr -set rom_style "logic" {_DISTRIBUTED}'

# Contents do not change what a block RAM costs, but cost Yosys seconds for each block that has its own.
FORGET_CONTENTS = "setparam -set INIT 1'x t:$mem_v2 a:rom_style=block %i"


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

    Raises InputError for an unknown family, ToolError if Yosys fails.
    """
    if family not in FAMILIES:
        raise InputError(f"synth: family must be one of {', '.join(FAMILIES)}, not '{family}'.")
    work.mkdir(parents=True, exist_ok=True)
    stat, library = work / "stat.json", work / "lut_roms.txt"
    write_file(library, LUT_ROMS)
    stat.unlink(missing_ok=True)
    synth = f"synth_xilinx -family {family} -noiopad -noclkbuf -top {design.top}"
    passes = [
        yosys.read_verilog(design.verilog),
        f"{synth} -run begin:coarse",
        *COARSE,
        FREE_ROMS,
        DEEP_ROMS.format(library=yosys.quote(library.resolve())),
        LOGIC_ROMS,
        FORGET_CONTENTS,
        f"{synth} -run map_memory:map_ffram",
        *FINE,
        f"{synth} -run map_cells:map_luts",
        *MAP_LUTS,
        f"tee -q -o {yosys.quote(stat.resolve())} stat -json",
        *(_write_netlist(design.top, work / NETLIST) if netlist else ()),
    ]
    seconds = yosys.run_passes(passes, work / "synth.ys", design.directory, log, TIMEOUT_SECONDS)
    if not stat.exists():
        raise ToolError(f"yosys: no statistics were written; log: {log}")
    return read_stat(json.loads(stat.read_text()), design.top, seconds)


def _write_netlist(top: str, path: Path) -> tuple[str, ...]:
    """The passes that write the cells of the whole design, without the models of the cells themselves."""
    return "flatten", f"select {top}", f"write_json -selected {yosys.quote(path.resolve())}"


def read_stat(stat: Mapping[str, Any], top: str, seconds: float) -> SynthResult:
    """Figures from the output of `stat -json`."""
    modules = {name.lstrip("\\"): module["num_cells_by_type"] for name, module in stat["modules"].items()}
    cells = _flatten(top, modules)
    below = {name: _resources(_flatten(name, modules)) for name in modules if name != top}
    return SynthResult("yosys synth_xilinx", _resources(cells), below, dict(sorted(cells.items())), seconds)


def _flatten(module: str, modules: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Primitive cells of a module and everything below it."""
    cells: dict[str, int] = {}
    for kind, entry in modules[module].items():
        count = int(entry["count"] if isinstance(entry, dict) else entry)
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
