"""Output: the scores, reduced over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs
from asn2fpga.kinds.trained import RealNode


def scores_have_one_axis(context: Context, node: Output) -> str:
    """Output: one score per class."""
    return differs("axes of the scores", len(context.edge_into(node).shape), 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Output(RealNode):
    """The network's output: scores summed or averaged over time (the same order of classes)."""

    reduce: Literal["sum", "mean"] = "mean"

    is_end = True
    rules = (scores_have_one_axis,)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return dataclasses.replace(inputs[0], carries="scores", is_frame=True)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """(B, T, C) -> (B, C)."""
        total: RealArray = inputs[0].sum(axis=1)
        return total / inputs[0].shape[1] if self.reduce == "mean" else total

    def of_steps(self, values: RealArray, time_steps: int) -> RealArray:
        """The scores; a static value (time axis 1) counts `time_steps` times."""
        return self.evaluate([np.broadcast_to(values, (len(values), time_steps, *values.shape[2:]))])
