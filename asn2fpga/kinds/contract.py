"""The questions that every integer kind answers: nodes, synapses, neurons. Nothing outside asks for a class.

A node that leaves a question unanswered cannot be made (they are abstract); tests/unit/test_completeness.py
checks that every kind of the registry has answers of its own, a page in docs/spec/kinds and a case in
tests/kinds/cases.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from asn2fpga.device.parts import Memory
from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Carries, Edge
from asn2fpga.graph.node import Level, Node
from asn2fpga.graph.serial import Part
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Block, Config, Constant, TypeName
from asn2fpga.kinds.roms import Rom, groups_of
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

WeightMemory = Literal["auto", "lut"]
"""What holds weights: what their size asks for (device/binding.py), or look-up tables."""

Multiplier = Literal["auto", "dsp", "paired"]
"""What makes products: what their size asks for (device/binding.py), DSP slices, or those of two lanes."""


@dataclass(frozen=True, eq=False)
class Values:
    """What a node computed for B inferences: events or scores (B, T, N), and currents if it has some."""

    sent: Array
    currents: IntArray | None = None


@dataclass(frozen=True)
class Wiring:
    """The streams of a node's hardware, as dataflow lays them: what it reads, in order, and what is read of
    it.
    """

    reads: tuple[str, ...]
    sources: tuple[str, ...]
    sends_events: bool
    sends_currents: bool


class IntegerNode(Node, ABC):
    """A node that becomes hardware. Edges are those of its inputs, in order."""

    level: ClassVar[Level] = "integer"

    @property
    @abstractmethod
    def kind(self) -> str:
        """What reports call it."""

    @abstractmethod
    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        """What it computes, exactly: THE definition. inputs: (B, T, N) each, frames and their sums (B,
        1, N).
        """

    @abstractmethod
    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        """Its hardware."""

    @abstractmethod
    def cost(self, edges: Sequence[Edge]) -> Resources:
        """What its processes, memories and inner FIFOs need: an estimate."""

    @abstractmethod
    def widest_word(self, lanes: int) -> int:
        """Width in bits of the widest packed word with so many lanes."""

    @abstractmethod
    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        """Cycles that each of its resources works for, all inferences together; the largest is a bound."""

    @abstractmethod
    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        """When it sends its events (or scores), and when its currents."""

    @abstractmethod
    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        """(B,) cycles in which its slowest process works, predicted."""

    @abstractmethod
    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        """What it does. spikes: the sum of the counts that arrived at each input, None for currents."""

    @property
    def neurons(self) -> int:
        """Elements that it sends per time step."""
        return self.output(()).size

    @property
    def scanned_lanes(self) -> int:
        """Lanes of the packed words in which it looks for events; 0 if they are not packed."""
        return 0

    @property
    def drops_empty_words(self) -> bool:
        """Whether words without an event pass in the cycle in which they come, beside what waits."""
        return False

    def passes(self, position: int) -> int:
        """Cycles that an event takes at input number `position`."""
        return 1

    @property
    def work_of_a_word(self) -> int:
        """Most cycles in which a word is worked on without any other moving."""
        return 1

    @property
    def work_of_a_step(self) -> int:
        """Most cycles of a time step in which no event is sent, whatever arrives."""
        return 0

    @property
    def facts(self) -> Mapping[str, Any]:
        """What reports show of it: inputs, lanes, weight_bits, acc_bits, each None where there is none."""
        return {"inputs": None, "lanes": None, "weight_bits": None, "acc_bits": None}

    def product_slices(self, edges: Sequence[Edge]) -> tuple[int, int] | None:
        """DSP slices that multiply its weights, and lanes that each of them serves; None without weights."""
        return None


class Foldable(IntegerNode, ABC):
    """A node with lanes: neurons whose sums are worked on in the same cycle."""

    lanes: int

    @property
    def groups(self) -> int:
        """Cycles to touch every neuron once."""
        return groups_of(self.neurons, self.lanes)

    @abstractmethod
    def with_lanes(self, lanes: int) -> Self:
        """The same with so many lanes."""

    @property
    @abstractmethod
    def fire_choices(self) -> Sequence[int]:
        """How many of its lanes may fire in one cycle; nothing to choose if its neurons do not fire."""

    @abstractmethod
    def with_fire_lanes(self, fire_lanes: int) -> Self:
        """The same with so many neurons that fire in one cycle."""

    @property
    @abstractmethod
    def weight_bits(self) -> Mapping[str, int]:
        """Bits of its weights, by the name of what was trained."""

    @abstractmethod
    def with_weight_bits(self, bits: Mapping[str, int]) -> Self:
        """The same with other bits of weights by that name: for estimates only, the weights stay as they
        are.
        """

    @property
    @abstractmethod
    def weight_memories(self) -> Mapping[str, Memory]:
        """The ROMs of its weights, by the name of what was trained."""

    @abstractmethod
    def with_weights_in(self, memories: Mapping[str, WeightMemory]) -> Self:
        """The same with the weights of these names held so."""

    @property
    @abstractmethod
    def products(self) -> Mapping[str, Multiplier]:
        """What makes the products of its synapses where one can choose, by the names of `weight_memories`."""

    @abstractmethod
    def with_products_by(self, multipliers: Mapping[str, Multiplier]) -> Self:
        """The same with the products of these names made so."""

    def pairs_fit(self, edges: Sequence[Edge]) -> bool:
        """Whether all its products may be "paired": they are for all of its synapses, or for none."""
        return False

    @property
    @abstractmethod
    def has_weights(self) -> bool:
        """Whether one of its weights is not 0; True of what reads currents alone."""


class Source(IntegerNode, ABC):
    """Where values enter. shape, max_count, time_steps: of one input; hardware may meet any value of its
    type.
    """

    is_source = True
    shape: Shape
    max_count: int
    time_steps: int

    @property
    @abstractmethod
    def input_words(self) -> int:
        """32-bit words of one input message; 0 if that depends on the input."""

    @property
    @abstractmethod
    def sample_shape(self) -> Shape:
        """Of one input: (*shape) of a frame, (time, *shape) of events."""

    @abstractmethod
    def check(self, x: Array) -> None:
        """InputError if x (B, *sample_shape) is not a batch of inputs."""


class Synapse(Part, ABC):
    """Integer synapses of one projection onto N neurons: linear in what arrives."""

    title: ClassVar[str]
    reads: ClassVar[Carries] = "events"
    kernel: ClassVar[str]
    header: ClassVar[str]
    spans_steps: ClassVar[bool] = False  # its events of all time steps can be taken in by one loop

    @property
    @abstractmethod
    def neurons(self) -> int:
        """N."""

    @property
    @abstractmethod
    def inputs(self) -> int:
        """Elements of the edge that it reads."""

    @abstractmethod
    def complaint(self, edge: Edge) -> str:
        """What is wrong with its own numbers, or with the edge it reads; empty if nothing."""

    @abstractmethod
    def sums(self, edge: Edge, values: Array) -> IntArray:
        """(R, inputs) counts or currents -> (R, N) sums, exactly."""

    @abstractmethod
    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        """(N,) smallest and largest partial sum, in any order of the events."""

    @property
    @abstractmethod
    def fanout(self) -> int:
        """Additions that one event causes."""

    @property
    def macs_per_step(self) -> int:
        """Multiply-accumulates of a time step if no input were zero."""
        return self.inputs * self.fanout

    @abstractmethod
    def passes(self, lanes: int) -> int:
        """Cycles that one event takes."""

    def step_cycles(self, lanes: int) -> int:
        """Cycles of a time step besides those of its events, and of its end."""
        return 0

    @abstractmethod
    def cost(self, edge: Edge, lanes: int, acc_type: FixedType) -> Resources:
        """Its arithmetic and its memories: an estimate."""

    def adds_in_slices(self, edge: Edge) -> bool:
        """Whether the DSP slices of its products also add them to the sums."""
        return False

    @abstractmethod
    def widest_word(self, lanes: int) -> int:
        """Width in bits of its widest packed word."""

    @abstractmethod
    def config(self, name: str, source: str, edge: Edge, lanes: int) -> Config:
        """Its part of the config P of its kernel. source: the config of the node that it reads."""

    @abstractmethod
    def roms(self, name: str, lanes: int) -> tuple[Rom, ...]:
        """Its ROMs, named after the projection."""

    def feedback(self, name: str, lanes: int) -> Config | None:
        """Its part of the config P of hw/hls/synapses/recurrent.h, for what the population sent before.

        None: the kind has no kernel for that.
        """
        return None


class Weighted(Synapse, ABC):
    """Synapses with trained weights, integers within +-(2^(weight_bits-1)-1)."""

    weight_bits: int
    memory: WeightMemory
    products: Multiplier | None = None  # None: nothing to choose

    @abstractmethod
    def weight_memory(self, lanes: int) -> Memory:
        """The ROM of the weights."""

    @property
    def paired(self) -> bool:
        """Whether one DSP slice multiplies and adds for two lanes."""
        return self.products == "paired"

    def pairs_fit(self, edge: Edge, acc_type: FixedType) -> bool:
        """Whether one DSP slice could do so."""
        return False

    @property
    @abstractmethod
    def has_weights(self) -> bool:
        """Whether one of its weights is not 0."""


class Neurons(Part, ABC):
    """N integer neurons that read the sums of a population: a level of counts each, or scores."""

    title: ClassVar[str]

    @abstractmethod
    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        """What is wrong with its numbers, for N neurons whose sums have these ranges; empty if nothing."""

    @abstractmethod
    def output(self, shape: Shape, time_steps: int) -> Edge:
        """What the population sends."""

    @abstractmethod
    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        """Its arithmetic, memories and second process: an estimate."""

    @abstractmethod
    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        """Widths in bits of its packed words."""

    @property
    def note(self) -> str:
        """What a comment says of it."""
        return self.title


class ReadoutNeurons(Neurons, ABC):
    """C neurons that give a score each, once per inference: score[i] = (what they make of the sums) <<
    shift[i].

    accumulates: they need nothing but the sum over all time steps, so sums are not kept apart by time step.
    """

    accumulates: ClassVar[bool]
    kernel: ClassVar[str]
    shift: Array
    bias: Array
    state_frac_bits: int = 0

    @abstractmethod
    def scores(self, acc: IntArray) -> IntArray:
        """Scores (B, C) for the sums of each time step (B, T, C)."""

    @abstractmethod
    def score_type(self, acc_type: FixedType) -> FixedType:
        """Of a score before its shift and bias, where sums are of that type."""

    @abstractmethod
    def constants(self) -> tuple[Constant, ...]:
        """Its constants in the config of the population."""

    @abstractmethod
    def types(self, name: str) -> tuple[TypeName, ...]:
        """Its types and ROMs in the config of the population `name`."""

    @abstractmethod
    def roms(self, name: str, lanes: int) -> tuple[Rom, ...]:
        """Its ROMs."""
