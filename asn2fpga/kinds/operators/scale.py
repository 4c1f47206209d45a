"""Scale: a constant factor, which becomes part of the weights beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.kinds.real_rules import is_scale
from asn2fpga.kinds.trained import RealNode


def scale_is_positive(_: Context, node: Scale) -> str:
    """Scale: the factor is positive and of a sane size."""
    return is_scale("factor", node.factor)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale(RealNode):
    """Multiply by a positive constant (e.g. the division of pixels by 255)."""

    factor: float

    rules = (scale_is_positive,)

    @property
    def text(self) -> str:
        return f"times {show_scale(self.factor)}"

    @property
    def output_factor(self) -> float:
        return self.factor

    @property
    def is_renaming(self) -> bool:
        """Without its factor it does nothing."""
        return True

    @property
    def acts_by_channel(self) -> bool:
        return True

    def of_channels(self, first: int, count: int) -> Self | None:
        return self

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return inputs[0]

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        return inputs[0] * self.factor
