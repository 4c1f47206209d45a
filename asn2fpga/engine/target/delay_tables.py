"""Figures of the delay model: ns of one level of logic with the net after it, by part family; speed grades.

Sources, and how sure they are:

- `xc7` (Artix-7 fabric, also of Zynq-7020, grade -1): cells as in asn2fpga/synthesis/timing/cells.py, which
  names its sources (Project X-Ray, and Vivado's reports of -1 parts), each with a net of 0.5 after it, which
  is the mean of routed nets to a few loads in Vivado's reports; 0.6 more to or from the column of a block RAM
  or DSP slice, on one side of a product: the register on the other one is packed into the slice. The netlist
  of every kernel of benchmarks/hls is walked with those cells: README.md there has both figures.
- `ecp5` (Lattice ECP5, grade 6): cells from Project Trellis as nextpnr reports them: LUT4 0.24, with its
  multiplexers 0.74 for six inputs, carry chain 0.45 in, 0.07 for four bits, 0.44 out, flip-flop 0.52, block
  RAM without output register 5.6 to 5.8, MULT18X18D 3.9. Nets as in the kernels and networks of
  benchmarks/hls, placed and routed: 1.0 after logic, 0.6 after registers, 2.0 after block RAM, 3.8 to 32
  DSP slices. No registers inside products and no gates inside adders: Yosys puts none there.
- `xcup` (UltraScale+): the figures of xc7 times 0.6: an assumption, from no data sheet and not calibrated.
- Grades: ratios, rounded; -2LV (0.72 V, as on the Kria K26) counts as slow as -1. Assumptions too.

Only ecp5 is compared with designs placed and routed (benchmarks/hls/README.md); the model must rank designs.
What it does not see is in the margin (DelayModel.budget), which was chosen there and holds for all families.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from asn2fpga.device.binding import ECP5, XILINX, Fabric


@dataclass(frozen=True)
class Figures:
    """In ns, but for `*_inputs`. `product`: from factors to product of one DSP slice, by registers inside."""

    lut: float = 0.75
    lut_inputs: int = 6
    carry: float = 0.7  # into a carry chain and out of it
    carry_inputs: int = 6  # of the look-up table before the chain, for the gates in front of a sum
    carry_per_bit: float = 0.03
    product: tuple[float, ...] = (4.7, 3.9, 2.3)
    product_out: float = 1.5  # after the last register inside a DSP slice
    register_out: float = 0.9
    block_ram_out: float = 3.5
    distributed_ram_out: float = 1.2
    stream_out: float = 2.2
    stream_in: float = 0.2  # of a word, from the net of its last level on to the FIFO's memory
    setup: float = 0.2
    block_ram_setup: float = 1.3  # of its addresses and data, with the way to its column
    per_doubling: float = 0.07  # of a net's loads, beyond the few that the other figures have in them
    per_multipliers: float = 0.15  # the same, of the DSP slices that a net leads to: they lie far apart
    handshake: float = 2.0  # from a predicate through valid/ready to the clock enables
    fabric: Fabric = XILINX

    def scaled(self, factor: float) -> Figures:
        """All figures times a factor."""
        times: dict[str, Any] = {
            field.name: getattr(self, field.name) * factor for field in fields(self) if field.type == "float"
        }
        return replace(self, product=tuple(part * factor for part in self.product), **times)


FAMILIES = {
    "xc7": Figures(),
    "xcup": Figures().scaled(0.6),
    "ecp5": Figures(
        lut=1.25,
        carry=0.65,
        carry_inputs=2,
        carry_per_bit=0.035,
        product=(4.9,),
        register_out=1.1,
        block_ram_out=7.8,
        distributed_ram_out=1.3,
        stream_out=1.6,
        stream_in=0.8,
        setup=0.2,
        block_ram_setup=0.8,
        per_doubling=0.15,
        per_multipliers=0.5,
        handshake=3.2,
        fabric=ECP5,
    ),
}
GRADES = {
    "xc7": {"1L": 1.1, "1": 1.0, "2L": 0.85, "2": 0.85, "3": 0.75},
    "xcup": {"1LV": 1.15, "1L": 1.0, "1": 1.0, "2LV": 1.0, "2L": 0.83, "2": 0.83, "3": 0.72},
    "ecp5": {"6": 1.0, "7": 0.88, "8": 0.75},
}
_UNKNOWN = ("xc7", "1")  # what is assumed of a part we do not know
_PARTS = {  # how parts of a family begin; the grade follows
    "xc7": re.compile(r"xc7.*?-([123]L?)"),
    "xcup": re.compile(r"(?:xc[zkvas]?u|xck26).*?-([123]L?V?)"),
    "ecp5": re.compile(r"LFE5UM?5?G?-\d+F-([678])"),
}


def is_known(part: str) -> bool:
    """Whether there are figures for a part's family and speed grade."""
    return _known(part) is not None


def family_and_grade(part: str) -> tuple[str, str]:
    """Family, grade of xc7z020clg400-1, xczu7ev-ffvc1156-2-e, LFE5U-85F-6BG381C; the slowest of others."""
    return _known(part) or _UNKNOWN


def _known(part: str) -> tuple[str, str] | None:
    for family, pattern in _PARTS.items():
        found = pattern.match(part)
        if found is not None and found[1] in GRADES[family]:
            return family, found[1]
    return None


def figures_of(part: str) -> Figures:
    """The figures of a part."""
    family, grade = family_and_grade(part)
    return FAMILIES[family].scaled(GRADES[family][grade])
