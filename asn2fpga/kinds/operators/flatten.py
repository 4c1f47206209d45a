"""Flatten: other addresses for the same elements."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.trained import RealNode, flat


@dataclass(frozen=True, eq=False, kw_only=True)
class Flatten(RealNode):
    """Flatten all axes but time and batch, in C order."""

    @property
    def is_renaming(self) -> bool:
        return True

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return dataclasses.replace(inputs[0], shape=(inputs[0].size,))

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        return flat(inputs[0])
