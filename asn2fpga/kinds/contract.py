"""The questions that every integer kind answers: nodes, synapses, neurons. Nothing outside asks for a class.

A node that leaves one unanswered cannot be made (they are abstract); tests/unit/test_completeness.py checks
that every kind of the registry has answers of its own, a page in docs/spec/kinds and a case in tests/kinds.
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
from asn2fpga.graph.words import Answer, PortWord
from asn2fpga.kinds.hardware import Block, Config
from asn2fpga.kinds.held import Holds
from asn2fpga.kinds.late import AddsUp, IsLate
from asn2fpga.kinds.maps.questions import HasPixels, ReadsMaps
from asn2fpga.kinds.roms import Rom, groups_of
from asn2fpga.kinds.sources.precisions import HasPrecisions
from asn2fpga.kinds.stepwise import Stepwise
from asn2fpga.kinds.stepwise import Values as Values  # kinds take it from here
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

WeightMemory = Literal["auto", "lut"]
"""What holds weights: what their size asks for (device/binding.py), or look-up tables."""

BURSTS = (1, 2)
"""Events in a word: more need a further port of every weight memory, which block RAM does not have."""

Multiplier = Literal["auto", "dsp", "paired"]
"""What makes products: what their size asks for (device/binding.py), DSP slices, or those of two lanes."""


@dataclass(frozen=True)
class Wiring:
    """The streams of a node's hardware, as dataflow lays them: what it reads, in order, and sends."""

    reads: tuple[str, ...]
    sources: tuple[str, ...]
    sends_events: bool
    sends_currents: bool


class IntegerNode(IsLate, Stepwise, ReadsMaps, Holds, Node, ABC):
    """A node that becomes hardware. Edges are those of its inputs, in order."""

    level: ClassVar[Level] = "integer"

    @property
    @abstractmethod
    def kind(self) -> str:
        """What reports call it."""

    @abstractmethod
    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        """What it computes, exactly: THE definition. inputs: (B, T, N) each, of frames (B, 1, N)."""

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
    def burst_choices(self) -> Sequence[int]:
        """How many events it can send in one cycle, ascending."""
        return (1,)

    def with_events_in_word(self, events: int) -> Self:
        """The same, sending so many events in one cycle, one of `burst_choices`."""
        return self

    def largest_burst(self, position: int) -> int:
        """Most events that it takes in one cycle from input number `position`."""
        return 1

    @property
    def scanned_lanes(self) -> int:
        """Lanes of the packed words in which it looks for events; 0 if they are not packed."""
        return 0

    def scanned(self, edges: Sequence[Edge], counts: Array) -> tuple[Array, int]:
        """What it sends as it looks for events in it: (B, T, M) counts in the order of packed words, lanes
        without a neuron included, and the lanes of a word.
        """
        return counts, self.scanned_lanes

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
    def lanes_from(self) -> int | None:
        """Number of the input whose lanes, or part of them, what it sends has; None if they are its own."""
        return 0 if len(self.inputs) == 1 else None

    @property
    def word_by_word(self) -> tuple[int, ...]:
        """Numbers of inputs that are best with equal lanes, whose words it takes side by side."""
        return ()

    @property
    def port(self) -> PortWord | None:
        """The words of the AXI4-Stream that it reads or writes; None if it has none."""
        return None

    @property
    def answer(self) -> Answer | None:
        """What it sends per inference if it gives the scores; None otherwise."""
        return None

    def with_word_bits(self, bits: int) -> Self:
        """The same, with the widest words of its port that it can have and that have at most so many bits."""
        return self

    @property
    def facts(self) -> Mapping[str, Any]:
        """What reports show of it, each None where there is none."""
        return dict.fromkeys(("inputs", "lanes", "parallel_pixels", "weight_bits", "acc_bits"))

    def product_slices(self, edges: Sequence[Edge]) -> tuple[int, int] | None:
        """DSP slices that multiply its weights, and lanes that each of them serves; None without weights."""
        return None


class Foldable(HasPixels, IntegerNode, ABC):
    """A node with lanes: neurons whose sums are worked on in the same cycle."""

    lanes: int

    @property
    def most_lanes(self) -> int:
        """Its neurons; of a map the channels."""
        return self.neurons

    @property
    def groups(self) -> int:
        """Cycles to touch every neuron once, or every channel of a pixel."""
        return groups_of(self.most_lanes, self.lanes)

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
        """The same with other bits of weights by that name: for estimates only, the weights stay."""

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


class Source(HasPrecisions, IntegerNode, ABC):
    """Where values enter. shape, max_count, time_steps: of one input; hardware may meet all of its type."""

    is_source = True
    shape: Shape
    max_count: int
    time_steps: int

    @property
    @abstractmethod
    def port(self) -> PortWord: ...

    @property
    @abstractmethod
    def input_words(self) -> int:
        """Words of one inference; 0 if that depends on the input."""

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

    def sums_over_time(self, edge: Edge, values: Array) -> IntArray:
        """(B, T, inputs) -> (B, T, N): of each time step alone, unless the kind looks back."""
        batch, steps, inputs = values.shape
        sums = self.sums(edge, values.reshape(batch * steps, inputs))
        return sums.reshape(batch, steps, sums.shape[1])

    def sums_at(self, edge: Edge, values: Array, index: int) -> IntArray:
        """(B, N) the same of time step `index` alone, no later one is read; frames (B, 1, inputs) stay."""
        return self.sums(edge, values[:, min(index, values.shape[1] - 1)])

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


class EventSynapse(AddsUp, Synapse):
    """Synapses that take events one by one and add to the sums of all neurons, group by group of lanes."""

    kernel: ClassVar[str]
    header: ClassVar[str]
    spans_steps: ClassVar[bool] = False  # its events of all time steps can be taken in by one loop

    @abstractmethod
    def passes(self, lanes: int) -> int:
        """Cycles that one event takes."""

    def step_cycles(self, lanes: int) -> int:
        """Cycles of a time step besides those of its events, and of its end."""
        return 0

    @abstractmethod
    def cost(self, edge: Edge, lanes: int, acc_type: FixedType) -> Resources:
        """Its arithmetic and its memories: an estimate."""

    @property
    def largest_burst(self) -> int:
        """Most events that it takes in one cycle."""
        return 1

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
