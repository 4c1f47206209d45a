"""Warnings of layers that do not do their work: no weights, no spikes, or the highest level always."""

from __future__ import annotations

import numpy as np

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.report.numbers import percent
from asn2fpga.warning import BuildWarning

MOST_SAMPLES = 1000
SILENT_SHARE = 0.01  # of the samples: a layer that fires on no more of them says nothing of the others
SATURATED_SHARE = 0.99  # of the counts


def suspicions(graph: Graph, x: Array) -> tuple[BuildWarning, ...]:
    """What is odd about the layers of an integer graph on the first MOST_SAMPLES inputs x (B, ..).

    A layer without weights is named for that alone; so is, of silent or saturated layers, each one that is.
    """
    nodes = foldable_nodes(graph)
    empty = [node.name for node in nodes if not node.has_weights]
    part = x[:MOST_SAMPLES]
    counts = simulate(graph, part).counts
    spiking = (node.name for node in nodes if node.name in counts and node.name not in empty)
    activity = (_activity(graph, name, counts[name]) for name in spiking) if len(part) else ()
    return (*map(_zero_weights, empty), *(warning for warning in activity if warning is not None))


def _zero_weights(name: str) -> BuildWarning:
    text = "all its weights are 0, so nothing that reaches it matters"
    hint = "check that it was trained and saved (weights far below the threshold become 0 too)"
    return BuildWarning("zero_weights", name, text, hint)


def _activity(graph: Graph, name: str, counts: Array) -> BuildWarning | None:
    """counts: (B, T, N)."""
    samples = len(counts)
    fired = int(counts.any(axis=(1, 2)).sum())
    if fired <= SILENT_SHARE * samples:
        text = f"no neuron fires on {samples - fired} of {samples} samples ({percent(1 - fired / samples)})"
        hint = "check that the layer was trained, and that input_scale is not smaller than in training"
        return BuildWarning("silent_layer", name, text, hint)
    top = float(np.mean(counts == graph.edges[name].high))
    if top >= SATURATED_SHARE:
        text = f"{percent(top)} of its counts are the highest level, on {samples} samples"
        hint = "check that input_scale is not larger than in training, and the neurons' threshold"
        return BuildWarning("saturated_layer", name, text, hint)
    return None
