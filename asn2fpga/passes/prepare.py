"""The passes between loader and quantise, in order."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.graph.graph import Graph
from asn2fpga.passes.drop_flatten import drop_flatten
from asn2fpga.passes.fold_batchnorm import fold_batchnorm
from asn2fpga.passes.fold_scale import fold_scale

Pass = Callable[[Graph], Graph]

PREPARE: tuple[tuple[str, Pass], ...] = (
    ("drop_flatten", drop_flatten),
    ("fold_scale", fold_scale),
    ("fold_batchnorm", fold_batchnorm),
)


def prepare(graph: Graph) -> Graph:
    """Run every pass of PREPARE: what is left is Input -> (Linear -> Neuron)* -> Linear -> Output."""
    for _, run in PREPARE:
        graph = run(graph)
    return graph
