"""The passes between loader and quantise, in order."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.graph.graph import Graph
from asn2fpga.passes.compose import compose
from asn2fpga.passes.dense_scores import dense_scores
from asn2fpga.passes.drop_flatten import drop_flatten
from asn2fpga.passes.flattened_neurons import flattened_neurons
from asn2fpga.passes.fold_batchnorm import fold_batchnorm
from asn2fpga.passes.fold_pads import fold_pads
from asn2fpga.passes.fold_scale import fold_scale
from asn2fpga.passes.join_delays import join_delays
from asn2fpga.passes.join_events import join_events
from asn2fpga.passes.merge_branches import merge_branches
from asn2fpga.passes.move_pools import move_pools
from asn2fpga.passes.split_sums import split_sums
from asn2fpga.passes.spread_pools import spread_pools
from asn2fpga.passes.ungroup import ungroup

Pass = Callable[[Graph], Graph]

PREPARE: tuple[tuple[str, Pass], ...] = (
    ("flattened_neurons", flattened_neurons),
    ("dense_scores", dense_scores),
    ("drop_flatten", drop_flatten),
    ("fold_pads", fold_pads),
    ("spread_pools", spread_pools),
    ("move_pools", move_pools),
    ("join_events", join_events),
    ("split_sums", split_sums),
    ("fold_scale", fold_scale),
    ("fold_batchnorm", fold_batchnorm),
    ("ungroup", ungroup),
    ("merge_branches", merge_branches),
    ("join_delays", join_delays),
    ("compose", compose),
)


def prepare(graph: Graph) -> Graph:
    """Run every pass of PREPARE: what is left is the input, synapses, sums of them, neurons and the
    output.
    """
    for _, run in PREPARE:
        graph = run(graph)
    return graph
