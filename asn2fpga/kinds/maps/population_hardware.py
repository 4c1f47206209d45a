"""A map of neurons as C++ and as an estimate: its units, and what stands before and after several of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from asn2fpga.device.parts import fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import MAX_WORD_BITS, Block, Config, counted
from asn2fpga.kinds.maps import columns_hardware, population_memories
from asn2fpga.kinds.maps.raster import map_config, map_stream
from asn2fpga.kinds.maps.unit_hardware import Parts, Unit, gathered_of, numbered, weights_name
from asn2fpga.kinds.maps.units import neurons_of
from asn2fpga.kinds.neurons import graded_hardware
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.roms import Rom
from asn2fpga.kinds.synapses.contract import Weighted

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation

GATHER = (60, 40)  # LUT, FF of the process besides its lanes
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.25, 1.0
SPREAD = (30, 20)  # LUT, FF of a process before or after several units
CHOICE = (1.4, 1.5)  # LUT, FF for each bit of a word of each of several units, of which one is chosen
BORROW_LUT_PER_BIT = 1.0  # of the adder that makes a number of the odd lane of a pair


def block(node: MapPopulation, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, processes and streams. Raises UnsupportedError for words wider than tools take."""
    _check_words(node)
    units = columns_hardware.wired(node, edges, wiring)
    parts = [unit.parts() for unit in units]
    before, after = columns_hardware.around(node, units, edges, wiring)
    every: list[Parts] = [before, *parts, after]
    return Block(
        name=node.name,
        title="; ".join([*dict.fromkeys(p.synapse.title for p in node.projections), node.neuron.title]),
        source=node.source,
        notes=_notes(node, edges),
        configs=(
            map_config(node.name, node.output(edges)),
            *_neuron_configs(node, units),
            *chain.from_iterable(part.configs for part in every),
        ),
        processes=tuple(chain.from_iterable(part.processes for part in every)),
        streams=(
            *chain.from_iterable(part.streams for part in every),
            map_stream(node.name, node.output(edges)),
        ),
        word_bits=max([node.widest_word(node.lanes), *(one.seen_bits for one in gathered_of(node, edges))]),
        roms=(
            *(
                one.rom(weights_name(node, position))
                for position, one in numbered(node, list(gathered_of(node, edges)))
            ),
            *_neuron_roms(node, units),
            *chain.from_iterable(part.roms for part in every),
        ),
    )


def _neuron_configs(node: MapPopulation, units: Sequence[Unit]) -> Iterator[Config]:
    for owner in _neuron_owners(node, units):
        if isinstance(owner.neuron, Graded):
            yield graded_hardware.config(owner.neuron, owner.name, node.channels, node.lanes)


def _neuron_roms(node: MapPopulation, units: Sequence[Unit]) -> Iterator[Rom]:
    for owner in _neuron_owners(node, units):
        if isinstance(owner.neuron, Graded):
            yield from graded_hardware.roms(owner.neuron, owner.name, node.channels, node.lanes)


def _neuron_owners(node: MapPopulation, units: Sequence[Unit]) -> list[MapPopulation]:
    """The population, or where pixels differ its units."""
    return [unit.node for unit in units] if node.by_pixel else [node]


def _check_words(node: MapPopulation) -> None:
    width = node.widest_word(node.lanes)
    if width > MAX_WORD_BITS:
        raise UnsupportedError(
            f"{node.name}: a packed word must have at most {MAX_WORD_BITS} bits, not {width}; "
            f"use fewer lanes than {node.lanes}."
        )


def _notes(node: MapPopulation, edges: Sequence[Edge]) -> tuple[str, ...]:
    channels, height, width = node.output(edges).image
    return (
        *(_arriving(node, position, edge) for position, edge in enumerate(edges)),
        f"{channels} channels of {height} x {width} neurons {node.output(edges).fixed}, "
        f"{counted(node.time_steps, 'time step')}, sums {node.acc_type}",
        f"{counted(node.lanes, 'lane')}, {counted(node.groups, 'group')}"
        + (f", {node.parallel_pixels} pixels at a time" if node.parallel_pixels > 1 else ""),
    )


def _arriving(node: MapPopulation, position: int, edge: Edge) -> str:
    channels, height, width = edge.image
    what = "currents" if edge.carries == "currents" else "counts"
    found = f"{node.inputs[position]}: {channels} x {height} x {width} {what} {edge.fixed}"
    return found + (", added up once" if edge.is_frame else "")


# ---- estimate ----------------------------------------------------------------------------------------------


def cost(node: MapPopulation, edges: Sequence[Edge]) -> Resources:
    """Its units, and what spreads a map over several of them and collects theirs."""
    unit = _unit_cost(node, edges)
    if node.parallel_pixels == 1:
        return unit
    return total([unit.times(node.parallel_pixels), *_around(node, edges)])


def _unit_cost(node: MapPopulation, edges: Sequence[Edge]) -> Resources:
    """Its processes, the rows of counts that windows reach, weights, adders and comparators."""
    neuron = neurons_of(node, range(0, node.pixels[1], node.parallel_pixels))
    parts = [fabric(GATHER), neuron.fire_cost(node.channels, node.lanes)]
    parts += [memory_resources(memory) for memory in population_memories.membranes(node, edges)]
    for one in gathered_of(node, edges):
        parts += one.windowed.cost
    for projection, edge in zip(node.projections, edges, strict=True):
        parts += _synapse(node, projection.synapse, edge)
    return total(parts)


def _around(node: MapPopulation, edges: Sequence[Edge]) -> list[Resources]:
    """Of the processes, and of the FIFOs of each unit."""
    sent = node.output(edges)
    collected = columns_hardware.collected_depth(node, sent)
    word = node.lanes * sent.fixed.width_bits
    shared = columns_hardware.SHARED_DEPTH
    fifos = [fifo_resources(shared, edge.lanes * edge.fixed.width_bits) for edge in edges]
    fifos.append(fifo_resources(collected, word))
    choice = fabric(CHOICE).times(node.parallel_pixels * word)
    return [*(fifo.times(node.parallel_pixels) for fifo in fifos), choice, *len(fifos) * [fabric(SPREAD)]]


def product_slices(node: MapPopulation, edges: Sequence[Edge]) -> tuple[int, int]:
    """DSP slices that multiply its weights, and the lanes that each of them serves."""
    parts = zip(node.projections, edges, strict=True)
    slices = sum(part.dsp for p, edge in parts for part in _synapse(node, p.synapse, edge))
    return round(slices) * node.parallel_pixels, 2 if node.paired else 1


def _synapse(node: MapPopulation, synapse: Any, edge: Edge) -> list[Resources]:
    bits = node.acc_type.width_bits
    in_slice = isinstance(synapse, Weighted) and synapse.products == "dsp" and len(node.projections) == 1
    lane = Resources() if in_slice else fabric((SUM_LUT_PER_BIT * bits, SUM_FF_PER_BIT * bits))
    if not isinstance(synapse, Weighted):
        return [lane.times(node.lanes)]
    product = multiplier(synapse.weight_bits, edge.fixed.width_bits, synapse.products != "auto")
    pairs, alone = (node.lanes // 2, node.lanes % 2) if node.paired else (0, node.lanes)
    pair = Resources(lut=BORROW_LUT_PER_BIT * bits, dsp=1)
    weights = memory_resources(synapse.weight_memory(node.lanes))
    return [pair.times(pairs), lane.plus(product).times(alone), weights]


def widest_word(node: MapPopulation, lanes: int) -> int:
    """Width in bits of its widest packed word."""
    weights = [lanes * bits for bits in node.weight_bits.values()]
    words = node.neuron.words(node.channels, lanes, node.acc_type)
    return max([lanes * node.acc_type.width_bits, *weights, *words])
