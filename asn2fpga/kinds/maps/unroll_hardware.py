"""From a map to events: as C++, as an estimate, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.unroll import Unroll

PROCESS = (150, 80)  # LUT, FF
SCANNED_LANES = 8  # of which one non-zero one is found in a cycle


def block(node: Unroll, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, processes and streams."""
    raise UnsupportedError(
        f"{node.name}: hardware of maps that are unrolled is not built yet; "
        "run with --until golden for the accuracy of the integers."
    )


def cost(node: Unroll, edges: Sequence[Edge]) -> Resources:
    """The process; with several time steps both halves of a memory for the map."""
    (edge,) = edges
    parts = [fabric(PROCESS)]
    if edge.steps > 1:
        words = Memory(2 * edge.words_per_inference, max(1, edge.lanes) * edge.fixed.width_bits, rom=False)
        parts.append(memory_resources(words))
    return total(parts)


def flow(
    node: Unroll, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
) -> tuple[Flow, Flow]:
    """Events follow the pixels; with several time steps they wait for the whole map."""
    assert sent is not None
    (arrival,) = arrivals
    scan = sent.scan + 1
    begin, end = arrival.flow.first[:, 0], arrival.flow.last[:, -1]
    if arrival.edge.steps > 1:
        last = end[:, None] + np.cumsum(scan, axis=1)
        first = last - scan
    else:
        first = begin[:, None]
        last = np.maximum(begin + scan[:, 0], end + 1)[:, None]
    found = Flow(first, last).later(overheads.handover)
    return found, found
