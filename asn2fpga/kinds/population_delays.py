"""Projections whose events a process of its own adds up first: of each one, words of sums a time step later
or more.

The population takes these words as it takes currents. It waits for them last (docs/spec/dataflow.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import Config, Process, Stream, config_name
from asn2fpga.kinds.population_tags import tags
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.population import Population, Projection


def adds_up_first(projection: Projection) -> bool:
    """Whether a process adds up the events of the projection."""
    return bool(projection.synapse.adds_up_first)


def _sums(node: Population, position: int) -> str:
    return f"{node.name}_sums_{tags(node)[position]}"


def _at_once(node: Population) -> Iterator[int]:
    """Positions of the projections of what arrives in the same time step."""
    return (i for i, projection in enumerate(node.projections) if not projection.steps_late)


def reads(node: Population, wiring: Wiring) -> tuple[str, ...]:
    """The streams that the population itself takes, in order."""
    found = zip(_at_once(node), wiring.reads, strict=True)
    return tuple(_sums(node, i) if adds_up_first(node.projections[i]) else stream for i, stream in found)


def processes(node: Population, wiring: Wiring, configs: Sequence[Config]) -> tuple[Process, ...]:
    """Those that add up. configs: of all projections."""
    found = []
    for position, stream in zip(_at_once(node), wiring.reads, strict=True):
        synapse = node.projections[position].synapse
        if synapse.adds_up_first:
            kernel = f"{synapse.kernel}<{config_name(node.name)}, {configs[position].name}>"
            found.append(
                Process(
                    f"{node.name}_add_up_{tags(node)[position]}",
                    synapse.adds_up_first,
                    synapse.header,
                    (kernel,),
                    (stream,),
                    (_sums(node, position),),
                )
            )
    return tuple(found)


def streams(node: Population, edges: Sequence[Edge]) -> Iterator[Stream]:
    """Their words of sums, all of a time step."""
    for position, (projection, edge) in enumerate(zip(node.projections, edges, strict=True)):
        if adds_up_first(projection):
            bits = node.lanes * projection.synapse.own_sums(edge).width_bits
            type_ = f"hls::stream<ap_uint<{bits}> >"
            yield Stream(_sums(node, position), type_, bits, max(2, node.groups), words=node.groups)


# ---- cycles ------------------------------------------------------------------------------------------------


def cycles(node: Population, projection: Projection, demand: Demand) -> IntArray:
    """(B,) cycles in which the process adds events, and sends a word for each group.

    It clears its ring before, maybe while no input comes.
    """
    synapse = projection.synapse
    rows = demand.bursts * synapse.passes(node.lanes) + synapse.step_cycles(node.lanes)
    total: IntArray = rows.sum(axis=1)
    return total


def summed(node: Population, projection: Projection, arrival: Arrival, overheads: Overheads) -> Arrival:
    """Its words of sums as they arrive at the population, as currents do."""
    assert arrival.demand is not None
    synapse, flow = projection.synapse, arrival.flow
    passes, words = synapse.passes(node.lanes), synapse.step_cycles(node.lanes)
    rows = arrival.demand.bursts * passes
    drained = arrival.flow.first + arrival.demand.drains[passes]
    ready = np.zeros(len(rows), np.int64)
    first, last = [], []
    for step in range(rows.shape[1]):
        begin = np.maximum(flow.first[:, step], ready)
        ended = np.maximum(np.maximum(flow.last[:, step], begin + rows[:, step]), drained[:, step])
        ready = ended + words
        first.append(ended)
        last.append(ready)
    found = Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(overheads.handover)
    return Arrival(None, found, arrival.edge)
