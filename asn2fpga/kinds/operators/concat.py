"""Concat: features of several branches side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, unsupported
from asn2fpga.kinds.trained import RealNode


def branches_fit_side_by_side(context: Context, node: Concat) -> str:
    """Concat: there are two branches or more, equal but for their first axis, all neurons or the input."""
    edges = context.edges_into(node)
    if len(node.inputs) < 2:
        return f"a concatenation must read two branches or more, not {len(node.inputs)}"
    for name, edge in zip(node.inputs, edges, strict=True):
        place = context.graph[name].place
        if edge.shape[1:] != edges[0].shape[1:]:
            return (
                f"branches of a concatenation must have equal pixels, not shape {edge.shape} ({place}) "
                f"beside {edges[0].shape}"
            )
        if edge.carries != "events":
            return unsupported(
                f"branches of a concatenation must be neurons or the input, not currents ({place}); "
                "put a neuron after each Linear, or concatenate before the Linear"
            )
    return ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Concat(RealNode):
    """All inputs side by side on their first axis, in order: features, or the channels of maps."""

    has_branches = True
    rules = (branches_fit_side_by_side,)

    @property
    def is_concatenation(self) -> bool:
        return True

    def output(self, inputs: Sequence[Edge]) -> Edge:
        shape = (sum(edge.shape[0] for edge in inputs), *inputs[0].shape[1:])
        is_frame = all(edge.is_frame for edge in inputs)
        steps = max(edge.time_steps for edge in inputs)
        return dataclasses.replace(inputs[0], shape=shape, is_frame=is_frame, time_steps=steps)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        steps = max(values.shape[1] for values in inputs)
        return np.concatenate(
            [np.broadcast_to(values, (len(values), steps, *values.shape[2:])) for values in inputs], axis=2
        )
