"""The questions that every real-valued kind answers: what a trained network is made of, before it is
integers.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, Self

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.node import Level, Node
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.synapses.contract import Synapse

Factor = float | RealArray
"""What values are multiplied by: one number, or one for each element of their only axis."""
Affine = tuple[RealArray, RealArray]
"""Gain and shift per element: gain * x + shift."""


@dataclass(frozen=True, eq=False)
class Row:
    """What one neuron gets from synapses: the sum of weights * elements of what they read, and a bias.

    elements: (M,) numbers of elements in C order.
    """

    elements: IntArray
    weights: RealArray
    bias: Fraction


class RealNode(Node, ABC):
    """A step of a trained network. Values are (B, time, *shape); time is 1 while nothing has changed a
    frame.
    """

    level: ClassVar[Level] = "real-valued"

    @abstractmethod
    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """What it computes, in float64."""

    @property
    def parameters(self) -> int:
        """Trained numbers in it."""
        return 0

    @property
    def text(self) -> str:
        """What a summary of the model says of it."""
        return type(self).__name__

    # ---- what passes ask ----------------------------------------------------------------------------------

    @property
    def output_factor(self) -> float:
        """The constant that its output is multiplied by, apart from what it computes."""
        return 1.0

    def without_factor(self) -> Self:
        """The same with factor 1."""
        return self

    @property
    def takes_factors(self) -> bool:
        """Whether constants by which its input, or its output, is multiplied can become part of it."""
        return False

    def with_input_factor(self, factor: Factor) -> Self:
        """The same function of `factor` times its input."""
        raise TypeError(f"{self.name}: {type(self).__name__} takes no factors")

    def with_output_factor(self, factor: float) -> Self:
        """The same with its output multiplied by `factor`."""
        raise TypeError(f"{self.name}: {type(self).__name__} takes no factors")

    @property
    def is_renaming(self) -> bool:
        """Whether it only gives other addresses to the same elements in C order."""
        return False

    @property
    def affine(self) -> Affine | None:
        """Its gain and shift, if that is all it does to each element."""
        return None

    @property
    def is_sum(self) -> bool:
        """Whether it adds all its inputs."""
        return False

    @property
    def is_product(self) -> bool:
        """Whether a constant that one of its inputs is multiplied by is one that its output is."""
        return False

    @property
    def is_concatenation(self) -> bool:
        """Whether it puts its inputs side by side."""
        return False

    @property
    def pools(self) -> Literal["", "largest", "mean", "sum", "copies", "zeros", "attention", "product"]:
        """What it takes of each window of a map, or of several maps, or what it puts between pixels, if it
        does: hardware of its own between maps.
        """
        return ""

    joins_maps: ClassVar[bool] = True
    """Of what `pools`, whether that is maps."""

    @property
    def surroundings(self) -> tuple[tuple[int, ...], RealArray] | None:
        """Rows above, columns left, rows below and columns right that it puts around a map, and what they
        hold in each channel, if that is all it does.
        """
        return None

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> IntegerNode:
        """The pool of integers that reads the nodes `sources`, which send `edges`."""
        raise TypeError(f"{self.name}: {type(self).__name__} is no pool")

    def exactly(self, shape: Shape, index: int, read: Callable[[int], Fraction]) -> Fraction:
        """Of a pool, what it makes of a map of that shape at one of its own places. read: the value of an
        element of the map, in C order.
        """
        raise TypeError(f"{self.name}: {type(self).__name__} is no pool")

    def after(self, source: str, signs: RealArray | None) -> Self:
        """Of what a neuron layer may stand before as well as after, the same reading `source`.

        signs: -1 for channels in reversed order, of a pool of the largest.
        """
        raise TypeError(f"{self.name}: {type(self).__name__} cannot change places with neurons")

    def remembers(self, time_steps: int) -> bool:
        """Whether, in a network of so many time steps, what it does depends on earlier ones."""
        return False

    @property
    def looks_back(self) -> bool:
        """Whether it sends what it read at earlier time steps."""
        return False

    @property
    def time_steps_late(self) -> IntArray:
        """(N,) of what looks back, how many of them for each element, in C order."""
        raise TypeError(f"{self.name}: {type(self).__name__} does not look back")

    def at(self, index: int, history: Sequence[RealArray], batch: int) -> RealArray:
        """Of what looks back, what it sends at a time step. history: of its input (batch, 1, ..), step by
        step.
        """
        raise TypeError(f"{self.name}: {type(self).__name__} does not look back")

    def of_channels(self, first: int, count: int) -> Self | None:
        """What sends so many of its channels (of one axis: elements) alone; None if nothing of its kind does.

        It reads the same channels alone where it `acts_by_channel`, else all of what this one reads.
        """
        return None

    @property
    def acts_by_channel(self) -> bool:
        """Whether each channel that it sends depends on that channel of its only input alone."""
        return False

    @property
    def fires(self) -> bool:
        """Whether it is a population of spiking neurons."""
        return False

    def of_shape(self, shape: Shape) -> Self | None:
        """Of neurons, the same that read elements of that shape in the same order (C), if they can."""
        return None

    def is_by_pixel(self, shape: Shape) -> bool:
        """Of neurons, whether those of one channel of a map of that shape differ."""
        return False

    def spikes(self, state: object, inputs: Sequence[RealArray]) -> tuple[object, RealArray]:
        """Of neurons: the state after some time steps, and S (B, time, ..), before the output factor.

        state: that before them; None before the first.
        """
        raise TypeError(f"{self.name}: {type(self).__name__} does not fire")


class TrainedSynapse(RealNode, ABC):
    """Synapses with real weights: linear in their input, and a bias. weight: (N, ..), bias: (N,)."""

    weight: Array
    bias: Array
    reads_itself: ClassVar[bool] = False
    """Whether the hardware has such synapses for what their own population sent a time step before."""
    may_follow: ClassVar[bool] = False
    """Whether they may read the sums of synapses of their kind, with which they then become one."""
    gathers: ClassVar[bool] = False
    """Whether they join maps: what they read and the sums that they add to have channels and pixels."""

    @property
    def most_bits(self) -> int:
        """Bits of its integer weights at most: a kind whose weights are 1, 0 and -1 needs but 2."""
        return 8

    @property
    def is_constant(self) -> bool:
        """Whether its weights were not trained, but add up events as they are: these take 8 bits."""
        return False

    @abstractmethod
    def integer(self, weight: IntArray, bits: int, edge: Edge) -> Synapse:
        """The integer synapses of these weights (N, columns), which read `edge`."""

    @property
    def follows_other_scales(self) -> bool:
        """Whether its weights suffer little from any scale, as one weight for each neuron does."""
        return False

    @abstractmethod
    def sums_of_weights(self, weight: IntArray) -> IntArray:
        """(N,) the sum of the weights (N, columns) that reach each neuron."""

    def changed(self, **fields: Any) -> Self:
        """The same with other fields."""
        return dataclasses.replace(self, **fields)

    @property
    def rows(self) -> RealArray:
        """The weights as (N, columns)."""
        return as_real(self.weight).reshape(len(self.weight), -1)

    def with_rows(self, rows: RealArray) -> Self:
        """The same with other weights (N, columns)."""
        return self.changed(weight=rows.reshape(self.weight.shape))

    @property
    def has_columns(self) -> bool:
        """Whether its sums are rows @ columns.T: what reads inputs side by side has columns side by side."""
        return True

    def with_columns(self) -> TrainedSynapse:
        """The same sums of synapses that have columns."""
        return self

    def row_inputs(self, values: RealArray) -> RealArray | None:
        """(S, *shape) values that arrive -> (R, columns), such that sums are rows @ columns.T; None if
        not so.
        """
        return values.reshape(len(values), -1) if self.has_columns else None

    def quantised(self, rows: RealArray, scale: RealArray) -> Self:
        """With weights (N, columns) that are integer multiples of scale (N,), and what follows from that."""
        return self.with_rows(rows)

    def row_of(self, neuron: int, shape: Shape) -> Row:
        """Of the neuron of that number in C order; shape: of what is read."""
        weights = self.rows[neuron]
        return Row(np.arange(len(weights)), weights, Fraction(float(as_real(self.bias)[neuron])))

    def without_constants(self) -> Self:
        """The same without what it adds whatever it reads."""
        return self.changed(bias=np.zeros(len(self.bias)))

    def part(self, first: int, count: int) -> Self:
        """The synapses that read elements first, first + 1, .. of the first axis of what arrives, flat or
        not.
        """
        return self.changed(weight=self.weight[:, first : first + count])

    def of_channels(self, first: int, count: int) -> Self | None:
        """Rows of the weights."""
        rows = slice(first, first + count)
        return self.changed(weight=self.weight[rows], bias=self.bias[rows])

    def columns_of(self, first: int, count: int) -> Array:
        """The columns of `part`."""
        return np.arange(first, first + count)

    @property
    def parameters(self) -> int:
        return int(self.weight.size + self.bias.size)

    @property
    def takes_factors(self) -> bool:
        return True

    def with_input_factor(self, factor: Factor) -> Self:
        """The last axis of the weights is that of the input's elements."""
        return self.changed(weight=as_real(self.weight) * factor)

    def with_output_factor(self, factor: float) -> Self:
        return self.changed(weight=as_real(self.weight) * factor, bias=as_real(self.bias) * factor)

    def into_producer(self, gain: RealArray, shift: RealArray) -> Self | None:
        """gain * (W x + b) + shift, gain and shift of each element of the sums; None if they do not fit."""
        rows = gain[:, None] * self.rows
        return self.with_rows(rows).changed(bias=gain * as_real(self.bias) + shift)

    def plus(self, other: TrainedSynapse) -> TrainedSynapse | None:
        """Synapses whose sums are those of both, which read the same; None if there are none of this kind."""
        return None

    def followed_by(self, second: TrainedSynapse) -> TrainedSynapse | str:
        """These and synapses that read their sums, as one; why not, as the end of a sentence."""
        return "there are none of one kind that do what both do"

    def pooled(self, pool: RealNode) -> TrainedSynapse | None:
        """These and a mean of their sums, as synapses of one kind; None if there are none."""
        return None

    def padded(self, padding: tuple[int, ...], values: RealArray) -> TrainedSynapse | None:
        """Of maps, the same without rows above, columns left, rows below and columns right of what they read
        that hold `values`, one for each channel; None if there are none.
        """
        return None

    def enlarged(self, larger: RealNode) -> TrainedSynapse | None:
        """Synapses on copies of the pixels that they read, whose sums are such copies; None if there are
        none.
        """
        return None

    @abstractmethod
    def into_consumer(self, gain: RealArray, shift: RealArray) -> Self | None:
        """W (gain * x + shift) + b, gain and shift of each element of x; None if they do not fit."""


def currents_of(inputs: Sequence[Edge], shape: tuple[int, ...]) -> Edge:
    """The real-valued currents that synapses of that shape make of what they read."""
    return Edge(
        shape,
        "currents",
        time_steps=max((edge.time_steps for edge in inputs), default=1),
        is_frame=all(edge.is_frame for edge in inputs),
    )


def flat(values: RealArray) -> RealArray:
    """(B, time, *shape) -> (B, time, size)."""
    return values.reshape(*values.shape[:2], int(np.prod(values.shape[2:])))
