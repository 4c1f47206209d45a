"""Pooling as C++, as an estimate, and when it does what."""

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
from asn2fpga.kinds.timing import Arrival, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.pool import MapPool

PROCESS = (120, 80)  # LUT, FF besides its lanes
LUT_PER_BIT, FF_PER_BIT = 2.0, 1.0


def block(node: MapPool, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, processes and streams."""
    raise UnsupportedError(
        f"{node.name}: hardware of pooling is not built yet; "
        "run with --until golden for the accuracy of the integers."
    )


def cost(node: MapPool, edges: Sequence[Edge]) -> Resources:
    """The process, and a row of what is pooled so far."""
    (edge,) = edges
    lanes, bits = max(1, edge.lanes), node.output(edges).fixed.width_bits
    words = node.window.outputs(node.image)[1] * -(-edge.image[0] // lanes) * edge.steps
    lane = fabric((LUT_PER_BIT * bits, FF_PER_BIT * bits))
    return total(
        [fabric(PROCESS), lane.times(lanes), memory_resources(Memory(words, lanes * bits, rom=False))]
    )


def flow(node: MapPool, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """A row leaves with the last row that its windows reach."""
    (arrival,) = arrivals
    rows = arrival.flow.last.shape[1]
    reached = [last_row(node, row, rows) for row in range(node.window.outputs(node.image)[0])]
    found = Flow(
        np.stack([arrival.flow.first[:, row] for row in reached], axis=1),
        np.stack([arrival.flow.last[:, row] for row in reached], axis=1),
    ).later(overheads.handover)
    return found, found


def last_row(node: MapPool, row: int, rows: int) -> int:
    """The last row of the map that the windows of a row reach."""
    window = node.window
    return min(row * window.stride[0] - window.padding[0] + window.extent[0], rows) - 1
