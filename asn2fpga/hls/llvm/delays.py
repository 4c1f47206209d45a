"""Delay model: ns each operation takes on a part family and speed grade, routing included.

Figures are round numbers from the vendor's switching characteristics (7 series: DS187, UltraScale+:
DS925) with as much again for routing; the schedule only needs them to rank and to keep a margin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from asn2fpga.hls.llvm.ir import Op

WIRING = frozenset({"constant", "slice", "concat", "zext", "sext"})


@dataclass(frozen=True)
class DelayModel:
    """All figures in ns for one level of logic with its net; `scale` makes one table serve other families."""

    family: str
    clock_ns: float
    scale: float

    lut: float = 0.9
    carry_per_bit: float = 0.03
    multiplier: float = 4.5  # one DSP slice, unregistered
    register_out: float = 0.6
    block_ram_out: float = 2.9
    distributed_ram_out: float = 1.5
    stream_out: float = 1.6
    setup: float = 0.4
    handshake: float = 2.0  # from a predicate through valid/ready to the clock enables

    @property
    def budget(self) -> float:
        """Time a stage's logic may take: the clock period less 10 % uncertainty."""
        return self.clock_ns * 0.9

    def start(self) -> float:
        """When a register's value is there after the clock edge."""
        return self.register_out * self.scale

    def of(self, op: Op, arg_widths: tuple[int, ...]) -> float:
        """Delay of a pure operation from its last argument to its result."""
        if op.kind in WIRING:
            return 0.0
        return self._unscaled(op, arg_widths) * self.scale

    def _unscaled(self, op: Op, widths: tuple[int, ...]) -> float:
        if op.kind in ("and", "or", "xor", "select"):
            return self.lut * 0.8
        if op.kind == "not":
            return 0.1
        if op.kind in ("add", "sub", "ult", "ule", "slt", "sle"):
            return self.lut + self.carry_per_bit * max(widths)
        if op.kind == "eq":
            return self.lut * max(1, math.ceil(math.log(max(widths) * 2, 6)))
        if op.kind == "mul":
            return self._multiply(widths)
        if op.kind in ("shl", "lshr", "ashr"):
            return self.lut * max(1, math.ceil(math.log2(max(2, widths[0])) / 2))
        if op.kind in ("udiv", "sdiv", "urem", "srem"):
            return widths[0] * (self.lut + self.carry_per_bit * widths[1])
        return self.lut

    def _multiply(self, widths: tuple[int, ...]) -> float:
        small, large = min(widths), max(widths)
        if small <= 4:
            return (self.lut + self.carry_per_bit * (small + large)) * math.ceil(math.log2(small + 1))
        slices = math.ceil(small / 17) * math.ceil(large / 24)
        return self.multiplier + 1.5 * (slices - 1)


def delay_model(part: str, clock_ns: float) -> DelayModel:
    """The model for a part such as xc7z020clg400-1 or xczu7ev-ffvc1156-2-e."""
    if part.startswith("xc7"):
        grade = part.rsplit("-", 1)[-1][:1]
        return DelayModel("xc7", clock_ns, {"1": 1.0, "2": 0.85, "3": 0.75}.get(grade, 1.0))
    return DelayModel("xcup", clock_ns, 0.6 if "-1" in part else 0.5)
