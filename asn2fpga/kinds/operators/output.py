"""Output: the scores, reduced over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rule import Context, differs
from asn2fpga.kinds.real_rules import in_range
from asn2fpga.kinds.trained import RealNode


def scores_have_one_axis(context: Context, node: Output) -> str:
    """Output: one score per class."""
    return differs("axes of the scores", len(context.edge_into(node).shape), 1)


def leak_is_in_range(_: Context, node: Output) -> str:
    """Output: the leak of its membranes, if it has some, is within 0..1."""
    return "" if node.beta is None else in_range("beta", node.beta, 0, 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Output(RealNode):
    """The network's output: what the scores are over time, of what arrives or of membranes that never fire.

    beta: U[t] = beta * U[t-1] + X[t], and the scores are those of U; None: of X. reduce: the sum or mean over
    time (the same order of classes), the last value, or the largest.
    """

    reduce: Literal["sum", "mean", "last", "max"] = "mean"
    beta: float | None = None

    is_end = True
    rules = (scores_have_one_axis, leak_is_in_range)

    @property
    def accumulates(self) -> bool:
        """Whether the scores need nothing but the sum over time."""
        return self.beta is None and self.reduce in ("sum", "mean")

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return dataclasses.replace(inputs[0], carries="scores", is_frame=True)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """(B, T, C) -> (B, C)."""
        values = inputs[0] if self.beta is None else _potentials(self.beta, inputs[0])
        if self.reduce == "last":
            return values[:, -1]
        if self.reduce == "max":
            largest: RealArray = values.max(axis=1)
            return largest
        total: RealArray = values.sum(axis=1)
        return total / values.shape[1] if self.reduce == "mean" else total


def _potentials(beta: float, drive: RealArray) -> RealArray:
    """U (B, T, C) for X (B, T, C)."""
    potentials = np.empty(drive.shape)
    before = np.zeros_like(drive[:, 0])
    for step in range(drive.shape[1]):
        potentials[:, step] = before = beta * before + drive[:, step]
    return potentials


def output_of(graph: Graph) -> Output:
    """The output of a real-valued graph; ValueError if it is an integer one."""
    if not isinstance(graph.readout, Output):
        raise ValueError(f"{graph.name}: {graph.readout.name} is no output of a real-valued graph")
    return graph.readout
