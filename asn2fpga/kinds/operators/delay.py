"""Delay: what was sent some time steps ago; a loop in a network holds one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, unsupported
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.real_rules import in_range
from asn2fpga.kinds.trained import RealNode


def delay_fits_the_time(context: Context, node: Delay) -> str:
    """Delay: by one time step or more, in a network of several; of some elements it may be none."""
    steps = max(edge.time_steps for edge in context.before.edges.values())
    if steps < 2:
        return "a recurrent layer must see several time steps, not T = 1; present the input over time"
    if node.each is None:
        return in_range("steps", node.steps, 1, steps - 1)
    return integers("each", node.each, (math.prod(node.shape),)) or (
        in_range("the shortest delay", int(as_integer(node.each).min()), 0, steps - 1)
        or in_range("the longest delay", int(as_integer(node.each).max()), 1, steps - 1)
    )


def delay_reads_events_of_its_shape(context: Context, node: Delay) -> str:
    """Delay: it reads neurons (or the input), of the shape that it says, at every time step."""
    edge = context.graph.edges[node.inputs[0]]
    if edge.carries != "events":
        return unsupported(
            f"a delay must read neurons, not the currents of {context.graph[node.inputs[0]].place}"
        )
    if edge.is_frame:
        return unsupported(
            "a delay must read what changes from step to step, not a frame that is shown all the time; put "
            "neurons before it, or give events as input"
        )
    return "" if edge.shape == node.shape else f"the shape must be {edge.shape}, not {node.shape}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Delay(RealNode):
    """The events of its input `steps` time steps ago; none (all zero) before.

    shape: of these events. each: (N,) int64 time steps of every element in C order, instead of `steps`.
    """

    shape: Shape
    steps: int = 1
    each: Array | None = None

    rules = (delay_fits_the_time,)
    late_rules = (delay_reads_events_of_its_shape,)

    @property
    def time_steps_late(self) -> IntArray:
        """(N,) of each element."""
        return np.full(math.prod(self.shape), self.steps) if self.each is None else as_integer(self.each)

    def delay(self, position: int) -> int:
        """The shortest."""
        return int(self.time_steps_late.min())

    def output(self, inputs: Sequence[Edge]) -> Edge:
        steps = max((edge.time_steps for edge in inputs), default=2)
        return Edge(self.shape, "events", time_steps=steps)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """Of whole sequences (B, T, ..)."""
        return later(inputs[0], self.time_steps_late)

    @property
    def looks_back(self) -> bool:
        return True

    def at(self, index: int, history: Sequence[RealArray], batch: int) -> RealArray:
        late = self.time_steps_late
        found = np.zeros((batch, 1, late.size))
        for delay in np.unique(late).tolist():
            if index >= delay:
                early = history[index - delay].reshape(found.shape)
                found[..., late == delay] = early[..., late == delay]
        return found.reshape(batch, 1, *self.shape)


def later(values: RealArray, delays: IntArray) -> RealArray:
    """values (B, T, ..): each element so many steps later, delays (N,) in C order; 0 before."""
    flat = values.reshape(*values.shape[:2], -1)
    found, steps = np.zeros_like(flat), values.shape[1]
    for delay in np.unique(delays).tolist():
        late = delays == delay
        found[:, delay:, late] = flat[:, : max(0, steps - delay), late]
    return found.reshape(values.shape)
