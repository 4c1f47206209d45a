"""Events of a layer some time steps later, for layers that it depends on itself: what closes a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.loops import loops_of_several
from asn2fpga.graph.rule import Context, Rule, differs, outside
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds import delay_hardware
from asn2fpga.kinds.delay_line import DelayLine, lanes_are_a_power_of_two
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Overheads

SAID = ("shape", "type", "low", "high", "base", "frac_bits", "time_steps")


def delays_close_a_loop(_: Context, node: LoopLine) -> str:
    """LoopLine: a delay for each neuron, of a time step at least, and of fewer than there are."""
    complaint = integers("delays", node.delays, (node.neurons,))
    if complaint:
        return complaint
    low, high = int(as_integer(node.delays).min()), int(as_integer(node.delays).max())
    most = node.time_steps - 1
    return outside("the shortest delay", low, 1, most) or outside("the longest delay", high, 1, most)


def counts_are_within_a_type(_: Context, node: LoopLine) -> str:
    """LoopLine: counts are within low..high, 0 is one of them."""
    return outside("low", node.low, -(2**31), 0) or outside("high", node.high, 0, 2**31 - 1)


def loop_line_reads_what_it_says(context: Context, node: LoopLine) -> str:
    """LoopLine: it reads events, of every time step, and of the kind that it says."""
    edge = context.graph.edges[node.inputs[0]]
    if edge.carries != "events" or edge.lanes or edge.is_frame:
        return f"what is read must be events of every time step, not the {edge.carries} of {node.inputs[0]}"
    for what in SAID:
        complaint = differs(what, getattr(node.read, what), getattr(edge, what))
        if complaint:
            return complaint
    return ""


def loops_go_by_steps(context: Context, node: LoopLine) -> str:
    """LoopLine: all nodes of its loop take and send one time step before the next."""
    for part in loops_of_several(integer_nodes(context.graph)):
        for other in part.nodes if node.name in part.names else ():
            if not other.goes_by_steps:
                return f"a loop must not hold {type(other).__name__} {other.name}, which sees all time steps"
    return ""


@dataclass(frozen=True, eq=False, kw_only=True)
class LoopLine(DelayLine):
    """count[i, t] = the count that neuron i sent at time step t - delays[i] >= 1; before, the one that stands
    for 0. What it reads may come later in the network.

    low, high, base, frac_bits, time_steps: of what is read, as of its edge, which is not known before.
    """

    low: int
    high: int
    base: int = 0
    frac_bits: int = 0
    time_steps: int

    rules: ClassVar[tuple[Rule, ...]] = (
        delays_close_a_loop,
        lanes_are_a_power_of_two,
        counts_are_within_a_type,
    )
    late_rules: ClassVar[tuple[Rule, ...]] = (loop_line_reads_what_it_says, loops_go_by_steps)

    @property
    def kind(self) -> str:
        return "LoopLine"

    def delay(self, position: int) -> int:
        return int(as_integer(self.delays).min())

    @property
    def closes_a_loop(self) -> bool:
        return True

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        assert sent is not None
        found = delay_hardware.flow_in_loop(self, arrivals[0], sent, overheads)
        return found, found

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return super().output([self.read])

    @property
    def read(self) -> Edge:
        """What it reads."""
        return Edge(
            shape=self.shape,
            carries="events",
            type=FixedType.for_range(self.low, self.high),
            low=self.low,
            high=self.high,
            time_steps=self.time_steps,
            base=self.base,
            frac_bits=self.frac_bits,
        )
