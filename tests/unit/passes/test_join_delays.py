"""Branches at several delays become one layer of synapses, where each synapse is there once."""

from __future__ import annotations

import dataclasses

import numpy as np
from hand_graphs import SIZE, add, compute_the_same, linear, net, neuron, numbers, past, scores, x

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.join_delays import join_delays

T = 5
CHOSEN = np.arange(SIZE * SIZE).reshape(SIZE, SIZE) % 3


def part(name: str, read: str, number: int) -> Linear:
    """Linear synapses, those of one number in three."""
    made = linear(name, read)
    return dataclasses.replace(made, weight=np.where(number == CHOSEN, numbers("w", SIZE, SIZE), 0.0))


def network(*parts: Node, added: tuple[str, ...]) -> Graph:
    before = (x(T), past("d1", "x", 1), past("d3", "x", 3))
    return net(*before, *parts, add("s", *added), neuron("n", "s"), linear("fc2", "n"), scores("fc2"))


def kinds(graph: Graph) -> str:
    return " ".join(type(node).__name__ for node in graph.layers)


def test_branches_of_one_layer_become_one() -> None:
    graph = network(part("a", "x", 0), part("b", "d1", 1), part("c", "d3", 2), added=("a", "b", "c"))
    found = join_delays(graph)
    assert kinds(found) == "Input Delay Delay Concat Linear Neuron Linear Output"
    assert compute_the_same(graph, found)


def test_others_beside_them_stay() -> None:
    rest = (linear("first", "x"), neuron("m", "first"), linear("other", "m"))
    graph = network(*rest, part("a", "d1", 0), part("b", "d3", 1), added=("a", "other", "b"))
    found = join_delays(graph)
    assert kinds(found) == "Input Delay Delay Linear Neuron Linear Concat Linear Add Neuron Linear Output"
    assert compute_the_same(graph, found)


def test_synapses_that_join_the_same_neurons_stay_apart() -> None:
    graph = network(linear("a", "d1"), part("b", "d3", 1), added=("a", "b"))
    assert join_delays(graph) is graph


def test_what_has_no_delay_stays() -> None:
    graph = network(part("a", "x", 0), part("b", "x", 1), part("c", "d1", 2), added=("a", "b"))
    assert kinds(join_delays(graph)) == kinds(graph)


def test_what_a_layer_reads_of_itself_stays() -> None:
    loop = past("back", "n")
    graph = network(loop, part("a", "back", 0), part("b", "x", 1), added=("a", "b"))
    assert join_delays(graph) is graph
