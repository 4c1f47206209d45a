"""Delay: what was sent some time steps ago; a loop in a network holds one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, unsupported
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.real_rules import in_range
from asn2fpga.kinds.trained import RealNode


def delay_fits_the_time(context: Context, node: Delay) -> str:
    """Delay: by one time step or more, in a network of several."""
    steps = max(edge.time_steps for edge in context.before.edges.values())
    if steps < 2:
        return "a recurrent layer must see several time steps, not T = 1; present the input over time"
    return in_range("steps", node.steps, 1, steps - 1)


def delay_reads_events_of_its_shape(context: Context, node: Delay) -> str:
    """Delay: it reads neurons (or the input), of the shape that it says."""
    edge = context.graph.edges[node.inputs[0]]
    if edge.carries != "events":
        return unsupported(
            f"a delay must read neurons, not the currents of {context.graph[node.inputs[0]].place}"
        )
    return "" if edge.shape == node.shape else f"the shape must be {edge.shape}, not {node.shape}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Delay(RealNode):
    """The events of its input `steps` time steps ago; none (all zero) before. shape: of these events."""

    shape: Shape
    steps: int = 1

    rules = (delay_fits_the_time,)
    late_rules = (delay_reads_events_of_its_shape,)

    def delay(self, position: int) -> int:
        return self.steps

    def output(self, inputs: Sequence[Edge]) -> Edge:
        steps = max((edge.time_steps for edge in inputs), default=2)
        return Edge(self.shape, "events", time_steps=steps)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """Of whole sequences (B, T, ..)."""
        (values,) = inputs
        later = np.zeros_like(values)
        later[:, self.steps :] = values[:, : -self.steps]
        return later
