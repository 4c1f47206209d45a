"""One synapse for each neuron, as in x + f(x): y = w * x + b as trained, sum = w * count as integers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, RealArray, as_integer, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs, outside, unsupported
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import WeightMemory
from asn2fpga.kinds.hardware import Config, TypeName, boolean, value_type
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.real_rules import real_array
from asn2fpga.kinds.roms import Rom, groups_of, rom, rom_bits
from asn2fpga.kinds.synapses.contract import EventSynapse, Weighted
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.trained import Row, TrainedSynapse, currents_of, flat

# As for dense synapses, and for each lane whether it is the one.
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.5, 0.7
PROCESS = (40, 30)  # LUT, FF: the walk through the groups


def diagonal_fits_its_input(context: Context, node: Diagonal) -> str:
    """Diagonal: it reads events, and has one finite weight and bias for each of their elements."""
    edge = context.edge_into(node)
    if edge.carries != "events":
        return unsupported("Diagonal must read neurons or the input, not currents; put a neuron before it")
    shape = (edge.size,)
    return real_array("weight", node.weight, shape) or real_array("bias", node.bias, shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Diagonal(TrainedSynapse):
    """y = w * x + b, element by element. weight, bias: (N,) float64."""

    weight: Array
    bias: Array

    rules = (diagonal_fits_its_input,)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return currents_of(inputs, (len(self.weight),))

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        return flat(inputs[0]) * as_real(self.weight) + as_real(self.bias)

    def integer(self, weight: IntArray, bits: int, edge: Edge) -> OneToOne:
        return OneToOne(weight=weight[:, 0], weight_bits=bits)

    @property
    def is_constant(self) -> bool:
        return True

    @property
    def follows_other_scales(self) -> bool:
        return True

    def sums_of_weights(self, weight: IntArray) -> IntArray:
        column: IntArray = weight[:, 0]
        return column

    @property
    def has_columns(self) -> bool:
        return False

    def with_columns(self) -> Linear:
        weight = np.diag(as_real(self.weight))
        return Linear(name=self.name, inputs=self.inputs, source=self.source, weight=weight, bias=self.bias)

    def row_of(self, neuron: int, shape: Shape) -> Row:
        return Row(np.array([neuron]), self.rows[neuron], Fraction(float(as_real(self.bias)[neuron])))

    def into_consumer(self, gain: RealArray, shift: RealArray) -> Self | None:
        if gain.size != len(self.weight):
            return None
        weight, bias = as_real(self.weight), as_real(self.bias)
        return dataclasses.replace(self, weight=weight * gain, bias=bias + weight * shift)


@dataclass(frozen=True, eq=False, kw_only=True)
class OneToOne(Weighted, EventSynapse):
    """Integer weights (N,) within +-(2^(weight_bits-1)-1): sum[i] = weight[i] * count[i]."""

    title = "one-to-one synapses"
    kernel = "asn::Diagonal"
    header = "synapses/diagonal.h"

    weight: Array  # (N,) int64
    weight_bits: int
    memory: WeightMemory = "auto"

    @property
    def neurons(self) -> int:
        return len(self.weight)

    @property
    def inputs(self) -> int:
        return len(self.weight)

    @property
    def has_weights(self) -> bool:
        return bool(self.weight.any())

    def complaint(self, edge: Edge) -> str:
        if self.weight.ndim != 1 or self.weight.size == 0:
            return f"weight must have 1 axis that is not empty, not shape {self.weight.shape}"
        limit = (1 << (self.weight_bits - 1)) - 1
        return (
            integers("weight", self.weight, self.weight.shape)
            or outside("weight_bits", self.weight_bits, 2, 8)
            or outside("the largest weight", int(np.abs(as_integer(self.weight)).max()), 0, limit)
            or differs("elements of the weight", self.inputs, edge.size)
        )

    def sums(self, edge: Edge, values: Array) -> IntArray:
        return values.astype(np.int64) * as_integer(self.weight)

    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        weight = as_integer(self.weight)
        ends = np.stack([weight * edge.low, weight * edge.high, np.zeros_like(weight)])
        low: IntArray = ends.min(axis=0)
        high: IntArray = ends.max(axis=0)
        return low, high

    @property
    def fanout(self) -> int:
        return 1

    def passes(self, lanes: int) -> int:
        return 1

    def step_cycles(self, lanes: int) -> int:
        """The walk through the groups."""
        return groups_of(self.neurons, lanes)

    def cost(self, edge: Edge, lanes: int, acc_type: FixedType) -> Resources:
        """One multiplier; per lane an adder; the weights' ROM."""
        bits = acc_type.width_bits
        lane = fabric((SUM_LUT_PER_BIT * bits, SUM_FF_PER_BIT * bits))
        product = multiplier(self.weight_bits, edge.fixed.width_bits)
        return total(
            [fabric(PROCESS), product, lane.times(lanes), memory_resources(self.weight_memory(edge, lanes))]
        )

    def weight_memory(self, edge: Edge, lanes: int) -> Memory:
        """A word for each neuron."""
        return Memory(self.inputs, self.weight_bits, rom=True, in_luts=self.memory == "lut")

    def widest_word(self, lanes: int) -> int:
        return rom_bits(self.weight_bits)

    def config(self, name: str, source: str, edge: Edge, lanes: int) -> Config:
        return Config(
            name=name,
            comment=f"one synapse for each of {self.inputs} inputs {edge.fixed}, weights s{self.weight_bits}",
            constants=(boolean("is_frame", edge.is_frame),),
            types=(
                TypeName(f"{source}::output_event", "input_event"),
                value_type("weight_t", FixedType(self.weight_bits, True)),
                TypeName(f"{name}_weights", "weights"),
            ),
        )

    def roms(self, name: str, lanes: int) -> tuple[Rom, ...]:
        made = rom(f"{name}_weights", "one weight a neuron", self.weight.reshape(-1, 1), self.weight_bits)
        return (dataclasses.replace(made, in_luts=self.memory == "lut"),)
