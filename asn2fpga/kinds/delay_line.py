"""Events of a layer, each neuron's some time steps later."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, Rule, differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds import delay_hardware
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import groups_of
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

MOST_LANES = 32  # of a word that `compress` looks through in a cycle
WORDS_OF_A_STEP = 64  # not more than these, where that many lanes suffice


def delay_line_reads_events(context: Context, node: DelayLine) -> str:
    """DelayLine: it reads events of its shape, of every time step."""
    edge = context.edge_into(node)
    if edge.carries != "events" or edge.lanes:
        return f"what is read must be events, not the {edge.carries} of {node.inputs[0]} in packed words"
    if edge.is_frame:
        return "what is read must be sent at every time step, not once as a frame"
    return differs("shape", node.shape, edge.shape)


def delays_are_of_each_neuron(context: Context, node: DelayLine) -> str:
    """DelayLine: a delay for each neuron, of fewer time steps than there are; one of them is not 0."""
    steps = context.edge_into(node).time_steps
    complaint = integers("delays", node.delays, (node.neurons,))
    if complaint:
        return complaint
    low, high = int(as_integer(node.delays).min()), int(as_integer(node.delays).max())
    return outside("the shortest delay", low, 0, high) or outside("the longest delay", high, 1, steps - 1)


def lanes_are_a_power_of_two(_: Context, node: DelayLine) -> str:
    """DelayLine: a word of the ring has 1, 2, 4, .. 32 lanes."""
    found = 1 <= node.lanes <= MOST_LANES and node.lanes.bit_count() == 1
    return "" if found else f"lanes must be a power of two up to {MOST_LANES}, not {node.lanes}"


@dataclass(frozen=True, eq=False, kw_only=True)
class DelayLine(IntegerNode):
    """count[i, t] = the count that neuron i sent at time step t - delays[i]; before, the one that stands for
    0.

    shape: of what is read; delays: (N,) int64 time steps, by address. lanes: counts in a word of its ring.
    """

    shape: Shape
    delays: Array
    lanes: int = 8

    rules: ClassVar[tuple[Rule, ...]] = (
        delay_line_reads_events,
        delays_are_of_each_neuron,
        lanes_are_a_power_of_two,
    )

    @property
    def kind(self) -> str:
        return "DelayLine"

    @property
    def is_late(self) -> bool:
        return True

    @property
    def neurons(self) -> int:
        return int(np.prod(self.shape))

    @property
    def words(self) -> int:
        """Packed words of a time step."""
        return groups_of(self.neurons, self.lanes)

    @property
    def slot_bits(self) -> int:
        """log2 of the time steps that its ring holds."""
        return int(as_integer(self.delays).max()).bit_length()

    @property
    def first_cycles(self) -> int:
        """The ring is cleared."""
        return self.words << self.slot_bits

    def fill(self, edge: Edge) -> int:
        """The count that stands for 0."""
        return -edge.base

    def output(self, inputs: Sequence[Edge]) -> Edge:
        edge = dataclasses.replace(inputs[0], events_in_word=1)
        low, high = min(edge.low, self.fill(edge)), max(edge.high, self.fill(edge))
        type_ = FixedType.for_range(min(edge.fixed.min, low), max(edge.fixed.max, high))
        return dataclasses.replace(edge, type=type_, low=low, high=high)

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        (edge,), (values,) = edges, inputs
        found = np.full(values.shape, self.fill(edge), self.output(edges).fixed.numpy_dtype)
        delays, steps = as_integer(self.delays), values.shape[1]
        for delay in np.unique(delays).tolist():
            late = delays == delay
            found[:, delay:, late] = values[:, : steps - delay, late]
        return Values(found)

    goes_by_steps = True

    def begin(self, batch: int) -> None:
        """No state: what was sent is in the inputs."""

    def step(
        self, edges: Sequence[Edge], inputs: Sequence[Array], index: int, state: None
    ) -> tuple[None, Values]:
        (edge,), (values,) = edges, inputs
        found = np.full(values[:, 0].shape, self.fill(edge), self.output(edges).fixed.numpy_dtype)
        delays = as_integer(self.delays)
        for delay in np.unique(delays[delays <= index]).tolist():
            late = delays == delay
            found[:, late] = values[:, index - delay, late]
        return None, Values(found)

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return delay_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return delay_hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    @property
    def scanned_lanes(self) -> int:
        return self.lanes

    @property
    def work_of_a_step(self) -> int:
        return self.first_cycles + 2 * self.words

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": self.neurons}

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        ring = int(self._ring_cycles(arriving).sum())
        return {"ring": ring, "scanner": int(sent.scan.sum()) + sent.scan.size}

    def _ring_cycles(self, arriving: Sequence[Demand | None]) -> IntArray:
        """(B,) cycles in which the ring is written or read, ends of steps included.

        It is cleared before, maybe while no input comes.
        """
        (demand,) = arriving
        assert demand is not None
        cycles: IntArray = (demand.bursts + 1 + self.words).sum(axis=1)
        return cycles

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        assert sent is not None
        ring = self._ring_cycles(arriving) + self.first_cycles
        scanning = (sent.scan + 1).sum(axis=1) + overheads.restart
        slowest: IntArray = np.maximum(ring + 2 * overheads.restart, scanning)
        return slowest

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        assert sent is not None
        found = delay_hardware.flow(self, arrivals[0], sent, overheads)
        return found, found

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        """None: counts go to another time."""
        (demand,) = arriving
        assert demand is not None
        return Operations(int(demand.events.sum()), accumulates=0, synops=None, dense_macs=0)


def lanes_for(neurons: int) -> int:
    """Lanes of the ring of so many neurons: 8, or as many more as keep the words of a time step few."""
    lanes = min(8, 1 << (neurons - 1).bit_length())
    while lanes < MOST_LANES and groups_of(neurons, lanes) > WORDS_OF_A_STEP:
        lanes *= 2
    return lanes
