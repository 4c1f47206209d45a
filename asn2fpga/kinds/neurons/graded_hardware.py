"""Graded neurons as hardware: config, ROMs, what they cost. The kernels are hw/hls/neurons/*.h.

Lanes are those that fire in one cycle. `channels`: all neurons, or where those of the pixels of a map differ
the ones of a pixel. Constants that differ by pixel have a row for each pixel and group, others one for each
group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.binding import LUT_INPUTS, TABLE_BITS
from asn2fpga.device.parts import Memory, constant_multiplier, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.hardware import Config, Constant, TypeName, boolean, integer, value_type
from asn2fpga.kinds.neurons.membrane import Membrane
from asn2fpga.kinds.roms import (
    Rom,
    are_alike,
    each_pixel,
    groups_of,
    lane_rom,
    level_rom,
    pixel_groups,
    rom_bits,
    rows_of,
    value_type_of,
)

if TYPE_CHECKING:
    from asn2fpga.kinds.neurons.graded import Graded

HEADER = "neurons/{}.h"

# Fitted to Yosys' figures of generated designs: docs/spec/verification.md.
COMPRESS = (20, 12)  # LUT, FF of the process
DEEP_ROM = 16  # words of thresholds, from which on they are read into registers
LEVEL_LUT_PER_BIT = 0.63  # comparison with one threshold that is read
SCANNER_LUT, SCANNER_LUT_PER_BIT = 1.0, 2.0  # for a lane; for a bit of its count
MEMBRANE_LUT_PER_BIT = 2.2  # additions and rounding of one membrane
SYNAPTIC_LUT_PER_BIT = 2.5  # addition and leak of one synaptic current
WAIT_LUT_PER_BIT = 2.0  # of the time steps for which a neuron waits
CHANGE_LUT_PER_BIT = 1.0  # difference of a count and the last one: what a subtraction takes, not fitted
DOUBLE_LUT_PER_BIT = 1.5  # subtraction of a threshold from one membrane, and another comparison
FLOOR_LUT_PER_BIT = 1.5  # comparison with the floor, and the choice


def kernel(neuron: Graded) -> str:
    """The C++ class whose `fire` it is."""
    return "Membrane" if neuron.stateful else "Stateless"


def threshold_type(neuron: Graded, channels: int, lanes: int) -> FixedType:
    """Type of the thresholds in hardware: signed exactly if the potential they are compared with is.

    (Comparisons of wide signed with unsigned ap_int are not those of numbers.) Thresholds below its minimum
    mean the same as the minimum. It holds a positive threshold, which padding lanes need so as not to fire.
    """
    fixed, signed = neuron.threshold_type, neuron.potential_type.signed
    if fixed.signed != signed:
        fixed = FixedType(max(1, fixed.width_bits + (1 if signed else -1)), signed)
    padded = channels % lanes != 0
    return FixedType.for_range(fixed.min, 1) if padded and fixed.max < 1 else fixed


def words(neuron: Graded, channels: int, lanes: int, acc_type: FixedType) -> list[int]:
    """Widths of the packed words of thresholds, states and constants."""
    found = [rom_bits(lanes * threshold_type(neuron, channels, lanes).width_bits)]  # one word a level
    membrane = neuron.membrane
    if membrane is None:
        return found
    found.append(lanes * (membrane.state_type.width_bits + neuron.beside_bits))
    if membrane.synaptic is not None:
        found.append(lanes * membrane.synaptic.type.width_bits)
    return found + [
        rom_bits(lanes * value_type_of(values).width_bits) for values in _columns(membrane).values()
    ]


def _columns(membrane: Membrane) -> dict[str, Array]:
    """The ROMs of one value for each neuron, by the name that the kernel gives them."""
    found = {
        "biases": membrane.bias,
        "resets": membrane.resets,
        "leaks": membrane.leaks,
        "floors": membrane.floors,
    }
    return {name: values for name, values in found.items() if values is not None}


def config(neuron: Graded, name: str, channels: int, lanes: int) -> Config:
    """The config N of the kernel for the population `name`."""
    always = (integer("levels", len(neuron.level_values) - 1),)
    types = (
        value_type("threshold_t", threshold_type(neuron, channels, lanes)),
        value_type("count_t", neuron.count_type),
        _rom_type(neuron.thresholds, name, "thresholds", channels),
    )
    membrane = neuron.membrane
    return Config(
        name=f"{name}_neuron",
        comment=neuron.note,
        base="" if membrane is None else "asn::PlainMembrane",
        constants=always if membrane is None else (*always, *_membrane_constants(neuron, membrane)),
        types=types if membrane is None else (*types, *_membrane_types(neuron, membrane, name, channels)),
        level_values=neuron.level_values,
    )


def _membrane_constants(neuron: Graded, membrane: Membrane) -> tuple[Constant, ...]:
    found = [
        integer("state_frac_bits", membrane.state_frac_bits),
        integer("base", neuron.base),
        integer("spike_bits", _spike_type(neuron).width_bits),
        integer("leak_multiplier", membrane.leak.multiplier),
        integer("leak_shift", membrane.leak.shift),
    ]
    if membrane.reset != "soft":
        found.append(Constant("int", "reset", f"asn::RESET_{membrane.reset.upper()}"))
    if membrane.leak_order == "before_reset":
        found.append(boolean("leak_first", True))
    if membrane.leaks is not None:
        found.append(boolean("leak_per_neuron", True))
    if membrane.floors is not None:
        found.append(boolean("has_floor", True))
    if membrane.refractory:
        found.append(integer("refractory", membrane.refractory))
    if membrane.sends_change:
        found.append(boolean("sends_change", True))
    if membrane.doubles_threshold:
        found.append(boolean("doubles_threshold", True))
    if neuron.beside_type is not None:
        found.append(integer("beside_bits", neuron.beside_bits))
    if membrane.synaptic is not None:
        leak = membrane.synaptic.leak
        found += [boolean("has_current", True), integer("current_multiplier", leak.multiplier)]
        found.append(integer("current_shift", leak.shift))
    return tuple(found)


def _spike_type(neuron: Graded) -> FixedType:
    """A signed type that holds S of every level."""
    low, high = neuron.base + neuron.level_values[0], neuron.base + neuron.level_values[-1]
    return FixedType.for_range(min(low, -1), max(high, 0))


def _rom_type(values: Array, name: str, rom: str, channels: int) -> TypeName:
    """The type of a ROM, which says where its rows are of pixels."""
    own = f"{name}_{rom}"
    return TypeName(own if are_alike(values, channels) else f"asn::ByPixel<{own}>", rom)


def _membrane_types(neuron: Graded, membrane: Membrane, name: str, channels: int) -> tuple[TypeName, ...]:
    types = [value_type("potential_t", neuron.potential_type), value_type("state_t", membrane.state_type)]
    if neuron.beside_type is not None:
        types.append(value_type("beside_t", neuron.beside_type))
    if membrane.synaptic is not None:
        types.append(value_type("current_t", membrane.synaptic.type))
    singular = {"biases": "bias_t", "resets": "reset_t", "leaks": "leak_t", "floors": "floor_t"}
    columns = _columns(membrane)
    types += [value_type(singular[rom], value_type_of(values)) for rom, values in columns.items()]
    return (*types, *(_rom_type(values, name, rom, channels) for rom, values in columns.items()))


def roms(neuron: Graded, name: str, channels: int, lanes: int) -> tuple[Rom, ...]:
    """Thresholds, and what a membrane needs for each neuron."""
    fixed = threshold_type(neuron, channels, lanes)
    thresholds = level_rom(
        f"{name}_thresholds",
        f"{neuron.thresholds.shape[1]} levels of {lanes} lanes{each_pixel(neuron.thresholds, channels)}",
        _grouped_thresholds(neuron, channels, lanes, fixed),
        fixed.width_bits,
    )
    columns = {} if neuron.membrane is None else _columns(neuron.membrane)
    return (
        thresholds,
        *(lane_rom(f"{name}_{rom}", values, lanes, channels) for rom, values in columns.items()),
    )


def _grouped_thresholds(neuron: Graded, channels: int, lanes: int, fixed: FixedType) -> IntArray:
    """(rows, lanes, K); padding lanes reach the silent level, and no level above it."""
    values = np.maximum(as_integer(neuron.thresholds), fixed.min)
    grouped, is_empty = pixel_groups(values, channels, lanes, padding=fixed.max)
    grouped[..., : neuron.silent_level][is_empty] = fixed.min
    return grouped


def cost(neuron: Graded, channels: int, lanes: int) -> Resources:
    """Comparators and membranes, their memories, and the process that turns counts into events."""
    return total(
        [fire_cost(neuron, channels, lanes), compress_cost(neuron.count_type.width_bits, channels, lanes)]
    )


def fire_cost(neuron: Graded, channels: int, lanes: int, keeps_states: bool = True) -> Resources:
    """Per lane K comparators and the choice of a count; with membranes, their update, and the memory of their
    states; not keeps_states: something else is that memory.
    """
    levels, rows = neuron.thresholds.shape[1], rows_of(neuron.thresholds, channels, lanes)
    registers = levels * neuron.threshold_type.width_bits  # of the thresholds at hand
    count_bits = neuron.count_type.width_bits
    lane = Resources(
        lut=levels * _comparison(neuron.threshold_type.width_bits, rows) + _choice(levels, count_bits),
        ff=count_bits + (registers if rows >= DEEP_ROM else 0),
    )
    memories = [Memory(rows, levels * lanes * neuron.threshold_type.width_bits, rom=True)]
    if neuron.membrane is not None:
        resets = rows_of(neuron.membrane.resets, channels, lanes)
        lane = lane.plus(_membrane_lane(neuron, neuron.membrane, resets))
        memories += _membrane_roms(neuron.membrane, channels, lanes)
        states = _state_memories(neuron, neuron.membrane, groups_of(channels, lanes), lanes)
        memories += states if keeps_states else []
    return total([lane.times(lanes), *(memory_resources(memory) for memory in memories)])


def _comparison(bits: int, passes: int) -> float:
    """LUT of a comparison with one threshold: a chain of tables if it is a constant, as where all neurons
    fire in one cycle, else a carry chain after tables of three bits.
    """
    return max(1.0, (bits - 1) / (LUT_INPUTS - 1)) if passes == 1 else LEVEL_LUT_PER_BIT * bits


def _choice(levels: int, count_bits: int) -> int:
    """LUT of the bits of a count, out of the comparisons of all levels: of one level it is the comparison."""
    return 0 if levels == 1 else count_bits * -(-(levels - 1) // (LUT_INPUTS - 1))


def _membrane_lane(neuron: Graded, membrane: Membrane, resets: int) -> Resources:
    """Arithmetic of one membrane. resets: numbers for each lane, of which it is reset by one."""
    bits, count_bits = neuron.potential_type.width_bits, neuron.count_type.width_bits
    parts = [Resources(lut=MEMBRANE_LUT_PER_BIT * bits, ff=bits)]
    if membrane.leaks is None:
        parts.append(constant_multiplier(bits, membrane.leak.multiplier))
    if membrane.reset == "soft" and count_bits > 1:  # else a gate in what is added anyhow
        parts += [_reset_product(membrane, count_bits, resets), Resources(lut=bits)]
    if membrane.refractory:
        parts.append(Resources(lut=bits + WAIT_LUT_PER_BIT * neuron.beside_bits))  # the choice, the counter
    if membrane.sends_change:
        parts.append(Resources(lut=CHANGE_LUT_PER_BIT * neuron.beside_bits))
    if membrane.doubles_threshold:
        parts.append(Resources(lut=DOUBLE_LUT_PER_BIT * bits))
    if membrane.leaks is not None:
        parts.append(multiplier(bits, _signed_bits(membrane.leaks)))
    if membrane.floors is not None:
        parts.append(Resources(lut=FLOOR_LUT_PER_BIT * bits, ff=bits))
    if membrane.synaptic is not None:
        parts.append(Resources(lut=SYNAPTIC_LUT_PER_BIT * membrane.synaptic.type.width_bits))
    return total(parts)


def _reset_product(membrane: Membrane, count_bits: int, resets: int) -> Resources:
    """Of a count and one of so many numbers. That of a few bits in all is a table: of one number the
    subtraction takes it in.
    """
    reset_bits = _signed_bits(membrane.resets)
    if count_bits + (resets - 1).bit_length() > TABLE_BITS:
        return multiplier(count_bits, reset_bits)
    return Resources(lut=reset_bits if resets > 1 else 0)


def _state_memories(neuron: Graded, membrane: Membrane, passes: int, lanes: int) -> list[Memory]:
    states = [membrane.state_type.width_bits + neuron.beside_bits]
    states += [membrane.synaptic.type.width_bits] if membrane.synaptic else []
    return [Memory(passes, lanes * bits, rom=False) for bits in states]


def _membrane_roms(membrane: Membrane, channels: int, lanes: int) -> list[Memory]:
    columns = (membrane.resets, membrane.bias, membrane.leaks, membrane.floors)
    return [
        Memory(rows_of(values, channels, lanes), lanes * _signed_bits(values), rom=True)
        for values in columns
        if values is not None
    ]


def compress_cost(count_bits: int, neurons: int, lanes: int) -> Resources:
    """Packed words' FIFO, and the scanner that picks the lowest pending lane."""
    lane = Resources(lut=SCANNER_LUT + SCANNER_LUT_PER_BIT * count_bits, ff=1 + count_bits)
    fifo = fifo_resources(groups_of(neurons, lanes), lanes * count_bits)
    return total([fabric(COMPRESS), lane.times(lanes), fifo])


def _signed_bits(values: Array) -> int:
    return 1 + int(abs(values).max(initial=0)).bit_length()
