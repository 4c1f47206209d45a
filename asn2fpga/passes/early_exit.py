"""Networks with an early exit and without: what both compute differs in nothing but the answer."""

from __future__ import annotations

import dataclasses

from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.words import UNIT_BITS
from asn2fpga.kinds.population import Population, population_named


def with_margins(graph: Graph, margins: IntArray | None) -> Graph:
    """The network that sends scores of every time step, with thresholds (T-1,) of an early exit, or none."""
    node = readout_of(graph)
    neuron = dataclasses.replace(node.neuron, margins=margins)  # type: ignore[type-var]
    bits = node.word_bits if margins is None else UNIT_BITS
    return graph.replace(node.name, dataclasses.replace(node, neuron=neuron, word_bits=bits))


def margins_in(graph: Graph) -> IntArray | None:
    """(T-1,) the thresholds of a network that may answer early, None of any other."""
    margins = readout_of(graph).readout.margins
    return None if margins is None else as_integer(margins)


def with_all_steps(graph: Graph) -> Graph:
    """The network itself, or one that sends the scores of every time step instead of answering early."""
    return graph if margins_in(graph) is None else with_margins(graph, None)


def readout_of(graph: Graph) -> Population:
    """The population that gives the scores."""
    return population_named(graph, graph.readout.name)
