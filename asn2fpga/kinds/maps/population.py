"""A population of neurons that form a map: what windows hold is gathered, pixel by pixel."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from asn2fpga.device.parts import Memory
from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import RunTimeMemory, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.held import Held
from asn2fpga.kinds.maps import population_hardware, population_memories, population_timing, units
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.pace import Reads
from asn2fpga.kinds.maps.rules import MAP_POPULATION_RULES
from asn2fpga.kinds.maps.synapse import MapSynapse
from asn2fpga.kinds.neurons.contract import FiringNeurons, SendingNeurons
from asn2fpga.kinds.projected import Projected
from asn2fpga.kinds.synapses.convolution import Convolution
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

MAX_PARALLEL_PIXELS = 16  # each has a window, rows of counts and weights of its own


@dataclass(frozen=True, eq=False, kw_only=True)
class MapProjection:
    """Synapses from one map onto the population: its sums count 2^shift units of the accumulator.

    name: of what was trained. trained: whether something was; else counts are added up as they are, which is
    no synaptic operation, and has no bits of weights to choose.
    """

    name: str
    synapse: MapSynapse
    shift: int = 0
    trained: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class MapPopulation(Projected):
    """A map of neurons, and the projections that reach them, one per input.

    shape: (channels, height, width), or (channels, length). neuron: a neuron for each channel, or with
    by_pixel one for each pixel and channel, pixel by pixel (raster order). acc_type holds
    every partial sum of a time step. lanes: channels whose sums are worked on in one cycle. parallel_pixels:
    output pixels that are, side by side, each in a unit with weights of its own. membranes: what holds them,
    where maps come step by step. by_step: of what reads frames, whether it sends its map step by step.
    """

    shape: Shape
    projections: tuple[MapProjection, ...]
    neuron: SendingNeurons
    acc_type: FixedType
    time_steps: int
    by_pixel: bool = False
    lanes: int = 1
    parallel_pixels: int = 1
    membranes: RunTimeMemory = "auto"
    by_step: bool = False

    has_branches = True
    works_by_step = True
    rules = MAP_POPULATION_RULES

    @property
    def channels(self) -> int:
        """Of the map."""
        return self.projections[0].synapse.channels

    @property
    def neurons(self) -> int:
        """That differ: of one pixel, or of all."""
        return self.channels * (math.prod(self.pixels) if self.by_pixel else 1)

    @property
    def pixels(self) -> tuple[int, int]:
        """Rows and columns of the map."""
        return self.projections[0].synapse.pixels

    @property
    def most_lanes(self) -> int:
        return self.channels

    def output(self, inputs: Sequence[Edge]) -> Edge:
        sent = self.neuron.output(self.shape, self.time_steps)
        is_frame = self.neuron.keeps_frames and _are_frames(inputs)
        by_step = self.by_step or _by_step(inputs)
        return dataclasses.replace(sent, is_frame=is_frame, is_map=True, lanes=self.lanes, by_step=by_step)

    def sent_by_step(self, inputs: Sequence[Edge]) -> Self | None:
        over_time = self.time_steps > 1 and _are_frames(inputs) and not self.output(inputs).is_frame
        return dataclasses.replace(self, by_step=True) if over_time else None

    def currents(self, inputs: Sequence[Edge]) -> Edge:
        low, high = self.acc_type.min, self.acc_type.max
        sums = Edge(self.shape, "currents", self.acc_type, low, high, self.time_steps)
        by_step = _by_step(inputs)
        is_frame = _are_frames(inputs)
        return dataclasses.replace(sums, is_frame=is_frame, is_map=True, lanes=self.lanes, by_step=by_step)

    # ---- golden -------------------------------------------------------------------------------------------

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        """Where neurons of a channel are alike pixels stand beside the batch."""
        acc = sum_of(
            _sums(projection, edge, values)
            for projection, edge, values in zip(self.projections, edges, inputs, strict=True)
        )
        batch, steps = len(acc), self.output(edges).steps
        fired = self.neuron.run(self._by_pixel(acc), steps)
        counts = fired.reshape(batch, -1, steps, self.neurons).swapaxes(1, 2)
        return Values(counts.reshape(batch, steps, -1), acc)

    def _by_pixel(self, acc: IntArray) -> IntArray:
        """(B, T, N) -> (B * pixels, T, channels), or as it is where neurons of all pixels differ."""
        batch, steps, _ = acc.shape
        by_pixel = acc.reshape(batch, steps, -1, self.neurons).swapaxes(1, 2)
        return by_pixel.reshape(-1, steps, self.neurons)

    def held(self, sums: IntArray | None) -> tuple[Held, ...]:
        if sums is None or not sums.size:
            return ()
        states = self.neuron.held(self._by_pixel(sums), self.time_steps)
        return (Held.of("sums", self.acc_type, [sums]), *states)

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return population_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return population_hardware.cost(self, edges)

    @property
    def multiplies_in_one_loop(self) -> bool:
        return True

    def pairs_fit(self, edges: Sequence[Edge]) -> bool:
        """Of one convolution, to whose sums nothing else is added."""
        if self.lanes < 2 or not self.sums_stay_in_slices(edges):
            return False
        synapse = self.projections[0].synapse
        return isinstance(synapse, Convolution) and synapse.pairs_fit(edges[0], self.acc_type)

    def sums_stay_in_slices(self, edges: Sequence[Edge]) -> bool:
        """Whether DSP slices that multiply also add: the counts of one convolution, to sums that begin with
        0.
        """
        if len(self.projections) != 1 or self.projections[0].shift:
            return False
        synapse = self.projections[0].synapse
        if not isinstance(synapse, Convolution) or synapse.takes_words(edges[0], self.lanes):
            return False
        return synapse.starts_from_zero(edges[0])

    def product_slices(self, edges: Sequence[Edge]) -> tuple[int, int] | None:
        return population_hardware.product_slices(self, edges) if self.weighted else None

    def widest_word(self, lanes: int) -> int:
        return population_hardware.widest_word(self, lanes)

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        return population_timing.work(self, edges, arriving, sent, inferences)

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        if arrivals[0].edge.by_step:
            return population_timing.flow_by_step(self, arrivals, overheads)
        return population_timing.flow(self, arrivals, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        assert sent is not None
        return population_timing.busy(self, edges, arriving, len(sent.events), overheads)

    @property
    def reading(self) -> Hashable:
        return tuple(projection.synapse.reading for projection in self.projections)

    def map_reads(self, position: int, pixel: int) -> Reads:
        return units.map_reads(self, position, pixel)

    def window_key(self, position: int, edge: Edge) -> WindowKey | None:
        return self.projections[position].synapse.window_key(edge, self.lanes)

    def rests(self, edges: Sequence[Edge]) -> bool:
        return self.fire_interval(edges) > 1

    def fire_interval(self, edges: Sequence[Edge]) -> int:
        """Cycles from one firing to the next, at least: a membrane in registers is read when it is there."""
        neuron = self.neuron
        if not isinstance(neuron, FiringNeurons) or not neuron.stateful or self.output(edges).by_step:
            return 1
        return neuron.fire_cycles

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        return population_timing.operations(self, edges, arriving)

    # ---- folding ------------------------------------------------------------------------------------------

    @property
    def facts(self) -> Mapping[str, Any]:
        return {
            "inputs": sum(projection.synapse.inputs for projection in self.projections),
            "lanes": self.lanes,
            "parallel_pixels": self.parallel_pixels,
            "weight_bits": max(self.weight_bits.values(), default=None),
            "acc_bits": self.acc_type.width_bits,
        }

    def works_for_long(self, position: int) -> bool:
        return self.reads(position) == "events"

    def follows(self, position: int) -> bool:
        synapse = self.projections[position].synapse
        return isinstance(synapse, Convolution) and synapse.is_depthwise

    @property
    def weight_bits(self) -> Mapping[str, int]:
        trained = {projection.name for projection in self.projections if projection.trained}
        return {name: bits for name, bits in super().weight_bits.items() if name in trained}

    def with_lanes(self, lanes: int) -> Self:
        return self if lanes == self.lanes else dataclasses.replace(self, lanes=lanes)

    @property
    def map_columns(self) -> int:
        return self.pixels[1]

    @property
    def most_parallel_pixels(self) -> int:
        return min(self.map_columns, MAX_PARALLEL_PIXELS)

    def with_parallel_pixels(self, pixels: int) -> Self:
        same = pixels == self.parallel_pixels
        return self if same else dataclasses.replace(self, parallel_pixels=pixels)

    def run_time_memories(self, edges: Sequence[Edge]) -> Mapping[str, Memory]:
        return population_memories.memories(self, edges)

    def with_run_time_memories_in(self, memories: Mapping[str, RunTimeMemory]) -> Self:
        projections, membranes = population_memories.placed(self, memories)
        same = projections == self.projections and membranes == self.membranes
        return self if same else dataclasses.replace(self, projections=projections, membranes=membranes)

    def in_form(self, form: str, edges: Sequence[Edge]) -> Self | None:
        skips = form == "gather"
        parts = [
            dataclasses.replace(p, synapse=dataclasses.replace(p.synapse, skips_zeros=skips))
            if isinstance(p.synapse, Convolution) and p.synapse.can_take_every_tap(edge, self.lanes)
            else p
            for p, edge in zip(self.projections, edges, strict=True)
        ]
        changes = any(new is not old for new, old in zip(parts, self.projections, strict=True))
        return dataclasses.replace(self, projections=tuple(parts)) if changes else None

    def takes_every_tap(self, edges: Sequence[Edge]) -> bool:
        parts = zip(self.projections, edges, strict=True)
        convolutions = ((p.synapse, edge) for p, edge in parts if isinstance(p.synapse, Convolution))
        return any(synapse.takes_every_tap(edge, self.lanes) for synapse, edge in convolutions)

    @property
    def fire_choices(self) -> Sequence[int]:
        return ()

    def with_fire_lanes(self, fire_lanes: int) -> Self:
        raise ValueError(f"{self.name}: all lanes of a map fire in one cycle")


def _by_step(inputs: Sequence[Edge]) -> bool:
    """Whether the maps that it reads come time step by time step, and then its own does."""
    return any(edge.by_step for edge in inputs)


def _are_frames(inputs: Sequence[Edge]) -> bool:
    """Whether its sums are the same at every time step."""
    return bool(inputs) and all(edge.is_frame for edge in inputs)


def _sums(projection: MapProjection, edge: Edge, values: Array) -> IntArray:
    """(B, T, N) of what one projection reads (B, T, M)."""
    batch, steps, inputs = values.shape
    sums = projection.synapse.sums(edge, values.reshape(batch * steps, inputs)) << projection.shift
    return sums.reshape(batch, steps, math.prod(sums.shape[1:]))
