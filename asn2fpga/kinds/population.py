"""A population: projections, each with its synapses, and the neurons whose sums they add to. Read-outs are
such too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.graph.words import SCORE_TYPE, UNIT_BITS, WORD_BITS, Answer, PortWord
from asn2fpga.kinds import population_hardware, population_overlap, population_timing
from asn2fpga.kinds.contract import BURSTS, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.held import Held
from asn2fpga.kinds.neurons.contract import Neurons, ReadoutNeurons
from asn2fpga.kinds.population_rules import POPULATION_RULES, sums_fill_words
from asn2fpga.kinds.projected import Projected
from asn2fpga.kinds.roms import groups_of
from asn2fpga.kinds.synapses.contract import EventSynapse, Weighted
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

# Fitted to Yosys' figures of generated designs: docs/spec/verification.md.
INTEGRATE, READOUT = (110, 150), (50, 20)  # LUT, FF of the first process
CHOICE_LUT = 120  # of several lanes that serve several groups without membranes

FIRE_LANES = 8  # neurons that fire in one cycle unless something else is chosen
MAX_FIRE_LANES = 32  # lanes of a word that `compress` looks through in a cycle


@dataclass(frozen=True, eq=False, kw_only=True)
class Projection:
    """Synapses from one input onto the population: its sums count 2^shift units of the accumulator.

    name: of what was trained. steps_late: delay in time steps; 1 from the population onto itself, else 0.
    """

    name: str
    synapse: EventSynapse
    shift: int = 0
    steps_late: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Population(Projected):
    """N neurons and the projections that reach them, one per input, in the order of the network.

    acc_type holds every partial sum of a time step (a read-out: of all of them). time_steps: in which the
    neurons fire; of a read-out those that it receives, 1 after frames alone. lanes: neurons whose sums are
    worked on in one cycle. fire_lanes: of these, neurons that fire in one cycle; it divides lanes.
    word_bits: of a word in which a read-out sends scores. events_in_word: events that others send in one
    cycle.
    """

    projections: tuple[Projection, ...]
    neuron: Neurons
    acc_type: FixedType
    time_steps: int
    lanes: int = 1
    fire_lanes: int = 1
    word_bits: int = UNIT_BITS
    events_in_word: int = 1

    has_branches = True
    rules = POPULATION_RULES

    @property
    def is_end(self) -> bool:  # type: ignore[override]  # a read-out is one
        """Whether it gives the scores."""
        return isinstance(self.neuron, ReadoutNeurons)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what it sends, without time and batch."""
        return (self.projections[0].synapse.neurons,)

    @property
    def readout(self) -> ReadoutNeurons:
        """Its neurons, if it is a read-out; ValueError otherwise."""
        if not isinstance(self.neuron, ReadoutNeurons):
            raise ValueError(f"{self.name}: {type(self.neuron).__name__} is no read-out")
        return self.neuron

    def output(self, inputs: Sequence[Edge]) -> Edge:
        edge = self.neuron.output(self.shape, self.time_steps)
        return dataclasses.replace(edge, events_in_word=self.events_in_word)

    def currents(self, inputs: Sequence[Edge]) -> Edge | None:
        if self.is_end:
            return None
        is_frame = self.reads_frames_only(inputs)
        low, high = self.acc_type.min, self.acc_type.max
        return Edge(self.shape, "currents", self.acc_type, low, high, self.time_steps, is_frame)

    def delay(self, position: int) -> int:
        return self.projections[position].steps_late if position < len(self.projections) else 0

    def reads_frames_only(self, edges: Sequence[Edge]) -> bool:
        """Whether its sums are the same at every time step."""
        return self.feedback is None and all(edge.is_frame for edge in edges)

    @property
    def feedback(self) -> Projection | None:
        """The projection from itself, if there is one."""
        return next((projection for projection in self.projections if projection.steps_late), None)

    @property
    def start_count(self) -> int:
        """The count that stands for 0, which a population that reads itself finds before its first time step.

        0 itself, and then nothing is fed back, unless the lowest level of its neurons is below 0.
        """
        return 0 if self.feedback is None else -self.output(()).base

    def at_once(self, edges: Sequence[Edge]) -> Iterator[tuple[Projection, Edge]]:
        """The projections of what arrives in the same time step, with their edges."""
        for position, projection in enumerate(self.projections):
            if not projection.steps_late:
                yield projection, edges[position]

    # ---- golden -------------------------------------------------------------------------------------------

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        if self.feedback is not None:
            return self._run_by_steps(edges, inputs)
        arriving = zip(self.at_once(edges), inputs, strict=True)
        parts = [_sums(projection, edge, values) for (projection, edge), values in arriving]
        acc = sum(parts[1:], start=parts[0])
        if self.is_end:
            steps = acc.shape[1] if self.readout.accumulates else self.time_steps
            acc = np.broadcast_to(acc, (len(acc), steps, acc.shape[2]))
            return Values(self.readout.sent(acc), sums=acc)
        return Values(self.firing.run(acc, self.time_steps), acc)

    def _run_by_steps(self, edges: Sequence[Edge], arriving: Sequence[Array]) -> Values:
        """Step by step: what was sent in the step before adds to the sums of this one."""
        shape = (len(arriving[0]), self.time_steps, self.neurons)
        found = Values(np.empty(shape, self.output(()).fixed.numpy_dtype), np.empty(shape, np.int64))
        others = iter(arriving)
        inputs = [found.sent if self.keeps(i) else next(others) for i in range(len(self.projections))]
        state = self.begin(len(arriving[0]))
        for index in range(self.time_steps):
            state, now = self.step(edges, inputs, index, state)
            found.put(index, now)
        return found

    goes_by_steps = True

    def begin(self, batch: int) -> object:
        return self.firing.start(batch)

    def step(
        self, edges: Sequence[Edge], inputs: Sequence[Array], index: int, state: object
    ) -> tuple[object, Values]:
        acc = np.zeros((len(inputs[0]), self.neurons), np.int64)
        for position, projection in enumerate(self.projections):
            edge, values, at = edges[position], inputs[position], index - projection.steps_late
            if at < 0:
                values, at = np.full_like(values[:, :1], self.start_count), 0
            acc += projection.synapse.sums_at(edge, values, at) << projection.shift
        state, counts = self.firing.step(state, acc)
        return state, Values(counts, acc)

    def for_steps(self, steps: int) -> Self:
        return dataclasses.replace(self, time_steps=steps)

    def keeps(self, position: int) -> bool:
        return bool(self.delay(position))

    def held(self, sums: IntArray | None) -> tuple[Held, ...]:
        if sums is None or not sums.size:
            return ()
        if self.is_end:
            kept = sums.sum(axis=1) if self.readout.accumulates else sums
            return (Held.of("sums", self.acc_type, [kept]),)
        return (Held.of("sums", self.acc_type, [sums]), *self.firing.held(sums, self.time_steps))

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return population_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        """The first process, its synapses and its sums; the neurons and the second process."""
        parts = [fabric(READOUT if self.is_end else INTEGRATE), *self._memories(edges), *self._addends(edges)]
        for projection, edge in zip(self.projections, edges, strict=True):
            parts.append(projection.synapse.cost(edge, self.lanes, self.acc_type))
        parts.append(self.neuron.cost(self.neurons, self.neuron_lanes, self.acc_type))
        parts.append(population_hardware.borrows(self))
        if population_overlap.fires_beside(self, self.reads_frames_only(edges)):
            parts.append(population_hardware.handed_over(self))
        if self.is_end:
            return total(parts)
        chooses = self.groups > 1 and self.lanes > 1 and not self.firing.stateful
        parts.append(Resources(lut=CHOICE_LUT if chooses else 0))
        return total([*parts, population_hardware.selection(self)])

    def _addends(self, edges: Sequence[Edge]) -> list[Resources]:
        """Registers of the sums that DSP slices add to, unless they are the slices' own."""
        sliced = sum(p.synapse.adds_in_slices(e) for p, e in zip(self.projections, edges, strict=True))
        bits = self.lanes * self.acc_type.width_bits
        return [] if self._sums_are_slices(edges) else [Resources(ff=sliced * bits)]

    def _sums_are_slices(self, edges: Sequence[Edge]) -> bool:
        """Whether its sums are registers of DSP slices: one group, and nothing else adds to them."""
        only = self.groups == len(self.projections) == 1
        return only and self.projections[0].synapse.adds_in_slices(edges[0])

    def _memories(self, edges: Sequence[Edge]) -> list[Resources]:
        """The sums, those of frames kept beside them, and what is fed back."""
        bits = self.lanes * self.acc_type.width_bits
        words = [] if self._sums_are_slices(edges) else [(self.groups, bits)]
        frames = [edge.is_frame for edge in edges]
        if any(frames) and not self.reads_frames_only(edges):
            words.append((self.groups, bits))
        if self.feedback is not None:
            words.append((self.fire_groups, self.fire_lanes * self.output(()).fixed.width_bits))
        return [memory_resources(Memory(depth, width, rom=False)) for depth, width in words]

    def widest_word(self, lanes: int) -> int:
        synapses = [projection.synapse.widest_word(lanes) for projection in self.projections]
        fire_lanes = self.fire_lanes if lanes == self.lanes else self._widest_part(lanes)
        words = self.neuron.words(self.neurons, lanes if self.is_end else fire_lanes, self.acc_type)
        return max([lanes * self.acc_type.width_bits, *synapses, *words])

    @property
    def port(self) -> PortWord | None:
        return PortWord(self.word_bits, SCORE_TYPE.width_bits) if self.is_end else None

    @property
    def answer(self) -> Answer | None:
        if self.port is None:
            return None
        if self.readout.margins is not None:
            return Answer(1, self.neurons + 1, self.port, exits=True)
        rows = self.time_steps if self.readout.every_step else 1
        return Answer(rows, self.neurons, self.port)

    def with_word_bits(self, bits: int) -> Self:
        if self.is_end and self.readout.margins is not None:
            return self
        fitting = [width for width in WORD_BITS if width <= bits and sums_fill_words(self, width)]
        return dataclasses.replace(self, word_bits=max(fitting)) if self.is_end else self

    @property
    def burst_choices(self) -> Sequence[int]:
        return (1,) if self.is_end or self.feedback is not None else BURSTS

    def with_events_in_word(self, events: int) -> Self:
        return dataclasses.replace(self, events_in_word=events)

    def largest_burst(self, position: int) -> int:
        return self.projections[position].synapse.largest_burst

    @property
    def scanned_lanes(self) -> int:
        return 0 if self.is_end else self.fire_lanes

    @property
    def neuron_lanes(self) -> int:
        """Neurons that are worked on together once their sums are there."""
        return self.lanes if self.is_end else self.fire_lanes

    @property
    def fire_groups(self) -> int:
        """Cycles in which all neurons fire once; the packed words of counts of a time step."""
        return groups_of(self.neurons, self.fire_lanes)

    def passes(self, position: int) -> int:
        return self.projections[position].synapse.passes(self.lanes)

    @property
    def work_of_a_word(self) -> int:
        return max(self.groups, self.lanes // self.neuron_lanes)

    @property
    def work_of_a_step(self) -> int:
        walks = sum(projection.synapse.step_cycles(self.lanes) for projection in self.projections)
        fired = groups_of(self.neurons, self.neuron_lanes)
        return self.groups + fired * (self.time_steps + 1) + walks * self.time_steps

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        return population_timing.work(self, edges, arriving, sent, inferences)

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return population_timing.flow(self, arrivals, sent, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        return population_timing.busy(self, edges, arriving, sent, overheads)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        return population_timing.operations(self, edges, arriving, spikes)

    # ---- folding ------------------------------------------------------------------------------------------

    @property
    def facts(self) -> Mapping[str, Any]:
        bits = self.weight_bits.values()
        return {
            "inputs": sum(projection.synapse.inputs for projection in self.projections),
            "lanes": self.lanes,
            "parallel_pixels": None,
            "fire_lanes": None if self.is_end else self.fire_lanes,
            "weight_bits": max(bits, default=None),
            "acc_bits": self.acc_type.width_bits,
        }

    def with_lanes(self, lanes: int) -> Self:
        unit = 1 if self.is_end else self.firing.fire_unit
        lanes = -(-lanes // unit) * unit
        part = self._widest_part(lanes)
        if (lanes, part) == (self.lanes, self.fire_lanes):
            return self
        return dataclasses.replace(self, lanes=lanes, fire_lanes=part)

    def _widest_part(self, lanes: int) -> int:
        """The most lanes that fire in one cycle, as long as nothing was weighed."""
        return max(part for part in self._fitting(lanes) if part <= FIRE_LANES)

    def _fitting(self, lanes: int) -> list[int]:
        """The numbers of lanes that its neurons can fire with in one cycle."""
        if self.is_end:
            return parts_of(lanes)
        unit, most = self.firing.fire_unit, self.firing.most_fire_lanes
        return [part for part in parts_of(lanes) if part % unit == 0 and part <= most] or [unit]

    @property
    def fire_choices(self) -> Sequence[int]:
        return () if self.is_end else self._fitting(self.lanes)

    def with_fire_lanes(self, fire_lanes: int) -> Self:
        return dataclasses.replace(self, fire_lanes=fire_lanes)

    def pairs_fit(self, edges: Sequence[Edge]) -> bool:
        synapses = [projection.synapse for projection in self.projections]
        return self.lanes > 1 and all(
            isinstance(synapse, Weighted) and synapse.pairs_fit(edge, self.acc_type)
            for synapse, edge in zip(synapses, edges, strict=True)
        )

    def product_slices(self, edges: Sequence[Edge]) -> tuple[int, int] | None:
        if not self.weighted:
            return None
        parts = zip(self.projections, edges, strict=True)
        slices = sum(p.synapse.cost(edge, self.lanes, self.acc_type).dsp for p, edge in parts)
        return round(slices), 2 if self.paired else 1


def parts_of(lanes: int) -> list[int]:
    """The numbers of neurons that may fire in one cycle, ascending: they divide the lanes."""
    return [part for part in range(1, min(lanes, MAX_FIRE_LANES) + 1) if lanes % part == 0]


def widest_part(lanes: int) -> int:
    """The most neurons that fire in one cycle, as long as nothing was weighed."""
    return max(part for part in parts_of(lanes) if part <= FIRE_LANES)


def population_named(graph: Graph, name: str) -> Population:
    """The population of that name; TypeError if it is none."""
    node = graph[name]
    if not isinstance(node, Population):
        raise TypeError(f"{name}: {type(node).__name__} is no population")
    return node


def precise_populations(graph: Graph) -> tuple[Population, ...]:
    """Those whose neurons have several precisions, in order."""
    populations = (node for node in graph.layers if isinstance(node, Population) and not node.is_end)
    return tuple(node for node in populations if node.firing.precisions > 1)


def _sums(projection: Projection, edge: Edge, values: Array) -> IntArray:
    """(B, T, N) of the events or currents of one projection (B, T, M)."""
    return projection.synapse.sums_over_time(edge, values) << projection.shift
