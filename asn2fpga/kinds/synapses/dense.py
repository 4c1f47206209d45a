"""Fully connected synapses: y = W x + b as trained, sum = W count as integers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from asn2fpga.device.binding import pair_fits_a_slice
from asn2fpga.device.parts import Memory, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric
from asn2fpga.graph.arrays import IntArray, RealArray, as_integer, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.node import Node
from asn2fpga.graph.rule import Context, differs, outside, unsupported
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import BURSTS, Multiplier, WeightMemory
from asn2fpga.kinds.hardware import Config, Constant, TypeName, boolean, index_type, value_type
from asn2fpga.kinds.matmul import weighted_sums
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.ranges import weighted_range
from asn2fpga.kinds.real_rules import real_array
from asn2fpga.kinds.roms import Rom, group_lanes, groups_of, rom, rom_bits, without_borrows
from asn2fpga.kinds.synapses.contract import EventSynapse, Weighted
from asn2fpga.kinds.trained import RealNode, TrainedSynapse, currents_of, flat

# Fitted to Yosys' figures of generated designs: docs/spec/verification.md.
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.25, 2.4  # adder of one sum; product and sum on their way


def linear_is_finite(_: Context, node: Linear) -> str:
    """Linear: weight is (out, in), bias (out,), of finite float64 numbers."""
    if node.weight.ndim != 2 or node.weight.shape[0] < 1:
        return f"weight must have shape (out, in), not {node.weight.shape}"
    shape: Shape = node.weight.shape
    return real_array("weight", node.weight, shape) or real_array("bias", node.bias, shape[:1])


def linear_reads_events(context: Context, node: Linear) -> str:
    """Linear: it reads the input, neurons, a Linear layer, or for scores means or sums of convolutions."""
    before = context.graph[node.inputs[0]]
    if context.edge_into(node).carries == "events" or _is_linear(context, before):
        return ""
    if _gives_scores(context, node) and _is_of_convolutions(context, before):
        return ""
    return unsupported(
        f"Linear must read neurons or the input, not {before.place} ({type(before).__name__}); "
        "put a neuron between them or merge the two"
    )


def _is_linear(context: Context, node: Node) -> bool:
    """Whether it is a Linear layer, or a BatchNorm of one."""
    if isinstance(node, RealNode) and node.affine is not None:
        return isinstance(context.graph[node.inputs[0]], Linear)
    return isinstance(node, Linear)


def _gives_scores(context: Context, node: Node) -> bool:
    """Whether nothing but scores is computed from it: by sums, gains and shifts."""
    readers = context.graph.consumers(node.name)
    return all(
        isinstance(reader, RealNode)
        and (reader.is_end or (not (reader.fires or reader.pools) and _gives_scores(context, reader)))
        for reader in readers
    )


def _is_of_convolutions(context: Context, node: Node) -> bool:
    """Whether a convolution is part of what computes this current."""
    if context.graph.edges[node.name].carries != "currents":
        return False
    if isinstance(node, TrainedSynapse) and node.gathers:
        return True
    return any(_is_of_convolutions(context, context.graph[name]) for name in node.inputs)


def linear_fits_its_input(context: Context, node: Linear) -> str:
    """Linear: the weight has a column for each element of the input."""
    edge, inputs = context.edge_into(node), node.weight.shape[1]
    return "" if edge.size == inputs else f"Linear must get ({inputs},) features, not {edge.shape}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Linear(TrainedSynapse):
    """y = x W^T + b. weight: (out, in) float64, bias: (out,) float64."""

    weight: Array
    bias: Array

    reads_itself = True
    may_follow = True
    rules = (linear_is_finite, linear_reads_events, linear_fits_its_input)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return currents_of(inputs, (self.weight.shape[0],))

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """Inputs of several axes are read in C order: Flatten may be gone."""
        return flat(inputs[0]) @ as_real(self.weight).T + as_real(self.bias)

    def integer(self, weight: IntArray, bits: int, edge: Edge) -> Dense:
        return Dense(weight=weight, weight_bits=bits)

    def sums_of_weights(self, weight: IntArray) -> IntArray:
        sums: IntArray = weight.sum(axis=1)
        return sums

    def followed_by(self, second: TrainedSynapse) -> TrainedSynapse | str:
        if not isinstance(second, Linear):
            return super().followed_by(second)
        outer = as_real(second.weight)
        return dataclasses.replace(
            second,
            inputs=self.inputs,
            source=f"{self.source} and {second.source}",
            weight=outer @ as_real(self.weight),
            bias=as_real(second.bias) + outer @ as_real(self.bias),
        )

    def into_consumer(self, gain: RealArray, shift: RealArray) -> Self | None:
        """It reads the elements of x in C order."""
        if gain.size != self.weight.shape[1]:
            return None
        weight, bias = as_real(self.weight), as_real(self.bias)
        return dataclasses.replace(self, weight=weight * gain, bias=bias + weight @ shift)


def matrix_complaint(weight: Array, weight_bits: int, edge: Edge) -> str:
    """What is wrong with integer weights (N, M) of so many bits that read an edge; empty if nothing."""
    if weight.ndim != 2 or weight.size == 0:
        return f"weight must have 2 axes that are not empty, not shape {weight.shape}"
    limit = (1 << (weight_bits - 1)) - 1
    return (
        integers("weight", weight, weight.shape)
        or outside("weight_bits", weight_bits, 2, 8)
        or outside("the largest weight", int(np.abs(as_integer(weight)).max()), 0, limit)
        or differs("columns of the weight", weight.shape[1], edge.size)
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Dense(Weighted, EventSynapse):
    """Integer weights (N, M) within +-(2^(weight_bits-1)-1): sum[i] = sum over j of weight[i, j] *
    count[j].
    """

    title = "dense synapses"
    kernel = "asn::Dense"
    header = "synapses/dense.h"
    spans_steps = True

    weight: Array  # (N, M) int64
    weight_bits: int
    memory: WeightMemory = "auto"
    products: Multiplier = "auto"

    @property
    def neurons(self) -> int:
        return int(self.weight.shape[0])

    @property
    def inputs(self) -> int:
        return int(self.weight.shape[1])

    @property
    def has_weights(self) -> bool:
        return bool(self.weight.any())

    def complaint(self, edge: Edge) -> str:
        return matrix_complaint(self.weight, self.weight_bits, edge)

    def sums(self, edge: Edge, values: Array) -> IntArray:
        return weighted_sums(values, as_integer(self.weight), max(abs(edge.fixed.min), edge.fixed.max))

    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        return weighted_range(as_integer(self.weight), edge.low, edge.high)

    @property
    def fanout(self) -> int:
        return self.neurons

    def passes(self, lanes: int) -> int:
        return groups_of(self.neurons, lanes)

    def cost(self, edge: Edge, lanes: int, acc_type: FixedType) -> Resources:
        """Per lane one multiplier and, if that is no DSP slice, one adder; the weights' ROM."""
        bits, events = acc_type.width_bits, edge.events_in_word
        lane = self._product(edge).times(events)
        if events > 1 or not lane.dsp:
            lane = lane.plus(fabric((SUM_LUT_PER_BIT * bits, SUM_FF_PER_BIT * bits)))
        if events > 1:
            product_bits = self.weight_bits + edge.fixed.width_bits
            lane = lane.plus(Resources(lut=product_bits, ff=product_bits).times(events - 1))
        memory = dataclasses.replace(self.weight_memory(edge, lanes), reads=events)
        pairs, alone = (lanes // 2, lanes % 2) if self.paired else (0, lanes)
        made = Resources(dsp=pairs).plus(lane.times(alone))
        return made.plus(memory_resources(memory))

    def adds_in_slices(self, edge: Edge) -> bool:
        """A slice adds its own product; those of several events are added before."""
        return edge.events_in_word == 1 and (self.paired or self._product(edge).dsp > 0)

    def pairs_fit(self, edge: Edge, acc_type: FixedType) -> bool:
        fits = pair_fits_a_slice(acc_type.width_bits, self.weight_bits, edge.fixed.width_bits)
        return edge.events_in_word == 1 and fits

    @property
    def largest_burst(self) -> int:
        return BURSTS[-1]

    def _product(self, edge: Edge) -> Resources:
        return multiplier(self.weight_bits, edge.fixed.width_bits, self._in_slices)

    @property
    def _in_slices(self) -> bool:
        return self.products != "auto"

    def weight_memory(self, edge: Edge, lanes: int) -> Memory:
        """A word for each input and group."""
        depth = self.inputs * groups_of(self.neurons, lanes)
        return Memory(depth, lanes * self.weight_bits, rom=True, in_luts=self.memory == "lut")

    def widest_word(self, lanes: int) -> int:
        return rom_bits(lanes * self.weight_bits)

    def config(self, name: str, source: str, edge: Edge, lanes: int) -> Config:
        return Config(
            name=name,
            comment=f"{self.inputs} inputs {edge.fixed}, weights s{self.weight_bits}",
            constants=(boolean("is_frame", edge.is_frame), self._products_in_dsp),
            types=(TypeName(f"{source}::output_event", "input_event"), *self.weight_types(name, lanes)),
        )

    @property
    def _products_in_dsp(self) -> Constant:
        return boolean("products_in_dsp", self._in_slices)

    def weight_types(self, name: str, lanes: int) -> tuple[TypeName, ...]:
        """Weights and their rows."""
        return (
            value_type("weight_t", FixedType(self.weight_bits, True)),
            index_type("row_index_t", self.inputs * groups_of(self.neurons, lanes) - 1),
            TypeName(f"{name}_weights", "weights"),
        )

    def roms(self, name: str, lanes: int) -> tuple[Rom, ...]:
        """One row for each input and group: row = input * groups + group; padding lanes are zero."""
        grouped = np.moveaxis(group_lanes(self.weight, lanes), -1, 0)  # (inputs, groups, lanes)
        inputs, groups, _ = grouped.shape
        comment = f"{inputs} inputs x {groups} groups of {lanes} weights"
        if self.paired:
            grouped = without_borrows(grouped)
            comment += ", as pairs: the upper one is 1 less where the lower one is negative"
        made = rom(f"{name}_weights", comment, grouped.reshape(inputs * groups, lanes), self.weight_bits)
        return (dataclasses.replace(made, in_luts=self.memory == "lut"),)

    def feedback(self, name: str, lanes: int) -> Config:
        return Config(
            name=name,
            comment=f"onto itself, weights s{self.weight_bits}",
            constants=(self._products_in_dsp,),
            types=self.weight_types(name, lanes),
        )
