"""The questions that neurons of a population answer: docs/a-new-kind.md."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.serial import Part
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Config, Constant, TypeName
from asn2fpga.kinds.held import Held
from asn2fpga.kinds.neurons.early_exit import exited
from asn2fpga.kinds.roms import Rom


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


class SendingNeurons(Neurons, ABC):
    """N integer neurons that send a count each at every time step.

    keeps_frames: whether what they send of a frame is a frame.
    """

    keeps_frames: ClassVar[bool] = False

    @property
    @abstractmethod
    def stateful(self) -> bool:
        """Whether something is kept from one time step to the next."""

    @abstractmethod
    def run(self, acc: IntArray, time_steps: int) -> Array:
        """Counts (B, T, N) for sums acc (B, T, N), or (B, 1, N) where the same sums drive every time step."""

    def part(self, chosen: Array) -> Self:
        """The neurons with these numbers, of neurons that are told apart by a map's pixels."""
        raise TypeError(f"{type(self).__name__} does not differ by pixel")

    def held(self, acc: IntArray, time_steps: int) -> tuple[Held, ...]:
        """What the membranes hold while it runs, as `run` is called; nothing where there are none."""
        return ()

    @abstractmethod
    def fire_cost(self, neurons: int, lanes: int) -> Resources:
        """What they cost where counts stay in packed words, and nothing looks for events in them."""


class FiringNeurons(SendingNeurons, ABC):
    """Neurons of a population, which fire time step by time step: S = base + count, in units of 2^-frac_bits.

    kernel, header: of the C++ class template whose `fire` they are. level_values: the counts they can send.
    lanes_kernel: the C++ class template of neurons side by side, for maps; empty of those that no map has.
    """

    kernel: str
    header: str
    lanes_kernel: str
    count_type: FixedType
    level_values: tuple[int, ...]
    base: int
    frac_bits: int
    fire_unit: ClassVar[int] = 1
    """Sums that belong to one neuron: lanes that fire together are whole numbers of these."""
    most_fire_lanes: ClassVar[int] = 32
    fire_cycles: ClassVar[int] = 4
    """From one firing to the next of neurons of a map whose states are registers."""

    @property
    def precisions(self) -> int:
        """In how many precisions they can compute an inference: adaptive.md."""
        return 1

    @property
    @abstractmethod
    def state_bits(self) -> int:
        """Bits that a neuron keeps from one time step to the next."""

    @property
    def inflow_bits(self) -> int:
        """Those of `state_bits` that have a memory of their own, for what is made of the sums before they
        reach a neuron.
        """
        return 0

    @property
    @abstractmethod
    def explanation(self) -> str:
        """What is rounded in what they keep; empty if nothing is kept."""

    def run(self, acc: IntArray, time_steps: int) -> Array:
        drive = np.broadcast_to(acc, (len(acc), time_steps, acc.shape[2]))
        fired = np.empty(drive.shape, dtype=self.count_type.numpy_dtype)
        state = self.start(len(acc))
        for index in range(time_steps):
            state, fired[:, index] = self.step(state, drive[:, index])
        return fired

    @abstractmethod
    def start(self, batch: int) -> object:
        """The state before the first time step."""

    @abstractmethod
    def step(self, state: Any, acc: IntArray) -> tuple[object, Array]:
        """The state after one time step with sums acc (B, N), and the counts (B, N)."""

    @abstractmethod
    def config(self, name: str, neurons: int, lanes: int, acc_type: FixedType) -> Config:
        """The config N of their kernel, for the population `name`; lanes: those that fire in one cycle."""

    @abstractmethod
    def roms(self, name: str, neurons: int, lanes: int) -> tuple[Rom, ...]:
        """What differs between neurons."""


class ReadoutNeurons(Neurons, ABC):
    """C neurons that give a score each: score[i] = (what they make of the sums) << shift[i].

    accumulates: they need nothing but the sum over all time steps, so sums are not kept apart by time step.
    every_step: scores are sent after each time step instead of once per inference, each time those that the
    inference would end with if its input ended there. margins: (T-1,) thresholds of an early exit, which
    sends one row and the number of time steps used (early_exit.py); None: there is none.
    """

    accumulates: ClassVar[bool]
    kernel: ClassVar[str]
    shift: Array
    bias: Array
    state_frac_bits: int = 0
    every_step: bool = False
    margins: Array | None = None

    @abstractmethod
    def scores(self, acc: IntArray) -> IntArray:
        """Scores (B, C), or (B, T, C) if sent at every step, for the sums of each time step (B, T, C)."""

    def sent(self, acc: IntArray) -> IntArray:
        """(B, rows, values) all that is sent for the sums of each time step (B, T, C)."""
        found = self.scores(acc)
        rows = found if self.every_step else found[:, None]
        return rows if self.margins is None else exited(rows, self.margins)

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
    def roms(self, name: str, lanes: int, scores_in_word: int) -> tuple[Rom, ...]:
        """Its ROMs; a row of those of scores is for as many as a word of the port holds."""
