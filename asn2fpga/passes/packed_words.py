"""Widths of the packed words of a layer: every lane's value side by side in one memory word."""

from __future__ import annotations

from asn2fpga.graph.layers import DensePopulation, DenseReadout
from asn2fpga.graph.types import Array, FixedType

MAX_WORD_BITS = 4096  # Vitis HLS takes no wider ap_uint (AP_INT_MAX_W)
SLICE_BITS = 64  # ROM rows are written as whole 64-bit words


def widest_word_bits(layer: DensePopulation | DenseReadout, lanes: int) -> int:
    """Width in bits of the widest packed word of `layer` with `lanes` lanes."""
    memories = [lanes * layer.acc_type.width_bits, rom_bits(lanes * layer.weight_bits)]
    if isinstance(layer, DensePopulation):
        memories += _neuron_words(layer, lanes)
    return max(memories)


def threshold_type(layer: DensePopulation, lanes: int) -> FixedType:
    """Type of the thresholds in hardware: signed exactly if the potential they are compared with is.

    (Comparisons of wide signed with unsigned ap_int are not those of numbers.) Thresholds below its minimum
    mean the same as the minimum. It holds a positive threshold, which padding lanes need so as not to fire.
    """
    neuron = layer.neuron
    signed = (neuron.potential_type if neuron.stateful else layer.acc_type).signed
    fixed = neuron.threshold_type
    if fixed.signed != signed:
        fixed = FixedType(max(1, fixed.width_bits + (1 if signed else -1)), signed)
    padded = layer.weight.shape[0] % lanes != 0
    return FixedType.for_range(fixed.min, 1) if padded and fixed.max < 1 else fixed


def value_type_of(values: Array) -> FixedType:
    """Narrowest type of all values and of the zero in padding lanes."""
    return FixedType.for_range(min(0, int(values.min())), max(0, int(values.max())))


def rom_bits(width_bits: int) -> int:
    """Width of a ROM row in whole slices."""
    return -(-width_bits // SLICE_BITS) * SLICE_BITS


def _neuron_words(layer: DensePopulation, lanes: int) -> list[int]:
    neuron = layer.neuron
    words = [rom_bits(lanes * threshold_type(layer, lanes).width_bits)]  # one word a level
    if neuron.state_type is not None:
        words.append(lanes * neuron.state_type.width_bits)
    roms = (values for values in (neuron.bias, neuron.reset_step) if values is not None)
    return words + [rom_bits(lanes * value_type_of(values).width_bits) for values in roms]
