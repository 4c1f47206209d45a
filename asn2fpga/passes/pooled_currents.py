"""Means of currents: which of them become part of convolutions, and which stay pools, before neurons."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.maps.window import positions
from asn2fpga.kinds.nodes import pools_currents, real_nodes, trained_synapses
from asn2fpga.kinds.operators.pool import Pool
from asn2fpga.kinds.trained import RealNode


def stays_a_pool(graph: Graph, pool: RealNode) -> bool:
    """Whether it is a mean of currents that convolutions cannot take in, and that one neuron layer reads.

    Its windows hold equally many values, none of them padding: the mean of a constant is that constant.
    """
    if not isinstance(pool, Pool) or pool.pools != "mean" or not pools_currents(graph, pool):
        return False
    nodes = {node.name: node for node in real_nodes(graph)}
    readers = [nodes[node.name] for node in graph.consumers(pool.name)]
    while len(readers) == 1 and readers[0].is_renaming:
        readers = [nodes[node.name] for node in graph.consumers(readers[0].name)]
    is_even = bool((positions(pool.window, graph.edges[pool.inputs[0]].shape) == pool.window.taps).all())
    fired = len(readers) == 1 and readers[0].fires
    return is_even and fired and not _becomes_convolutions(graph, pool, nodes[pool.inputs[0]])


def _becomes_convolutions(graph: Graph, pool: RealNode, node: RealNode) -> bool:
    """Whether a mean of what the node computes can be part of the convolutions that it is a sum of."""
    if len(graph.consumers(node.name)) != 1:
        return False
    synapses = {synapse.name: synapse for synapse in trained_synapses(graph)}
    if node.name in synapses:
        synapse = synapses[node.name]
        return synapse.gathers and synapse.pooled(pool) is not None
    passes = node.affine is not None or node.is_sum or node.is_concatenation or node.pools == "mean"
    if not passes or graph.edges[node.name].carries != "currents":
        return False
    operands = (operand for operand in real_nodes(graph) if operand.name in node.inputs)
    return all(_becomes_convolutions(graph, pool, operand) for operand in operands)
