"""A cheap estimate of what the hardware needs, from widths, lanes, levels and sizes alone; and if it fits.

Made to refuse early what cannot fit, before any long step: Yosys' figures come after synthesis. Constants are
calibrated against Yosys on generated designs, see docs/spec/verification.md for the error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from asn2fpga.errors import DoesNotFitError
from asn2fpga.ir.events import event_format, sends_events
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import DensePopulation, DenseReadout, Layer
from asn2fpga.ir.types import Array
from asn2fpga.passes.accounting import WeightedLayer, groups


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
    """One memory: `depth` words of `width_bits`; a ROM has one port."""

    depth: int
    width_bits: int
    rom: bool


# Geometry of one RAMB18 (half a RAMB36): words and bits.
RAMB18 = ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))
BLOCK_MIN_BITS = 4096  # smaller memories become look-up tables
LUT_ROM_BITS = 64  # bits of ROM in one 6-input look-up table
LUT_RAM_BITS = 24  # bits of dual-port RAM in one look-up table (RAM32M: 64 x 3 in 8)
DSP_MIN_PRODUCT_BITS = 9

PROCESS_LUT, PROCESS_FF = 120, 110  # state machine, handshake and counters of one process
FIFO_LUT, FIFO_FF = 30, 25  # pointers and flags of one FIFO
FIFO_DEPTH = 64
PIPELINE_STAGES = 3


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
    """What one layer needs, its processes, memories and the FIFOs behind it."""
    resources = Resources(lut=PROCESS_LUT, ff=PROCESS_FF)
    if sends_events(layer):
        resources = resources.plus(_fifo(FIFO_DEPTH, event_format(layer).width_bits))
    if isinstance(layer, DensePopulation):
        resources = resources.plus(_integrate(layer)).plus(_fire(layer)).plus(_compress(layer))
    if isinstance(layer, DenseReadout):
        resources = resources.plus(_integrate(layer)).plus(_send_scores(layer))
    return resources


def _integrate(layer: WeightedLayer) -> Resources:
    """Per lane one multiplier and one adder; the weights' ROM and the sums' RAM."""
    neurons, inputs = layer.weight.shape
    passes = groups(neurons, layer.lanes)
    product_bits = layer.weight_bits + layer.input_count_type.width_bits
    lane = _multiplier(layer.weight_bits, layer.input_count_type.width_bits)
    lane = lane.plus(Resources(lut=layer.acc_type.width_bits, ff=product_bits + layer.acc_type.width_bits))
    weights = Memory(inputs * passes, layer.lanes * layer.weight_bits, rom=True)
    sums = Memory(passes, layer.lanes * layer.acc_type.width_bits, rom=False)
    return lane.times(layer.lanes).plus(memory_resources(weights)).plus(memory_resources(sums))


def _fire(layer: DensePopulation) -> Resources:
    """Per lane K comparators (two bits a look-up table) and their encoder; with membranes, their update."""
    neuron, levels = layer.neuron, len(layer.neuron.level_values) - 1
    passes = groups(len(layer.weight), layer.lanes)
    threshold_bits = neuron.threshold_type.width_bits
    lane = Resources(lut=levels * (threshold_bits / 2 + 1), ff=threshold_bits + neuron.count_type.width_bits)
    memories = [Memory(passes, layer.lanes * levels * threshold_bits, rom=True)]
    if neuron.stateful and neuron.state_type and neuron.reset_step is not None:
        reset_bits = _signed_bits(neuron.reset_step)
        lane = lane.plus(_multiplier(neuron.count_type.width_bits + 1, reset_bits))
        width = neuron.potential_type.width_bits
        lane = lane.plus(Resources(lut=4 * width, ff=2 * width))
        memories.append(Memory(passes, layer.lanes * neuron.state_type.width_bits, rom=False))
        memories.append(Memory(passes, layer.lanes * 2 * reset_bits, rom=True))
    return total([lane.times(layer.lanes), *(memory_resources(memory) for memory in memories)])


def _compress(layer: DensePopulation) -> Resources:
    """Packed words' FIFO, and the scanner that picks the lowest pending lane."""
    count_bits = layer.neuron.count_type.width_bits
    scanner = Resources(lut=layer.lanes * (2 + count_bits / 2), ff=layer.lanes * (1 + count_bits))
    fifo = _fifo(groups(len(layer.weight), layer.lanes), layer.lanes * count_bits)
    return scanner.plus(fifo).plus(Resources(lut=PROCESS_LUT, ff=PROCESS_FF))


def _send_scores(layer: DenseReadout) -> Resources:
    """Packed sums' FIFO, a shift register of one word, the bias adder."""
    word_bits = layer.lanes * layer.acc_type.width_bits
    fifo = _fifo(groups(len(layer.weight), layer.lanes), word_bits)
    return fifo.plus(Resources(lut=PROCESS_LUT + word_bits + 32, ff=PROCESS_FF + word_bits + 32))


def _multiplier(first_bits: int, second_bits: int) -> Resources:
    if first_bits + second_bits >= DSP_MIN_PRODUCT_BITS and min(first_bits, second_bits) > 1:
        return Resources(dsp=1)
    return Resources(lut=first_bits * second_bits / 2)


def _fifo(depth: int, width_bits: int) -> Resources:
    words = memory_resources(Memory(max(2, depth), width_bits, rom=False))
    return words.plus(Resources(lut=FIFO_LUT, ff=FIFO_FF))


def memory_resources(memory: Memory) -> Resources:
    """A memory in block RAMs, or in look-up tables if it is small."""
    bits = memory.depth * memory.width_bits
    if bits < BLOCK_MIN_BITS or memory.depth <= 16:
        per_lut = LUT_ROM_BITS if memory.rom else LUT_RAM_BITS
        columns = -(-memory.depth // per_lut)
        return Resources(lut=columns * memory.width_bits, ff=memory.width_bits)
    halves = min(-(-memory.depth // words) * -(-memory.width_bits // width) for words, width in RAMB18)
    return Resources(bram36=halves / 2)


def _signed_bits(values: Array) -> int:
    return 1 + int(abs(values).max(initial=0)).bit_length()


def check_fit(graph: Graph, available: Resources) -> None:
    """Raise DoesNotFitError if the estimate exceeds what there is, naming the layer and what to change."""
    parts = {layer.name: estimate_layer(layer) for layer in graph.layers}
    whole = total(parts.values())
    for kind, title in KINDS.items():
        need, have = getattr(whole, kind), getattr(available, kind)
        if need > have:
            name = max(parts, key=lambda layer: float(getattr(parts[layer], kind)))
            share = getattr(parts[name], kind)
            raise DoesNotFitError(
                f"{name}: the network must fit {have:,.0f} {title}, not need about {need:,.0f}, "
                f"{share:,.0f} of them here; {_advice(graph[name], kind)}."
            )


KINDS = {"bram36": "block RAMs of 36 Kb", "dsp": "DSP slices", "lut": "look-up tables", "ff": "flip-flops"}


def _advice(layer: Layer, kind: str) -> str:
    """What to change in the layer that needs most."""
    advice = []
    if isinstance(layer, (DensePopulation, DenseReadout)):
        neurons, inputs = layer.weight.shape
        if kind == "bram36":
            if layer.weight_bits > 2:
                advice.append(f"use fewer than {layer.weight_bits} weight bits (--weight-bits)")
            advice.append(f"make {layer.name} smaller than {inputs} x {neurons}")
        elif layer.lanes > 1:
            advice.append(f"use fewer than {layer.lanes} lanes (--lanes)")
    return ", ".join([*advice, "or choose a larger board"]) if advice else "choose a larger board"
