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
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.node import Level, Node
from asn2fpga.graph.types import Array, Shape
from asn2fpga.graph.words import Answer, PortWord
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.held import Holds
from asn2fpga.kinds.late import IsLate
from asn2fpga.kinds.maps.questions import HasPixels, ReadsMaps
from asn2fpga.kinds.roms import groups_of
from asn2fpga.kinds.sources.precisions import HasPrecisions
from asn2fpga.kinds.stepwise import Stepwise
from asn2fpga.kinds.stepwise import Values as Values  # kinds take it from here
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

WeightMemory = Literal["auto", "lut"]
"""What holds weights: what their size asks for (device/binding.py), or look-up tables."""

RunTimeMemory = Literal["auto", "ultra"]
"""What holds values that are written at run time: what their size asks for, or UltraRAM (it begins empty)."""

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

    @abstractmethod
    def weight_memories(self, edges: Sequence[Edge]) -> Mapping[str, Memory]:
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

    def run_time_memories(self, edges: Sequence[Edge]) -> Mapping[str, Memory]:
        """Those that may lie in UltraRAM, by names that reports show, each as often as parallel_pixels says.

        No word of them is used before the kernel has written it, whatever the memory begins with.
        """
        return {}

    def with_run_time_memories_in(self, memories: Mapping[str, RunTimeMemory]) -> Self:
        """The same with the memories of these names held so."""
        return self

    @property
    def multiplies_in_one_loop(self) -> bool:
        """Whether its products are made in the same loop, where slices for one are slices for all."""
        return False

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
