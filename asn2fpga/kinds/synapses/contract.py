"""The questions that integer synapses of populations answer: docs/a-new-kind.md."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from asn2fpga.device.parts import Memory
from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Carries, Edge
from asn2fpga.graph.serial import Part
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.contract import Multiplier, WeightMemory
from asn2fpga.kinds.hardware import Config
from asn2fpga.kinds.late import AddsUp
from asn2fpga.kinds.roms import Rom


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
    def weight_memory(self, edge: Edge, lanes: int) -> Memory:
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
