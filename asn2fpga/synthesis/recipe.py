"""The passes of Yosys that map RTL to the cells of a Xilinx family."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.synthesis import yosys

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


# Yosys packs registers and adders into DSP slices of 7 series alone. Those of UltraScale have all that it
# uses there, so they pass for these meanwhile; for figures alone, as other ports differ.
PACK_SLICES = ("chtype -set DSP48E1 t:DSP48E2", "xilinx_dsp -family xc7", "chtype -set DSP48E2 t:DSP48E1")
LATER_SLICES = ("xcu", "xcup")  # families that have them

# A register whose value is multiplied and used elsewhere, too, must not move into a DSP slice with an adder
# before it: Yosys would leave its other uses without a value, and what depends on them out of the count.
_MULTIPLIED = "t:$mul %ci1:+[A,B] w:* %i"
_USED_ELSEWHERE = "c:* t:$mul %d %ci1 w:* %i"  # cells alone: of a wire, %ci keeps the wire itself
HOLD_SHARED = (f"select -set shared {_MULTIPLIED} {_USED_ELSEWHERE} %i", "setattr -set keep 1 @shared")
LET_GO = "setattr -unset keep @shared"

# What synth_xilinx reads of the cells themselves.
CELLS = (
    "read_verilog -lib -specify +/xilinx/cells_sim.v",
    "read_verilog -lib +/xilinx/cells_xtra.v",
)


def mapping(family: str, top: str, library: Path) -> tuple[str, ...]:
    """The passes for what has been read; `library` is a file with LUT_ROMS."""
    synth = f"synth_xilinx -family {family} -noiopad -noclkbuf -top {top}"
    return (
        f"{synth} -run begin:map_dsp",
        *HOLD_SHARED,
        f"{synth} -run map_dsp:coarse",
        *(PACK_SLICES if family in LATER_SLICES else ()),
        LET_GO,
        *COARSE,
        FREE_ROMS,
        DEEP_ROMS.format(library=yosys.quote(library.resolve())),
        LOGIC_ROMS,
        FORGET_CONTENTS,
        f"{synth} -run map_memory:map_ffram",
        *FINE,
        f"{synth} -run map_cells:map_luts",
        *MAP_LUTS,
    )
