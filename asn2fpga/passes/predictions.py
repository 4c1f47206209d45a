"""Predicted speeds of many graphs that differ in a few nodes, on the same inputs.

A search asks for the speed of graph after graph. Each node answers once for what it reads and sends, and the
answers are those that passes/demand.py and passes/predict_cycles.py give.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Recent
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import senders
from asn2fpga.kinds.timing import PIPELINED, Demand
from asn2fpga.passes.demand import asked_of, demand_for, inputs_of
from asn2fpga.passes.predict_cycles import predict_busy, predict_ends
from asn2fpga.passes.speed import Speed, speed_from
from asn2fpga.passes.telling import Telling, to_nobody

FLOWS = 512  # that are kept: of each pixel of each inference, so they are large
ANSWERS = 1 << 16  # that are kept of what is small


class Predictions:
    """counts: golden's (B, T, N) by layer, of any graph that is asked about: lanes change none.

    say: is told now and then how many networks were compared, which `asked` counts; what it raises ends the
    search.
    """

    def __init__(self, counts: Mapping[str, Array], say: Callable[[str], None] = to_nobody) -> None:
        self.counts = counts
        self.asked = Telling("choosing lanes: {} networks compared", say)
        self._flows, self._answers = Recent(FLOWS), Recent(ANSWERS)

    def demands(self, graph: Graph, names: Collection[str] | None = None) -> dict[str, Demand]:
        """Of each layer that sends events; of those of some names alone, if these are given."""
        return {
            node.name: self._demand(graph, node)
            for node in senders(graph)
            if names is None or node.name in names
        }

    def _demand(self, graph: Graph, node: IntegerNode) -> Demand:
        asked = asked_of(graph, node)
        return self._answers.of(
            ("demand", node, asked), lambda: demand_for(node, asked, self.counts[node.name])
        )

    def busy(self, graph: Graph) -> dict[str, IntArray]:
        """(B,) cycles in which the slowest process of each layer works."""
        return predict_busy(graph, self.demands(graph), known=self._answers)

    def mean_busy(self, graph: Graph, node: IntegerNode) -> float:
        """Mean cycles of an inference in which the slowest process of one layer works."""
        self.asked.one_more()
        found = self.demands(graph, {node.name, *node.inputs})
        edges, arriving, sent = graph.edges_into(node), inputs_of(node, found), found.get(node.name)
        return self._answers.of(
            ("mean busy", node, edges, tuple(arriving), sent),
            lambda: float(node.busy(edges, arriving, sent, PIPELINED).mean()),
        )

    def speed(self, graph: Graph) -> Speed:
        """Mean latency and interval."""
        self.asked.one_more()
        found = self.demands(graph)
        busy = predict_busy(graph, found, known=self._answers)
        return speed_from(busy, predict_ends(graph, found, known=self._flows))
