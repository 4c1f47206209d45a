"""Delay model: ns each operation takes on a part, routing included; the figures are in delay_tables.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asn2fpga.engine.ir.operations import OPERATIONS, Delay
from asn2fpga.engine.ir.process import Op
from asn2fpga.engine.target.delay_tables import Figures, figures_of

SLICE_BITS = (17, 24)  # factors of one DSP slice, unsigned
MARGIN = 0.2  # of the clock period: jitter, and nets that are longer than assumed
FEW_LOADS = 4  # what a net of the other figures leads to
REGISTERS = 64  # whose clock enables the handshake's figure has in it


@dataclass(frozen=True)
class DelayModel:
    """A part's figures at a clock, and the part of the period that stays free (see delay_tables.py)."""

    clock_ns: float
    figures: Figures
    margin: float = MARGIN

    @property
    def budget(self) -> float:
        """Time a stage's logic may take."""
        return self.clock_ns * (1 - self.margin)

    @property
    def hurried(self) -> DelayModel:
        """The same with half of the margin."""
        return replace(self, margin=self.margin / 2)

    @property
    def room(self) -> float:
        """Time for logic between two registers."""
        return self.budget - self.start()

    @property
    def whole_room(self) -> float:
        """The same without a margin."""
        return self.clock_ns - self.start()

    def start(self) -> float:
        """When a register's value is there after the clock edge."""
        return self.figures.register_out

    def of(self, op: Op, widths: Sequence[int]) -> float:
        """Delay of a pure operation that shares nothing (packing.py), with no register inside.

        From its last argument to its result. Inverters are part of what follows them.
        """
        lut, delay = self.figures.lut, OPERATIONS[op.kind].delay
        if delay is Delay.WIRING or delay is Delay.INVERTER:
            return 0.0
        if delay is Delay.CARRIED:
            return self.sum_of(max(widths))
        if delay is Delay.EQUALITY:
            return lut * max(1, math.ceil(math.log(max(widths) * 2, self.figures.lut_inputs)))
        if delay is Delay.PRODUCT:
            return self._multiply(widths)
        if delay is Delay.SHIFT:
            return lut * max(1, math.ceil(math.log2(max(2, widths[0])) / 2))
        if delay is Delay.DIVISION:
            return widths[0] * self.sum_of(widths[1])
        return lut

    def net(self, loads: int, multipliers: int = 0) -> float:
        """What a net to many loads takes longer than one to a few."""
        figures = self.figures
        wide = figures.per_doubling * math.log2(max(1.0, loads / FEW_LOADS))
        return max(wide, figures.per_multipliers * math.log2(max(1, multipliers)))

    def steering(self, bits: int) -> DelayModel:
        """The model of a region with so many bits of registers, which its handshakes enable."""
        doublings = math.log2(max(8, bits) / REGISTERS)
        handshake = self.figures.handshake + 2 * self.figures.per_doubling * doublings
        return replace(self, figures=replace(self.figures, handshake=handshake))

    def sum_of(self, width: int) -> float:
        """Delay of a sum: a look-up table, into the carry chain, along it, and out."""
        return self.figures.lut + self.figures.carry + self.figures.carry_per_bit * width

    def table_of(self, depth: int, width: int) -> float:
        """Delay of a ROM made of look-up tables, from its address to a register after it.

        A tree of choices after tables of one word a bit and input; and in front of it, nets that lead to
        many: a level for every factor of 256 of them.
        """
        tables = math.ceil(depth / self.figures.fabric.rom_depth)
        choice = math.ceil(math.log(tables, 4)) if tables > 1 else 0
        fan_out = math.log(max(1, tables * width), 256)
        return self.figures.lut * (1 + choice + fan_out)

    def _multiply(self, widths: Sequence[int]) -> float:
        small, large = min(widths), max(widths)
        if small <= 4:
            return self.sum_of(small + large) * math.ceil(math.log2(small + 1))
        return self.figures.product[0] + self.figures.product[0] / 3 * (slices_of(widths) - 1)

    def registers_inside(self, op: Op, widths: Sequence[int]) -> int:
        """Registers inside a product of one DSP slice that it needs at this clock."""
        if op.kind != "mul" or slices_of(widths) > 1 or self.of(op, widths) <= self.room:
            return 0
        deeper = range(1, len(self.figures.product))
        return next(
            (count for count in deeper if self.figures.product[count] <= self.room),
            len(self.figures.product) - 1,
        )


def slices_of(widths: Sequence[int]) -> int:
    """DSP slices of a product, by the widths of its factors."""
    small, large = sorted(widths)
    return math.ceil(small / SLICE_BITS[0]) * math.ceil(large / SLICE_BITS[1])


def delay_model(part: str, clock_ns: float, margin: float = MARGIN) -> DelayModel:
    """The model of a part such as xc7z020clg400-1 or xczu7ev-ffvc1156-2-e at a clock period."""
    return DelayModel(clock_ns, figures_of(part), margin)
