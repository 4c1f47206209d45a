"""What each layer adds to the latency of an inference that is alone: to integrate, fire, drain, send."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import answer_of, integer_nodes
from asn2fpga.verify.fast import FastRun
from asn2fpga.verify.recorded import messages_by_layer


def cycles_alone(graph: Graph, run: FastRun) -> dict[str, float]:
    """By layer, mean cycles from the last word that reached it until it sent its last; of the source from the
    first word of the input, which counts itself.

    run: of isolated inferences. Along a chain they add up to the latency. Layers whose events, or those of a
    layer that they read, the RTL does not show are left out, and so are those that send none, and what closes
    a loop, which sends before it reads; and all of a network that may answer early, whose layers go on after
    the answer.
    """
    if answer_of(graph).exits:
        return {}
    sent = _last_sent(graph, run)
    found = {}
    for node in integer_nodes(graph):
        read = [name for i, name in enumerate(node.inputs) if not node.keeps(i)]
        if not node.closes_a_loop and node.name in sent and all(name in sent for name in read):
            before = np.max([sent[name] for name in read], axis=0) if read else run.first_cycle - 1
            found[node.name] = float((sent[node.name] - before).mean())
    return found


def _last_sent(graph: Graph, run: FastRun) -> dict[str, IntArray]:
    """(messages,) cycle of the last word that each layer sent, of those that can be seen."""
    found: dict[str, IntArray] = {graph.readout.name: run.last_cycle}
    for name, (stream, messages) in messages_by_layer(graph, run.recording).items():
        if len(messages) == run.vectors:
            found[name] = run.recording[stream].cycles[messages.offsets[1:] - 1]
    return found
