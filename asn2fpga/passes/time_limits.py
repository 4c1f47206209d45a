"""How long to wait for hardware that works: limits of everything that waits for it, from the design alone.

Hardware is given up when nothing has moved for longer than one piece of its work can take, or, as a last
limit, when an answer takes a multiple of the predicted time. A slow design is never taken for a stuck one,
and a stuck one is found without waiting for the last limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import answer_of, integer_nodes, senders
from asn2fpga.passes.demand import demands
from asn2fpga.passes.predict_cycles import predict_busy

QUIET_CYCLES = 20_000  # in which nothing moves, of the smallest network too: stalls, starts, resets
REST_CYCLES = 64
PATIENCE = 16  # times the predicted cycles: both sides stall, a foreign engine pipelines nothing

Seen = Literal["streams", "events", "ports"]
"""What is watched: every stream; events of the layers, or how many there were; only s_axis and m_axis."""


@dataclass(frozen=True)
class TimeLimits:
    """quiet_cycles: in which nothing that is watched moves; answer_cycles: until the next answer."""

    quiet_cycles: int
    answer_cycles: int

    def answers(self, inferences: int) -> int:
        """Cycles until a message of so many inferences is answered."""
        return self.answer_cycles * max(1, inferences)


def time_limits(graph: Graph, seen: Seen) -> TimeLimits:
    """The limits for hardware of an integer graph of which `seen` is watched."""
    work = {"streams": _work_of_a_word, "events": _work_of_an_event, "ports": predicted_cycles}[seen](graph)
    return TimeLimits(_patient(work), _patient(predicted_cycles(graph)))


def rest_cycles(graph: Graph) -> int:
    """Cycles without a move after which the hardware is at rest.

    That is soon after an answer, unless the network may answer early: then layers go on, and one event may
    keep one of them busy for a while.
    """
    return REST_CYCLES + (4 * _work_of_a_word(graph) if answer_of(graph).exits else 0)


def predicted_cycles(graph: Graph) -> int:
    """Cycles of one inference at most: each input an event at each time step, one layer after the other."""
    busy = predict_busy(graph, demands(graph, _everything_fires(graph)))
    return sum(int(cycles.max()) for cycles in busy.values())


def _everything_fires(graph: Graph) -> dict[str, Array]:
    """Counts (1, T, N) of an inference in which every input and every neuron fires at each time step."""
    found: dict[str, Array] = {}
    for node in senders(graph):
        edge = graph.edges[node.name]
        found[node.name] = np.ones((1, edge.steps, edge.size), np.uint8)
    return found


def _patient(cycles: int) -> int:
    return QUIET_CYCLES + PATIENCE * cycles


def _work_of_a_word(graph: Graph) -> int:
    """An event meets all groups of a layer before the next word is taken."""
    return max(node.work_of_a_word for node in integer_nodes(graph))


def _work_of_an_event(graph: Graph) -> int:
    """All layers may fire at all time steps without sending an event."""
    return sum(node.work_of_a_step for node in integer_nodes(graph))
