"""Adaptive neurons as hardware: config, ROMs, what they cost. The kernel is hw/hls/neurons/adaptive.h.

Lanes are those that fire in one cycle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, constant_multiplier, memory_resources, multiplier
from asn2fpga.device.resources import Resources, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.hardware import Config, TypeName, boolean, integer, value_type
from asn2fpga.kinds.neurons.graded_hardware import compress_cost
from asn2fpga.kinds.roms import Rom, group_lanes, groups_of, rom, rom_bits, value_type_of

if TYPE_CHECKING:
    from asn2fpga.kinds.neurons.adaptive import Adaptive

DECAY_BITS = 17  # of a decay or m_f, 0..2^16
STATE_FF_PER_BIT = 2.5  # of the stages that a state goes through: 1.7 to 5.0 in what Yosys counted


def columns(neuron: Adaptive) -> dict[str, Array]:
    """The ROMs of one value for each neuron and precision (P, N), by the name that the kernel gives them."""
    found = {"rests": neuron.rests}
    if neuron.biases.any():
        found["biases"] = neuron.biases
    if neuron.offsets.any():
        found["offsets"] = neuron.offsets[None, :]
    return found


def words(neuron: Adaptive, lanes: int) -> list[int]:
    """Widths of the packed words of states and constants."""
    types = neuron.types
    found = [lanes * (types.estimate.width_bits + types.adaptation.width_bits)]
    if not neuron.direct:
        found.append(lanes * (types.current.width_bits + types.filtered.width_bits))
    return found + [rom_bits(lanes * value_type_of(values).width_bits) for values in columns(neuron).values()]


def config(neuron: Adaptive, name: str, neurons: int, lanes: int, acc_type: FixedType) -> Config:
    """The config N of the kernel for the population `name`."""
    types, decays, found = neuron.types, neuron.decays, columns(neuron)
    sum_bits = neuron.precision_shift or acc_type.width_bits
    singular = {"rests": "rest_t", "biases": "bias_t", "offsets": "offset_t"}
    return Config(
        name=f"{name}_neuron",
        comment=neuron.note,
        base="asn::PlainAdaptive",
        constants=(
            integer("state_frac_bits", neuron.state_frac_bits),
            integer("sum_bits", sum_bits),
            boolean("direct", neuron.direct),
            integer("precisions", neuron.precisions),
            integer("words", groups_of(neurons, lanes)),
            integer("current_decay", decays.current),
            integer("filter_decay", decays.filtered),
            integer("estimate_decay", decays.estimate),
            integer("threshold_decay", decays.threshold),
        ),
        types=(
            value_type("count_t", neuron.count_type),
            value_type("current_t", types.current),
            value_type("filtered_t", types.filtered),
            value_type("signal_t", types.signal),
            value_type("estimate_t", types.estimate),
            value_type("adaptation_t", types.adaptation),
            value_type("threshold_t", types.threshold),
            *(value_type(singular[what], value_type_of(values)) for what, values in found.items()),
            *(TypeName(f"{name}_{what}", what) for what in found),
            TypeName(f"{name}_gains", "gains"),
        ),
    )


def roms(neuron: Adaptive, name: str, lanes: int) -> tuple[Rom, ...]:
    """What differs between neurons, a row for each group, one precision after the other; m_f of each."""
    gains = rom(f"{name}_gains", "m_f of each precision", as_integer(neuron.gains)[:, None], DECAY_BITS)
    return (*(_rom(f"{name}_{what}", values, lanes) for what, values in columns(neuron).items()), gains)


def _rom(name: str, values: Array, lanes: int) -> Rom:
    rows = np.concatenate([group_lanes(as_integer(row), lanes) for row in _rows(values)])
    return rom(name, f"{lanes} lanes", rows, value_type_of(values).width_bits)


def _rows(values: Array) -> list[IntArray]:
    return list(as_integer(values))


def cost(neuron: Adaptive, neurons: int, lanes: int) -> Resources:
    """States and their arithmetic, their memories, and the process that turns counts into events."""
    return total(
        [fire_cost(neuron, neurons, lanes), compress_cost(neuron.count_type.width_bits, neurons, lanes)]
    )


def fire_cost(neuron: Adaptive, neurons: int, lanes: int) -> Resources:
    """Per lane the products by decays and m_f, additions and registers of each state; memories of them."""
    types, passes = neuron.types, groups_of(neurons, lanes)
    kept = [types.estimate.width_bits, types.adaptation.width_bits]
    if not neuron.direct:
        kept += [types.current.width_bits, types.filtered.width_bits]
    memories = [Memory(passes, lanes * bits, rom=False) for bits in kept]
    for values in columns(neuron).values():
        memories.append(Memory(passes * len(values), lanes * value_type_of(values).width_bits, rom=True))
    registers = Resources(ff=STATE_FF_PER_BIT * sum([*kept, types.threshold.width_bits]))
    lane = total([*_products(neuron), Resources(lut=sum(_sums(neuron))), registers]).times(lanes)
    return total([lane, *(memory_resources(memory) for memory in memories)])


def _products(neuron: Adaptive) -> list[Resources]:
    """Of one neuron: decays are constants, and so is m_f where there is one precision. Slices round, too."""
    types, decays = neuron.types, neuron.decays
    factors = [(types.estimate.width_bits, decays.estimate), (types.adaptation.width_bits, decays.threshold)]
    if not neuron.direct:
        factors += [(types.current.width_bits, decays.current), (_between_bits(neuron), decays.filtered)]
    if neuron.precisions == 1:
        factors.append((types.threshold.width_bits, int(neuron.gains[0])))
        return [constant_multiplier(bits, number) for bits, number in factors]
    gain = multiplier(types.threshold.width_bits, DECAY_BITS)
    return [gain, *(constant_multiplier(bits, number) for bits, number in factors)]


def _sums(neuron: Adaptive) -> list[int]:
    """Bits of the sums, the comparison and the gates of one neuron: each is a look-up table.

    Gates are those of states that a product reads, which are 0 at the first time step. Other gates, and the
    choices by the spike, are in the table of the sum that they are before.
    """
    types = neuron.types
    error = max(types.signal.width_bits, types.estimate.width_bits) + 1
    compared = max(error + 1, types.threshold.width_bits)
    found = [types.threshold.width_bits, error, compared, types.adaptation.width_bits]
    found += [types.estimate.width_bits, types.estimate.width_bits]  # its sum and its gate
    found += [types.signal.width_bits] * (len(columns(neuron)) - 1)  # biases and offsets, where there are any
    if not neuron.direct:
        found += [types.current.width_bits, types.current.width_bits, types.filtered.width_bits]
        found.append(_between_bits(neuron))
    return found


def _between_bits(neuron: Adaptive) -> int:
    """Of the difference of S_dyn and I."""
    return max(neuron.types.current.width_bits, neuron.types.filtered.width_bits) + 1
