"""Pools of sums, of concatenations and of gains and shifts change places with them, and so does what makes
maps larger.

max(cat(a, b)) = cat(max(a), max(b))      mean(a + b) = mean(a) + mean(b)      mean(g x + s) = g mean(x) + k s

A mean of currents that others read too, as of a stream that shortcuts add to, stays a pool of that stream.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.operators.batchnorm import BatchNorm, over_pixels
from asn2fpga.kinds.operators.event_sum import event_sum
from asn2fpga.kinds.trained import RealNode
from asn2fpga.passes.join_events import free_name, without_unread
from asn2fpga.passes.pooled_currents import stays_a_pool


def spread_pools(graph: Graph) -> Graph:
    """The same function where no pool reads a concatenation, and none but a max-pool a sum of events or,
    where that can be, a gain and shift. What a max-pool reads of a sum of events is added up before.
    """
    while (found := _spread_one(graph)) is not None:
        graph = found
    return graph


def _spread_one(graph: Graph) -> Graph | None:
    nodes = {node.name: node for node in real_nodes(graph)}
    for pool in nodes.values():
        if pool.pools in ("", "sum"):
            continue
        before = nodes[pool.inputs[0]]
        if stays_a_pool(graph, pool):
            continue
        of_events, is_linear = graph.edges[before.name].carries == "events", pool.pools != "largest"
        is_added = before.is_sum and (pool.pools == "mean" or (is_linear and of_events))
        if before.is_concatenation or is_added:
            return _distributed(graph, pool, before)
        if before.is_sum and not before.pools and not is_linear and of_events:
            return graph.replace(before.name, event_sum(before))
        if before.affine is not None and is_linear:
            changed = _exchanged(graph, pool, before)
            if changed is not None:
                return changed
    return None


def _distributed(graph: Graph, pool: RealNode, before: RealNode) -> Graph:
    """A pool of each operand, and these joined as they were."""
    new: list[Node] = []
    for number, operand in enumerate(before.inputs, start=1):
        name = free_name(graph, f"{pool.name}_{number}")
        new.append(dataclasses.replace(pool, name=name, inputs=(operand,)))
    new.append(
        dataclasses.replace(
            before, name=pool.name, inputs=tuple(node.name for node in new), source=before.source
        )
    )
    return without_unread(_in_place_of(graph, pool.name, new), before.name)


def _exchanged(graph: Graph, pool: RealNode, norm: RealNode) -> Graph | None:
    """The pool first; None where it makes different things of one constant, and there is a shift."""
    shape = graph.edges[norm.name].shape
    constant = pool.evaluate([np.ones((1, 1, *shape))])
    assert norm.affine is not None
    gain, shift = (over_pixels(array, len(shape)) for array in norm.affine)
    is_uneven = np.ptp(constant) > 1e-12 and bool(shift.any())
    if is_uneven or any(array.size > shape[0] for array in (gain, shift)):
        return None
    first = dataclasses.replace(pool, name=free_name(graph, f"{pool.name}_first"), inputs=norm.inputs)
    second = BatchNorm(
        name=pool.name,
        inputs=(first.name,),
        source=norm.source,
        gain=gain.reshape(-1),
        shift=shift.reshape(-1) * constant.flat[0],
    )
    return without_unread(_in_place_of(graph, pool.name, [first, second]), norm.name)


def _in_place_of(graph: Graph, name: str, new: list[Node]) -> Graph:
    layers = [found for node in graph.layers for found in (new if node.name == name else [node])]
    return graph.with_layers(layers)
