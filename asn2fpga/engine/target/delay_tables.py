"""Figures of the delay model: ns of one level of logic with the net behind it, by part family; speed grades.

Sources, and how sure they are:

- `xc7` (Artix-7 fabric, also of Zynq-7020): cell delays from the timing files of Project X-Ray as Yosys
  carries them (techlibs/xilinx/cells_sim.v): LUT6 0.13 to 0.64, carry chain 0.34 to 0.54 in, 0.114 for four
  bits, 0.22 to 0.33 out, flip-flop 0.303, block RAM without output register 2.454, LUT RAM behind its clock
  1.19, DSP48E1 A to P 2.823, A to MREG 1.416, A to PREG 2.739, PREG to P 0.329. Nets are assumed: 0.3 behind
  registers, 0.45 behind memories, 0.7 to 0.85 before and behind logic and DSP slices.
- `ecp5` (Lattice ECP5, grade 6): cells from Project Trellis as nextpnr reports them: LUT4 0.24, with its
  multiplexers 0.74 for six inputs, carry chain 0.45 in, 0.07 for four bits, 0.44 out, flip-flop 0.52, block
  RAM without output register 5.83, MULT18X18D 3.9. Nets as in the placed and routed kernels of
  benchmarks/hls: 1.0 behind logic, 0.6 behind registers, 2.0 behind block RAM. No registers inside products
  and no gates inside adders: Yosys puts none there.
- `xcup` (UltraScale+): the figures of xc7 times 0.6: an assumption, from no data sheet and not calibrated.
- Grades: ratios, rounded; -2LV (0.72 V, as on the Kria K26) counts as slow as -1. Assumptions too.

Only ecp5 is compared with designs placed and routed (benchmarks/hls/README.md); the model must rank designs
and keep a margin (DelayModel.budget).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Figures:
    """In ns, but for `*_inputs`. `product`: from factors to product of one DSP slice, by registers inside."""

    lut: float = 0.9
    lut_inputs: int = 6
    carry: float = 0.6  # into a carry chain and out of it
    carry_inputs: int = 6  # of the look-up table before the chain, for the gates in front of a sum
    carry_per_bit: float = 0.03
    product: tuple[float, ...] = (4.5, 3.5, 2.2)
    product_out: float = 0.9  # behind the last register inside a DSP slice
    register_out: float = 0.6
    block_ram_out: float = 2.9
    distributed_ram_out: float = 1.5
    stream_out: float = 1.6
    setup: float = 0.4
    handshake: float = 2.0  # from a predicate through valid/ready to the clock enables

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
        setup=0.2,
        handshake=3.2,
    ),
}
GRADES = {
    "xc7": {"1L": 1.1, "1": 1.0, "2L": 0.85, "2": 0.85, "3": 0.75},
    "xcup": {"1LV": 1.15, "1L": 1.0, "1": 1.0, "2LV": 1.0, "2L": 0.83, "2": 0.83, "3": 0.72},
    "ecp5": {"6": 1.0, "7": 0.88, "8": 0.75},
}
_UNKNOWN = ("xc7", "1")  # what is assumed of a part we do not know
_PARTS = {  # how parts of a family begin; behind it stands the grade
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
