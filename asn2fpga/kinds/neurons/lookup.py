"""Neurons that look up what they send: count = table[address of the sum]. docs/spec/kinds/lookup.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources, multiplier
from asn2fpga.device.resources import Resources, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, RealArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Config, TypeName, integer, value_type
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.graded_hardware import compress_cost
from asn2fpga.kinds.neurons.rationals import round_half_even
from asn2fpga.kinds.neurons.table import MAX_VALUE, Table
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import SLICE_BITS, Rom, groups_of, lane_rom, packed_words, rom_bits, value_type_of

MULTIPLIER_BITS = 17  # of the largest factor
MAX_SHIFT = 40
MIN_ADDRESS_BITS, MAX_ADDRESS_BITS = 8, 12
PORTS = 2  # of a memory: lanes that share a table
ADDRESS_LUT_PER_BIT = 1.5  # addition and clipping


@dataclass(frozen=True, eq=False, kw_only=True)
class Address:
    """k = (sum * factors[i] + offsets[i]) >> shift, within -2^(bits-1)..2^(bits-1) - 1; >> rounds down."""

    factors: Array  # (N,) int64
    offsets: Array  # (N,) int64
    shift: int
    bits: int

    def of(self, acc: IntArray) -> IntArray:
        """Entries (.., N) of a table, from 0 on."""
        half = 1 << (self.bits - 1)
        index = (acc * as_integer(self.factors) + as_integer(self.offsets)) >> self.shift
        found: IntArray = np.clip(index, -half, half - 1) + half
        return found

    def complaint(self, neurons: int) -> str:
        """What is wrong with its numbers; empty if nothing."""
        return (
            integers("factors", self.factors, (neurons,))
            or integers("offsets", self.offsets, (neurons,))
            or outside("shift of an address", self.shift, 0, MAX_SHIFT)
            or outside("bits of an address", self.bits, MIN_ADDRESS_BITS, MAX_ADDRESS_BITS)
            or outside("the smallest factor", int(self.factors.min()), 0, 1 << MULTIPLIER_BITS)
            or outside("the largest factor", int(self.factors.max()), 0, 1 << MULTIPLIER_BITS)
        )

    @staticmethod
    def made(drive: Drive, steps: RealArray, bits: int) -> Address:
        """Of sums that stand for scale * (acc + offset) + bias, and tables of these steps (N,)."""
        largest = float((drive.scale / steps).max())
        shift = MULTIPLIER_BITS - math.frexp(largest)[1]
        if not 0 <= shift <= MAX_SHIFT:
            raise UnsupportedError(
                f"{drive.layer}: a unit of the sums must be 2^-{MAX_SHIFT - MULTIPLIER_BITS}..1 steps of its "
                f"table, not {largest:g}; scale the weights, or choose another limit."
            )
        parts = list(zip(drive.scale.tolist(), steps.tolist(), strict=True))
        units = [Fraction(d) / Fraction(step) for d, step in parts]
        factors = [round_half_even(unit * 2**shift) for unit in units]
        offsets = [
            round_half_even((Fraction(b) / Fraction(step) + int(o) * unit + Fraction(1, 2)) * 2**shift)
            for b, o, (_, step), unit in zip(drive.bias.tolist(), drive.offset, parts, units, strict=True)
        ]
        return Address(
            factors=np.array(factors, np.int64), offsets=np.array(offsets, np.int64), shift=shift, bits=bits
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Lookup(FiringNeurons):
    """N neurons: count = table[k], k the address of the sum. table: (2^A,) int64, within +-255."""

    title = "tables"
    kernel = "Lookup"
    header = "neurons/lookup.h"
    lanes_kernel = "LookupLanes"
    most_fire_lanes = 1  # a memory is read once in a cycle
    base = 0
    stateful = False
    state_bits = 0

    address: Address
    table: Array
    frac_bits: int

    @property
    def count_type(self) -> FixedType:  # type: ignore[override]
        return FixedType.for_range(*_range_of(as_integer(self.table)))

    @property
    def level_values(self) -> tuple[int, ...]:  # type: ignore[override]
        return _range_of(as_integer(self.table))

    @property
    def explanation(self) -> str:
        return f"addresses of tables are rounded to {self.address.bits} bits"

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return _edge(as_integer(self.table), self.frac_bits, shape, time_steps)

    def run(self, acc: IntArray, time_steps: int) -> Array:
        fired = self.step(None, acc)[1]
        return np.broadcast_to(fired, (len(fired), time_steps, fired.shape[2]))

    def start(self, batch: int) -> None:
        """Nothing is kept."""

    def step(self, state: None, acc: IntArray) -> tuple[None, Array]:
        return None, as_integer(self.table)[self.address.of(acc)].astype(self.count_type.numpy_dtype)

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        return (
            self.address.complaint(neurons)
            or integers("table", self.table, (1 << self.address.bits,))
            or outside("the smallest entry", int(self.table.min()), -MAX_VALUE, MAX_VALUE)
            or outside("the largest entry", int(self.table.max()), -MAX_VALUE, MAX_VALUE)
            or outside("frac_bits", self.frac_bits, 0, 8)
        )

    # ---- hardware -----------------------------------------------------------------------------------------

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        return total(
            [self.fire_cost(neurons, lanes), compress_cost(self.count_type.width_bits, neurons, lanes)]
        )

    def fire_cost(self, neurons: int, lanes: int) -> Resources:
        """Per lane a product and an addition, for two lanes the table; the constants of an address."""
        passes, offset_bits = groups_of(neurons, lanes), value_type_of(self.address.offsets).width_bits
        lane = [
            multiplier(offset_bits, MULTIPLIER_BITS),
            Resources(lut=ADDRESS_LUT_PER_BIT * offset_bits, ff=2 * offset_bits),
        ]
        table = memory_resources(Memory(len(self.table), self.count_type.width_bits, rom=True))
        constants = [Memory(passes, lanes * bits, rom=True) for bits in (MULTIPLIER_BITS, offset_bits)]
        return total(
            [
                total(lane).times(lanes),
                table.times(_copies(lanes)),
                *(memory_resources(memory) for memory in constants),
            ]
        )

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        columns = (self.address.factors, self.address.offsets)
        return [rom_bits(lanes * value_type_of(values).width_bits) for values in columns]

    def config(self, name: str, neurons: int, lanes: int, acc_type: FixedType) -> Config:
        return Config(
            name=f"{name}_neuron",
            comment=self.note,
            constants=(integer("neurons", neurons), integer("address_shift", self.address.shift)),
            types=(
                TypeName(f"ap_int<{self.address.bits}>", "address_t"),
                value_type("count_t", self.count_type),
                value_type("factor_t", value_type_of(self.address.factors)),
                value_type("offset_t", value_type_of(self.address.offsets)),
                TypeName(f"{name}_factors", "factors"),
                TypeName(f"{name}_offsets", "offsets"),
                TypeName(f"{name}_table", "table"),
            ),
        )

    def roms(self, name: str, neurons: int, lanes: int) -> tuple[Rom, ...]:
        return (
            lane_rom(f"{name}_factors", self.address.factors, lanes),
            lane_rom(f"{name}_offsets", self.address.offsets, lanes),
            self._copied_table(f"{name}_table", lanes),
        )

    def _copied_table(self, name: str, lanes: int) -> Rom:
        """A slice for each two lanes, which read it in one cycle."""
        bits, copies = self.count_type.width_bits, _copies(lanes)
        words = np.repeat(packed_words(self.table[:, None], bits), copies, axis=0)
        return Rom(name, table_note(self.table), (copies - 1) * SLICE_BITS + bits, words)

    @property
    def note(self) -> str:
        return f"table of {len(self.table)} entries {self.count_type}"


def _copies(lanes: int) -> int:
    return -(-lanes // PORTS)


def _range_of(table: IntArray) -> tuple[int, int]:
    return min(0, int(table.min())), max(1, int(table.max()))


def _edge(table: IntArray, frac_bits: int, shape: Shape, time_steps: int) -> Edge:
    low, high = _range_of(table)
    return Edge(
        shape=shape,
        carries="events",
        type=FixedType.for_range(low, high),
        low=low,
        high=high,
        time_steps=time_steps,
        frac_bits=frac_bits,
    )


def lookup_edge(table: Table, shape: Shape, time_steps: int) -> Edge:
    """What neurons of a trained table send."""
    return _edge(table.values, table.frac_bits, shape, time_steps)


def table_note(table: Array) -> str:
    """The comment of a table's ROM."""
    return f"entries of addresses {-len(table) // 2}..{len(table) // 2 - 1}, shifted to 0"


def lookup(table: Table, drive: Drive) -> Lookup:
    """The integer neurons."""
    return Lookup(
        address=Address.made(drive, np.full(len(drive.scale), table.step), table.address_bits),
        table=table.values,
        frac_bits=table.frac_bits,
    )
