"""Event-based gated recurrent units as integers: gates by tables, graded events.

docs/spec/kinds/event_gru.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources, multiplier
from asn2fpga.device.resources import Resources, total
from asn2fpga.graph.arrays import IntArray, as_integer, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Config, TypeName, integer, value_type
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.gated import SUMS, Gated, sums_complaint
from asn2fpga.kinds.neurons.graded_hardware import compress_cost
from asn2fpga.kinds.neurons.lookup import MULTIPLIER_BITS, Address, table_note
from asn2fpga.kinds.neurons.table import Table
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import Rom, groups_of, lane_rom, rom, rom_bits, value_type_of

GATE_BITS = 8  # of the fractions of z, r and g
STATE_BITS = 14  # of that of h
SENT_BITS = 7  # of that of what is sent
ADDRESS_BITS, LIMIT = 10, 8.0
SIGMOID = Table("sigmoid", ADDRESS_BITS, LIMIT, GATE_BITS)
TANH = Table("tanh", ADDRESS_BITS, LIMIT / 2, GATE_BITS)
HIDDEN = FixedType(STATE_BITS + 2, True)
SENT = FixedType(SENT_BITS + 1, False)
UNIT_LUT, UNIT_FF = 260, 320  # of sums to addresses, clipping, and the state of one unit


@dataclass(frozen=True, eq=False)
class HiddenState:
    """(B, N) int64 h of B inferences, in units of 2^-14."""

    hidden: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class EventGru(FiringNeurons):
    """N units that read 4 N sums and send from element 4 i each; the other elements are silent.

    address: of the four sums of each unit, in units of 2^-shift entries; offsets of the fourth without the
    half that rounds. sigmoid, tanh: (1024,) tables of 8 fraction bits. thresholds: (N,) in units of 2^-14.
    """

    title = "gated recurrent units"
    kernel = "EventGru"
    header = "neurons/event_gru.h"
    lanes_kernel = ""
    fire_unit = SUMS
    most_fire_lanes = SUMS
    count_type = SENT
    level_values = (0, 1 << SENT_BITS)
    base = 0
    frac_bits = SENT_BITS
    stateful = True
    state_bits = HIDDEN.width_bits
    explanation = "gates are tables of 1024 entries and 8 fraction bits, states have 14"

    address: Address
    sigmoid: Array
    tanh: Array
    thresholds: Array

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return sent_edge(shape, time_steps)

    # ---- golden -------------------------------------------------------------------------------------------

    def start(self, batch: int) -> HiddenState:
        return HiddenState(np.zeros((batch, len(self.thresholds)), np.int64))

    def step(self, state: HiddenState, acc: IntArray) -> tuple[HiddenState, Array]:
        values = acc * as_integer(self.address.factors) + as_integer(self.address.offsets)
        of_z, of_r, of_g, of_past = (values[:, number::SUMS] for number in range(SUMS))
        z, r = self._entry(self.sigmoid, of_z), self._entry(self.sigmoid, of_r)
        g = self._entry(self.tanh, of_g + ((r * of_past) >> GATE_BITS))
        one = 1 << GATE_BITS
        kept = z * state.hidden + (one - z) * (g << (STATE_BITS - GATE_BITS))
        candidate = (kept + one // 2) >> GATE_BITS
        thresholds = as_integer(self.thresholds)
        event = candidate > thresholds
        down = STATE_BITS - SENT_BITS
        sent = np.zeros(acc.shape, np.uint8)
        sent[:, ::SUMS] = np.where(event, (candidate + (1 << (down - 1))) >> down, 0)
        return HiddenState(candidate - event * thresholds), sent

    def _entry(self, table: Array, value: IntArray) -> IntArray:
        half = 1 << (ADDRESS_BITS - 1)
        found: IntArray = as_integer(table)[np.clip(value >> self.address.shift, -half, half - 1) + half]
        return found

    # ---- rules --------------------------------------------------------------------------------------------

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        one, entries = 1 << GATE_BITS, 1 << ADDRESS_BITS
        complaint = (
            sums_complaint(neurons)
            or self.address.complaint(neurons)
            or differs("bits of an address", self.address.bits, ADDRESS_BITS)
            or integers("thresholds", self.thresholds, (neurons // SUMS,))
            or outside("the smallest threshold", int(self.thresholds.min()), 0, 1 << STATE_BITS)
            or outside("the largest threshold", int(self.thresholds.max()), 0, 1 << STATE_BITS)
        )
        for name, table, low in (("sigmoid", self.sigmoid, 0), ("tanh", self.tanh, -one)):
            complaint = complaint or integers(name, table, (entries,))
            complaint = complaint or outside(f"the smallest entry of {name}", int(table.min()), low, one)
            complaint = complaint or outside(f"the largest entry of {name}", int(table.max()), low, one)
        return complaint

    # ---- hardware -----------------------------------------------------------------------------------------

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        return total([self.fire_cost(neurons, lanes), compress_cost(SENT.width_bits, neurons, lanes)])

    def fire_cost(self, neurons: int, lanes: int) -> Resources:
        """One unit: its products, tables and state; the constants of all."""
        units, offset_bits = groups_of(neurons, SUMS), value_type_of(self.address.offsets).width_bits
        products = [
            multiplier(offset_bits, MULTIPLIER_BITS).times(SUMS),
            multiplier(offset_bits, GATE_BITS + 1),
        ]
        products.append(multiplier(HIDDEN.width_bits, GATE_BITS + 1).times(2))
        entries, gate = 1 << ADDRESS_BITS, GATE_BITS + 1
        memories = [
            Memory(entries, gate, rom=True, reads=2),
            Memory(entries, gate, rom=True),
            Memory(units, SUMS * MULTIPLIER_BITS, rom=True),
            Memory(units, SUMS * offset_bits, rom=True),
            Memory(units, STATE_BITS + 1, rom=True),
            Memory(units, HIDDEN.width_bits, rom=False),
        ]
        return total(
            [
                Resources(lut=UNIT_LUT, ff=UNIT_FF),
                *products,
                *(memory_resources(memory) for memory in memories),
            ]
        )

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        columns = (self.address.factors, self.address.offsets)
        return [rom_bits(SUMS * value_type_of(values).width_bits) for values in columns]

    def config(self, name: str, neurons: int, lanes: int, acc_type: FixedType) -> Config:
        return Config(
            name=f"{name}_neuron",
            comment=self.note,
            constants=(
                integer("address_shift", self.address.shift),
                integer("gate_bits", GATE_BITS),
                integer("state_bits", STATE_BITS),
                integer("sent_bits", SENT_BITS),
            ),
            types=(
                TypeName(f"ap_int<{ADDRESS_BITS}>", "address_t"),
                value_type("count_t", SENT),
                value_type("hidden_t", HIDDEN),
                value_type("sigmoid_t", value_type_of(self.sigmoid)),
                value_type("tanh_t", value_type_of(self.tanh)),
                value_type("factor_t", value_type_of(self.address.factors)),
                value_type("offset_t", value_type_of(self.address.offsets)),
                value_type("threshold_t", value_type_of(self.thresholds)),
                *(TypeName(f"{name}_{what}", what) for what in ROMS),
            ),
        )

    def roms(self, name: str, neurons: int, lanes: int) -> tuple[Rom, ...]:
        return (
            lane_rom(f"{name}_factors", self.address.factors, SUMS),
            lane_rom(f"{name}_offsets", self.address.offsets, SUMS),
            lane_rom(f"{name}_thresholds", self.thresholds, 1),
            *(
                rom(f"{name}_{what}", table_note(table), table[:, None], value_type_of(table).width_bits)
                for what, table in (("sigmoid", self.sigmoid), ("tanh", self.tanh))
            ),
        )

    @property
    def note(self) -> str:
        return f"{len(self.thresholds)} units, one after the other, states {HIDDEN}"


ROMS = ("factors", "offsets", "thresholds", "sigmoid", "tanh")


def sent_edge(shape: Shape, time_steps: int) -> Edge:
    """What units send."""
    return Edge(
        shape=shape,
        carries="events",
        type=SENT,
        low=0,
        high=1 << SENT_BITS,
        time_steps=time_steps,
        frac_bits=SENT_BITS,
    )


def event_gru(gated: Gated, drive: Drive) -> EventGru:
    """The integer units. Steps of the tanh are half of those of the sigmoid: so are the units of its sums."""
    steps = np.resize([SIGMOID.step, SIGMOID.step, TANH.step, TANH.step], len(drive.scale))
    address = Address.made(drive, steps, ADDRESS_BITS)
    offsets = as_integer(address.offsets).copy()
    offsets[SUMS - 1 :: SUMS] -= (1 << address.shift) >> 1  # rounding comes with the third sum
    return EventGru(
        address=Address(factors=address.factors, offsets=offsets, shift=address.shift, bits=ADDRESS_BITS),
        sigmoid=SIGMOID.values,
        tanh=TANH.values,
        thresholds=np.floor(as_real(gated.thresholds) * (1 << STATE_BITS)).astype(np.int64),
    )
