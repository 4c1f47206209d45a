"""Choose how wide the words of both ports are: pixels and scores that the DMA moves in one cycle."""

from __future__ import annotations

from asn2fpga.config import Optimise
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.words import UNIT_BITS, WORD_BITS
from asn2fpga.kinds.nodes import integer_node
from asn2fpga.passes.predictions import Predictions

SLACK = 1.005  # of the interval: what a narrower word may cost and still not limit


def fold_words(graph: Graph, predictions: Predictions, dma_bits: int, optimise: Optimise) -> Graph:
    """The graph with the words of its ports, at most `dma_bits` wide.

    The widest for latency, which every cycle of loading and sending adds to. Else the narrowest with which
    the interval is that of the widest: narrower words need fewer look-up tables.
    """
    found = widest_words(graph, dma_bits)
    if optimise == "latency":
        return found
    limit = SLACK * _interval(found, predictions)
    for name in (graph.source.name, graph.readout.name):
        narrowed = (_with_word(found, name, bits) for bits in WORD_BITS)
        found = next(graph for graph in narrowed if _interval(graph, predictions) <= limit)
    return found


def widest_words(graph: Graph, dma_bits: int) -> Graph:
    """The graph with the widest words that its ports can have and the DMA can move."""
    for name in (graph.source.name, graph.readout.name):
        graph = _with_word(graph, name, max(dma_bits, UNIT_BITS))
    return graph


def _with_word(graph: Graph, name: str, bits: int) -> Graph:
    return graph.replace(name, integer_node(graph, name).with_word_bits(bits))


def _interval(graph: Graph, predictions: Predictions) -> float:
    return predictions.speed(graph).limiting_cycles
