"""Figures of the delay model: ns of one level of logic with the net behind it, by part family; speed grades.

Sources, and how sure they are:

- `xc7` (Artix-7 fabric, also of Zynq-7020): cell delays from the timing files of Project X-Ray as Yosys
  carries them (techlibs/xilinx/cells_sim.v): LUT6 0.13 to 0.64, carry chain 0.114 for four bits, flip-flop
  0.303, block RAM without output register 2.454, LUT RAM behind its clock 1.19, DSP48E1 A to P 2.823, A to
  MREG 1.416, A to PREG 2.739, PREG to P 0.329. Nets are assumed: 0.3 behind registers, 0.45 behind memories,
  0.7 to 0.85 before and behind logic and DSP slices.
- `xcup` (UltraScale+): the figures of xc7 times 0.6: an assumption, from no data sheet and not calibrated.
- Grades: ratios, rounded; -2LV (0.72 V, as on the Kria K26) counts as slow as -1. Assumptions too.

None of it is placed and routed; the model must rank designs and keep a margin (DelayModel.budget).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Figures:
    """All in ns. `product`: from the factors to a product of one DSP slice, by registers inside it."""

    lut: float = 0.9
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
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        product = tuple(part * factor for part in values.pop("product"))
        return Figures(product=product, **{name: value * factor for name, value in values.items()})


FAMILIES = {"xc7": Figures(), "xcup": Figures().scaled(0.6)}
GRADES = {
    "xc7": {"1L": 1.1, "1": 1.0, "2L": 0.85, "2": 0.85, "3": 0.75},
    "xcup": {"1LV": 1.15, "1L": 1.0, "1": 1.0, "2LV": 1.0, "2L": 0.83, "2": 0.83, "3": 0.72},
}
_SLOWEST = ("xc7", "1")  # what is assumed of a part we do not know
_FAMILY = re.compile(r"(xc7|xc[zkvas]u|xck26)")
_GRADE = re.compile(r"-([123]L?V?)")


def family_and_grade(part: str) -> tuple[str, str]:
    """Part family and speed grade of xc7z020clg400-1, xczu7ev-ffvc1156-2-e, xck26-sfvc784-2LV-c."""
    found = _FAMILY.match(part)
    if found is None:
        return _SLOWEST
    family = "xc7" if found[1] == "xc7" else "xcup"
    grade = _GRADE.search(part)
    return (family, grade[1]) if grade and grade[1] in GRADES[family] else (family, "1")


def figures_of(part: str) -> Figures:
    """The figures of a part."""
    family, grade = family_and_grade(part)
    return FAMILIES[family].scaled(GRADES[family][grade])
