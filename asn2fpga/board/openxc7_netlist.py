"""What Yosys made of a design for the openXC7 tools: whether nextpnr-xilinx has a place for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from asn2fpga.board.spec import BoardSpec
from asn2fpga.errors import CheckError, ToolError
from asn2fpga.jsonfile import read_json

# Look-up tables of each cell, as Vivado counts them; of what is none, 0. All that nextpnr-xilinx packs for
# 7 series (xilinx/pack*.cc) and synth_xilinx makes: no single-ported LUT RAM, no RAM256X1D.
LUTS = {
    **{f"LUT{inputs}": 1 for inputs in range(1, 7)},
    **{"LUT6_2": 1, "INV": 0, "SRL16E": 1, "SRLC32E": 1},
    **{"RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4, "RAM32M": 4, "RAM64M": 4},
}
FLIP_FLOPS = ("FDRE", "FDSE", "FDCE", "FDPE", "FDRE_1", "FDSE_1", "FDCE_1", "FDPE_1")
BLOCK_RAMS = {"RAMB36E1": 1.0, "RAMB18E1": 0.5}
OTHERS = ("CARRY4", "MUXF7", "MUXF8", "DSP48E1", "BUFG", "PS7")
PLACEABLE = (*LUTS, *FLIP_FLOPS, *BLOCK_RAMS, *OTHERS)


def cells_of(statistics: Path) -> dict[str, int]:
    """Cells by type, of Yosys' `stat -json`. ToolError if the file is not that."""
    try:
        plain = read_json(statistics)
        return {str(name): int(count) for name, count in plain["design"]["num_cells_by_type"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolError(
            f"{statistics}: Yosys wrote no statistics ({type(error).__name__}: {error})."
        ) from error


def used_resources(cells: Mapping[str, int]) -> dict[str, float]:
    """lut, ff, bram36 and dsp of cells by type."""
    return {
        "lut": sum(count * cells.get(name, 0) for name, count in LUTS.items()),
        "ff": sum(cells.get(name, 0) for name in FLIP_FLOPS),
        "bram36": sum(share * cells.get(name, 0) for name, share in BLOCK_RAMS.items()),
        "dsp": cells.get("DSP48E1", 0),
    }


def check_placeable(cells: Mapping[str, int], board: BoardSpec) -> None:
    """CheckError naming the cells that nextpnr-xilinx does not know, or the resource that is short."""
    unknown = sorted(set(cells) - set(PLACEABLE))
    if unknown:
        raise CheckError(
            f"bitstream: nextpnr-xilinx must know every cell, not {', '.join(unknown)}; "
            "use --bitstream vivado."
        )
    available = {"lut": board.resources.lut, "ff": board.resources.ff}
    available |= {"bram36": board.resources.bram36, "dsp": board.resources.dsp}
    for name, used in used_resources(cells).items():
        if used > available[name]:
            raise CheckError(
                f"bitstream: the design must fit in {board.part}, which has {available[name]:,} {name}, not "
                f"need {used:,g}; use fewer lanes (--lanes) or fewer bits (--weight-bits)."
            )
