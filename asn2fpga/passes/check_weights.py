"""Refuse a network whose weights alone are more than a board stores, before anything else is worked out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from asn2fpga.device.binding import BITS_OF_BLOCK, LUT_DEPTH
from asn2fpga.device.resources import Resources
from asn2fpga.errors import DoesNotFitError
from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import TrainedSynapse

FEWEST_BITS, MOST_BITS = 2, 8
KILO = 1e3


def check_weights(graph: Graph, bits_of: Callable[[TrainedSynapse], int], available: Resources) -> None:
    """Raise DoesNotFitError if the weights need more bits than all block RAMs and look-up tables hold.

    graph: prepared, real. bits_of: bits of each weight of such synapses. The message names the layer with
    most of them and the bits a weight with which they would fit, if there are some.
    """
    room = available.bram36 * BITS_OF_BLOCK + available.lut * LUT_DEPTH
    synapses = {id(node.weight): node for node in trained_synapses(graph)}.values()
    stored = {node.name: _stored(graph, node) for node in synapses}
    need = {node.name: stored[node.name] * bits_of(node) for node in synapses}
    if sum(need.values()) <= room:
        return
    largest, whole = max(need, key=lambda name: need[name]), sum(need.values())
    count = sum(stored.values())
    fitting = next((bits for bits in range(MOST_BITS, FEWEST_BITS - 1, -1) if count * bits <= room), None)
    advice = (
        f"weights of {fitting} bits may fit (--weight-bits {fitting}), or choose a larger board"
        if fitting is not None
        else f"no more than {room / FEWEST_BITS:,.0f} weights of {FEWEST_BITS} bits fit: choose a smaller "
        "network or a larger board"
    )
    raise DoesNotFitError(
        f"{largest}: the {count:,} weights of the network must fit the {room / KILO:,.0f} kbit of all block "
        f"RAMs and look-up tables, not need {whole / KILO:,.0f} kbit, {need[largest] / KILO:,.0f} of them "
        f"here; {advice}."
    )


def _stored(graph: Graph, node: TrainedSynapse) -> int:
    """How many weights there are at least: of synapses with delays, which stand as one matrix for each delay,
    those that are not 0.
    """
    nodes = {other.name: other for other in real_nodes(graph)}
    beside = [nodes[name] for name in nodes[node.inputs[0]].inputs if name in nodes]
    is_late = any(other.looks_back for other in beside)
    return int(np.count_nonzero(as_real(node.weight))) if is_late else int(node.weight.size)
