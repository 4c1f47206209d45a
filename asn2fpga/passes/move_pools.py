"""Pools of currents: a max-pool moves after the neurons that read it, a mean into the convolution before it;
copies of pixels move after the neurons, or before the convolution.

conv -> max-pool (-> BatchNorm) -> neuron      neuron of conv (-> BatchNorm) -> max-pool
conv -> average-pool                           one convolution with a larger kernel, if windows are alike
conv -> average-pool (-> BatchNorm) -> neuron  conv (-> BatchNorm) -> average-pool -> neuron, if they are not
sum, read by others -> average-pool -> neuron  stays
conv -> upsample (-> BatchNorm) -> neuron      neuron of conv (-> BatchNorm) -> upsample
conv -> upsample, read by others               upsample -> conv of pixels that lie further apart

Neurons without a membrane fire no less where their current is no less, so both orders give the same, and
pooled counts are narrower than pooled sums. Before neurons with a membrane, and those of which one channel's
differ, a max-pool stays, and reads the currents after their BatchNorm; so does one that is added to other
currents, or read by several.
"""

from __future__ import annotations

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import pools_currents, real_nodes, trained_synapses
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.passes.pooled_currents import stays_a_pool


def move_pools(graph: Graph) -> Graph:
    """The same function where pools read events; UnsupportedError for one that cannot move."""
    for name in [node.name for node in real_nodes(graph)]:  # each as earlier moves have left it
        pool = next((node for node in real_nodes(graph) if node.name == name), None)
        if pool is not None and pool.pools and graph.edges[pool.inputs[0]].carries == "currents":
            graph = MOVES[pool.pools](graph, pool)
    return graph


def _into_convolution(graph: Graph, pool: RealNode) -> Graph:
    """One convolution; where there is none such, the sums of its windows are added up before the neurons."""
    if stays_a_pool(graph, pool):
        return graph
    nodes = {node.name: node for node in real_nodes(graph)}
    before = nodes[pool.inputs[0]]
    conv = before
    while conv.affine is not None and len(graph.consumers(conv.name)) == 1:
        conv = nodes[conv.inputs[0]]
    if not isinstance(conv, TrainedSynapse) or not conv.gathers or len(graph.consumers(conv.name)) != 1:
        raise UnsupportedError(
            f"{pool.place}: an average of currents must be of a convolution that nothing else reads, or have "
            "windows of one size without padding and be read by one neuron layer, not of "
            f"{conv.place} ({type(conv).__name__}); put the pool after the neuron."
        )
    merged = conv.pooled(pool) if conv is before else None
    if merged is not None:
        return graph.replace(conv.name, merged).without(pool.name)
    return _before_neurons(graph, pool)


def _before_neurons(graph: Graph, pool: RealNode) -> Graph:
    """The neurons read an average that no convolution computes: gains and shifts after it move before it."""
    norms = _norms_after(graph, pool.name)
    readers = _readers(graph, norms[-1].name if norms else pool.name)
    if len(readers) != 1 or not readers[0].fires:
        raise UnsupportedError(
            f"{pool.place}: an average of currents whose windows differ, reach beyond the map, or are larger "
            "than 7 x 7 together with the kernel before it, must be read by one neuron layer, not by "
            f"{', '.join(reader.place for reader in readers) or 'none'}; put the pool after the neuron."
        )
    shifted = next((norm for norm in norms if norm.affine is not None and norm.affine[1].any()), None)
    if shifted is not None and not _keeps_constants(graph, pool):
        raise UnsupportedError(
            f"{shifted.place}: a shift must not stand after an average that counts padding ({pool.place}), "
            "where neurons read that; put BatchNorm before the pool, or use count_include_pad=False."
        )
    return _behind(graph, pool, norms[-1], None) if norms else graph


def _keeps_constants(graph: Graph, pool: RealNode) -> bool:
    """Whether the average of a constant is that constant, everywhere."""
    ones = np.ones((1, 1, *graph.edges[pool.inputs[0]].shape))
    return bool(np.abs(pool.evaluate([ones]) - 1.0).max() < 1e-12)


def _after_neurons(graph: Graph, pool: RealNode) -> Graph:
    """The neurons read what the pool did, and the pool reads them; a pool that others read too stays."""
    norms = _norms_after(graph, pool.name)
    readers = _readers(graph, norms[-1].name if norms else pool.name)
    if not all(node.fires or node.is_sum or pools_currents(graph, node) for node in readers):
        raise UnsupportedError(
            f"{pool.place}: a max-pool of currents must be read by neurons, or added to other currents, not "
            f"read by {', '.join(reader.place for reader in readers)}; put the pool after the neuron."
        )
    signs = _signs(norms, graph.edges[pool.name].shape)
    remembers = any(_remembers(graph, node) for node in readers)
    if len(readers) != 1 or not readers[0].fires or remembers:
        return _after_norms(graph, pool, norms, signs)
    return _behind(graph, pool, readers[0], signs)


def _remembers(graph: Graph, node: RealNode) -> bool:
    """Whether a larger current alone does not say who fires more: neurons with a membrane, or that differ by
    pixel.
    """
    edge = graph.edges[node.name]
    return node.remembers(edge.time_steps) or node.is_by_pixel(edge.shape)


def _behind(graph: Graph, pool: RealNode, before: RealNode, signs: RealArray | None) -> Graph:
    """The pool reads `before`, and what read that reads the pool."""
    nodes: list[Node] = []
    for node in graph.without(pool.name).layers:
        if node.name == before.name:
            nodes += [node, pool.after(before.name, signs)]
        else:
            nodes.append(node.renamed(before.name, pool.name))
    return graph.with_layers(nodes)


def _after_norms(graph: Graph, pool: RealNode, norms: list[RealNode], signs: RealArray | None) -> Graph:
    """The pool reads the last of the gains and shifts, and the neuron reads the pool."""
    return _behind(graph, pool, norms[-1], signs) if norms else graph


def _readers(graph: Graph, name: str) -> list[RealNode]:
    names = {node.name for node in graph.consumers(name)}
    return [node for node in real_nodes(graph) if node.name in names]


def _copies(graph: Graph, pool: RealNode) -> Graph:
    """After the neurons if nothing else reads it, however much they remember; else before the convolution."""
    norms = _norms_after(graph, pool.name)
    readers = _readers(graph, norms[-1].name if norms else pool.name)
    if len(readers) == 1 and readers[0].fires and not readers[0].is_by_pixel(graph.edges[pool.name].shape):
        return _behind(graph, pool, readers[0], None)
    before = graph[pool.inputs[0]]
    synapses = {synapse.name: synapse for synapse in trained_synapses(graph)}
    conv = synapses.get(before.name)
    enlarged = conv.enlarged(pool) if conv and len(graph.consumers(conv.name)) == 1 else None
    if conv is None or enlarged is None:
        raise UnsupportedError(
            f"{pool.place}: pixels of currents must be copied for one neuron layer, or after a convolution "
            f"without a stride of at most 2 x 2 times as many pixels, not after {before.place} "
            f"({type(before).__name__}) for {', '.join(reader.place for reader in readers) or 'none'}; "
            "put it after neurons, or before the convolution."
        )
    larger = pool.after(conv.inputs[0], None)
    nodes: list[Node] = []
    for node in graph.without(pool.name).layers:
        nodes += [larger, enlarged.changed(inputs=(pool.name,))] if node.name == conv.name else [node]
    return graph.with_layers(nodes)


def _zeros(graph: Graph, pool: RealNode) -> Graph:
    before, (conv, *_) = graph[pool.inputs[0]], graph.consumers(pool.name)
    raise UnsupportedError(
        f"{conv.place}: a transposed convolution must read neurons or the input, not {before.place} "
        f"({type(before).__name__}); put a neuron between them."
    )


def _norms_after(graph: Graph, name: str) -> list[RealNode]:
    """The gains and shifts in a row that read a node, nothing else reading it."""
    found: list[RealNode] = []
    while True:
        readers = _readers(graph, name)
        if len(readers) != 1 or readers[0].affine is None:
            return found
        found.append(readers[0])
        name = readers[0].name


def _signs(norms: list[RealNode], shape: tuple[int, ...]) -> RealArray | None:
    """-1 for channels whose order the norms reverse; None if there are none."""
    signs = np.ones(shape[0])
    for norm in norms:
        assert norm.affine is not None
        gains = norm.affine[0].reshape(shape[0], -1)
        signs = signs * np.where(gains[:, 0] < 0, -1.0, 1.0)
    return None if (signs > 0).all() else signs


MOVES = {"largest": _after_neurons, "mean": _into_convolution, "copies": _copies, "zeros": _zeros}
