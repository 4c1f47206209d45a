"""The input of a trained network: integers from outside, and what they mean."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.limits import MAX_COUNT, MAX_TIME_STEPS
from asn2fpga.graph.rule import Context
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.real_rules import in_range, is_scale
from asn2fpga.kinds.trained import RealNode

MAX_INPUTS = 1 << 20


def input_is_in_range(_: Context, node: Input) -> str:
    """Input: no empty axis, 1..1024 time steps, counts of at most 255, a positive scale."""
    if not node.shape or min(node.shape) < 1 or math.prod(node.shape) > MAX_INPUTS:
        return f"the input's shape must have 1..{MAX_INPUTS} elements, not {node.shape}"
    return (
        in_range("time_steps (T)", node.time_steps, 1, MAX_TIME_STEPS)
        or in_range("max_count", node.max_count, 1, MAX_COUNT)
        or is_scale("scale", node.scale)
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Input(RealNode):
    """The network's input; real value = integer * `scale`.

    frames: one uint8 array of `shape` per inference, pixels 0..`max_count`, presented unchanged at each of
    `time_steps` steps. events: counts 0..`max_count` of `shape` at every time step.
    """

    shape: Shape
    encoding: Literal["frames", "events"]
    time_steps: int
    max_count: int = 255
    scale: float = 1.0

    is_source = True
    rules = (input_is_in_range,)

    @property
    def is_frame(self) -> bool:
        """Whether one array is presented at every time step."""
        return self.encoding == "frames"

    @property
    def sample_shape(self) -> Shape:
        """Of one input: (*shape) of a frame, (time, *shape) of events."""
        return self.shape if self.is_frame else (self.time_steps, *self.shape)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return Edge(self.shape, "events", time_steps=self.time_steps, is_frame=self.is_frame)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        return inputs[0] * self.scale

    def values_of(self, x: Array) -> RealArray:
        """Real input (B, time, *shape) for frames (B, *shape) or events (B, T, *shape); time is 1 for
        frames.
        """
        return self.evaluate([as_real(x[:, None] if self.is_frame else x)])

    @property
    def output_factor(self) -> float:
        return self.scale

    def without_factor(self) -> Self:
        return dataclasses.replace(self, scale=1.0)


def input_of(graph: Graph) -> Input:
    """The input of a real-valued graph; ValueError if it is an integer one."""
    if not isinstance(graph.source, Input):
        raise ValueError(f"{graph.name}: {graph.source.name} is no input of a real-valued graph")
    return graph.source
