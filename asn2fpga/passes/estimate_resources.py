"""A cheap estimate of what the hardware needs, from widths, lanes, levels and sizes alone; and if it fits.

Made to refuse early what cannot fit, before any long step: Yosys' figures come after synthesis. Constants are
calibrated against Yosys on generated designs, see docs/spec/verification.md for the error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from asn2fpga.graph.events import event_format, sends_events
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents
from asn2fpga.graph.types import Array
from asn2fpga.passes.accounting import WeightedLayer, groups
from asn2fpga.passes.binding import (
    BLOCK,
    DISTRIBUTED,
    LUT_DEPTH,
    REGISTER,
    SHIFT,
    fifo_style,
    lut_ram_luts,
    lut_rom_luts,
    memory_style,
    multiplies_in_luts,
    product_dsps,
    product_luts,
    ramb18_count,
)


@dataclass(frozen=True)
class Resources:
    """Look-up tables, flip-flops, 36-Kb block RAMs (18-Kb ones are halves), DSP slices, UltraRAMs."""

    lut: float = 0
    ff: float = 0
    bram36: float = 0
    dsp: float = 0
    uram: float = 0

    def plus(self, other: Resources) -> Resources:
        """Sum of both."""
        return Resources(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def times(self, factor: float) -> Resources:
        """`factor` times as much of everything."""
        return Resources(*(factor * getattr(self, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Memory:
    """One memory: `depth` words of `width_bits`; a ROM has one port, and may have to lie `in_luts`."""

    depth: int
    width_bits: int
    rom: bool
    in_luts: bool = False


# Fitted to Yosys' figures of generated designs: see docs/spec/verification.md.
ENCODE = (135, 58)  # LUT, FF of the process
RECEIVE = (20, 8)
INTEGRATE = (110, 150)
READOUT = (80, 20)
COMPRESS = (20, 12)
SEND_SCORES = (30, 12)
SCORE_SHIFT_LUT = 55  # of 10 classes with 8 different shifts; one shift costs nothing
FIFO = {SHIFT: (10, 7), DISTRIBUTED: (17, 20), BLOCK: (40, 30)}
FIFO_DEPTH = 32
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.25, 0.7  # adder of one sum; product and sum on their way
LEVEL_LUT_PER_BIT = 0.5  # comparison with one threshold
SCANNER_LUT, SCANNER_LUT_PER_BIT = 1.0, 2.0  # for a lane; for a bit of its count
MEMBRANE_LUT_PER_BIT = 4.5  # additions, leak and rounding of one membrane


def estimate(graph: Graph) -> Resources:
    """What the whole core needs."""
    return total(estimate_layer(layer) for layer in graph.layers)


def total(parts: Iterable[Resources]) -> Resources:
    """Sum of all parts."""
    result = Resources()
    for part in parts:
        result = result.plus(part)
    return result


def estimate_layer(layer: Layer) -> Resources:
    """What one layer needs: its processes, their memories and the FIFOs behind them."""
    parts = [fifo_resources(FIFO_DEPTH, event_format(layer).width_bits)] if sends_events(layer) else []
    if isinstance(layer, Encode):
        parts.append(_fabric(ENCODE))
    elif isinstance(layer, ReceiveEvents):
        parts.append(_fabric(RECEIVE))
    elif isinstance(layer, DensePopulation):
        parts += [_fabric(INTEGRATE), _integrate(layer), _fire(layer), _compress(layer)]
    elif isinstance(layer, DenseReadout):
        parts += [_fabric(READOUT), _integrate(layer), _send_scores(layer)]
    return total(parts)


def _fabric(figures: tuple[float, float]) -> Resources:
    return Resources(lut=figures[0], ff=figures[1])


def _integrate(layer: WeightedLayer) -> Resources:
    """Per lane one multiplier and one adder; the weights' ROM and the sums' RAM."""
    passes = groups(len(layer.weight), layer.lanes)
    acc_bits = layer.acc_type.width_bits
    lane = _multiplier(layer.weight_bits, layer.input_count_type.width_bits)
    lane = lane.plus(Resources(lut=SUM_LUT_PER_BIT * acc_bits, ff=SUM_FF_PER_BIT * acc_bits))
    weights = weight_memory(layer)
    sums = Memory(passes, layer.lanes * acc_bits, rom=False)
    return total([lane.times(layer.lanes), memory_resources(weights), memory_resources(sums)])


def weight_memory(layer: WeightedLayer) -> Memory:
    """The ROM of a layer's weights: a word for each input and group."""
    neurons, inputs = layer.weight.shape
    depth = inputs * groups(neurons, layer.lanes)
    return Memory(depth, layer.lanes * layer.weight_bits, rom=True, in_luts=layer.weight_memory == "lut")


def _fire(layer: DensePopulation) -> Resources:
    """Per lane K comparators, two bits a look-up table; with membranes, their update."""
    neuron, levels = layer.neuron, layer.neuron.thresholds.shape[1]
    passes = groups(len(layer.weight), layer.lanes)
    comparisons = levels * neuron.threshold_type.width_bits * LEVEL_LUT_PER_BIT
    lane = Resources(lut=comparisons, ff=neuron.count_type.width_bits)
    word_bits = layer.lanes * neuron.threshold_type.width_bits
    memories = levels * [Memory(passes, word_bits, rom=True)]
    if neuron.state_type is not None and neuron.bias is not None and neuron.reset_step is not None:
        reset_bits, bias_bits = _signed_bits(neuron.reset_step), _signed_bits(neuron.bias)
        membrane_bits = neuron.potential_type.width_bits
        lane = lane.plus(_multiplier(neuron.count_type.width_bits, reset_bits))
        lane = lane.plus(Resources(lut=MEMBRANE_LUT_PER_BIT * membrane_bits, ff=membrane_bits))
        memories.append(Memory(passes, layer.lanes * neuron.state_type.width_bits, rom=False))
        memories += [Memory(passes, layer.lanes * bits, rom=True) for bits in (reset_bits, bias_bits)]
    return total([lane.times(layer.lanes), *(memory_resources(memory) for memory in memories)])


def _compress(layer: DensePopulation) -> Resources:
    """Packed words' FIFO, and the scanner that picks the lowest pending lane."""
    count_bits = layer.neuron.count_type.width_bits
    lane = Resources(lut=SCANNER_LUT + SCANNER_LUT_PER_BIT * count_bits, ff=1 + count_bits)
    fifo = fifo_resources(groups(len(layer.weight), layer.lanes), layer.lanes * count_bits)
    return total([_fabric(COMPRESS), lane.times(layer.lanes), fifo])


def _send_scores(layer: DenseReadout) -> Resources:
    """Packed sums' FIFO, a shift register of one word, the shift and the bias."""
    word_bits = layer.lanes * layer.acc_type.width_bits
    fifo = fifo_resources(groups(len(layer.weight), layer.lanes), word_bits)
    shifter = Resources(lut=SCORE_SHIFT_LUT if layer.is_shifted else 0)
    return total([_fabric(SEND_SCORES), fifo, Resources(lut=1.3 * word_bits, ff=word_bits), shifter])


def _multiplier(first_bits: int, second_bits: int) -> Resources:
    """A product of two variables, as the embedded engine builds it."""
    if multiplies_in_luts(first_bits, second_bits):
        return Resources(lut=product_luts(first_bits, second_bits))
    return Resources(dsp=product_dsps(first_bits, second_bits))


def fifo_resources(depth: int, width_bits: int) -> Resources:
    """A FIFO as the embedded engine builds it: its counters and its words."""
    style = fifo_style(depth, width_bits)
    counters = _fabric(FIFO[style])
    if style == SHIFT:
        return counters.plus(Resources(lut=width_bits))
    if style == BLOCK:
        return counters.plus(Resources(bram36=ramb18_count(depth - 1, width_bits) / 2))
    return counters.plus(Resources(lut=lut_ram_luts(depth, width_bits)))


def memory_resources(memory: Memory) -> Resources:
    """A memory in block RAMs, or in look-up tables if it is small (as the embedded engine decides).

    A ROM of a few words vanishes in the logic behind it; one of 16 words or more is one look-up table a bit.
    """
    depth, width_bits = memory.depth, memory.width_bits
    style = memory_style(depth, width_bits, memory.in_luts)
    if style == REGISTER:
        return Resources(ff=0 if memory.rom else width_bits)
    if style == BLOCK:
        return Resources(bram36=ramb18_count(depth, width_bits) / 2)
    if not memory.rom:
        return Resources(lut=lut_ram_luts(depth, width_bits))
    if memory_style(depth, width_bits) == BLOCK:
        return Resources(lut=lut_rom_luts(depth, width_bits))
    share = min(1.0, max(0.0, (depth - 4) / 12))
    return Resources(lut=share * -(-depth // LUT_DEPTH) * width_bits)


def _signed_bits(values: Array) -> int:
    return 1 + int(abs(values).max(initial=0)).bit_length()
