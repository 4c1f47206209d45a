"""A map of neurons as C++ and as an estimate: its units, and what stands before and after several of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from asn2fpga.device.binding import BLOCK, LUT_INPUTS, memory_style
from asn2fpga.device.parts import Memory, constant_multiplier, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import MAX_WORD_BITS, Block, Config, counted
from asn2fpga.kinds.maps import columns_hardware, population_memories
from asn2fpga.kinds.maps.raster import bits_for, map_config, map_stream
from asn2fpga.kinds.maps.unit_hardware import Parts, Unit, gathered_of, numbered, sums_depth, weights_name
from asn2fpga.kinds.maps.units import neurons_of
from asn2fpga.kinds.neurons import graded_hardware
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.roms import Rom
from asn2fpga.kinds.synapses.contract import Weighted
from asn2fpga.kinds.synapses.convolution import Convolution

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation

GATHER = (25, 40)  # LUT, FF of the process besides its lanes
GROUPS_LUT, STEPS_LUT = 10, 10  # of the process, where there are several output groups, and time steps
ROUNDS_LUT_PER_BIT = 0.8  # of a membrane in a memory, where the process begins anew for each time step
FIRE_STEPS = (30, 25)  # LUT, FF of the process that fires what frames give, step by step
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.85, 1.0  # the sum or 0, and the adder
SLICE_SUM_LUT_PER_BIT = 0.5  # for each bit of a sum that a DSP slice keeps for one lane
CHOSEN_LUT_PER_BIT = 0.25  # for each bit of what one of several projections adds
SPREAD = (20, 24)  # LUT, FF of a process before several units
COLLECT = (35, 20)  # LUT, FF of the process after them
COLLECT_PER_BIT = (
    0.6,
    0.8,
)  # LUT, FF for each bit of a word of each of several units, of which one is chosen
STATE_FF_PER_BIT = 2.5  # of a lane that keeps a membrane, between the cycles of firing
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
            *(one.windowed.words_config for one in gathered_of(node, edges)),
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
        if isinstance(owner.neuron, FiringNeurons):
            yield owner.neuron.config(owner.name, node.channels, node.lanes, node.acc_type)


def _neuron_roms(node: MapPopulation, units: Sequence[Unit]) -> Iterator[Rom]:
    for owner in _neuron_owners(node, units):
        if isinstance(owner.neuron, FiringNeurons):
            yield from owner.neuron.roms(owner.name, node.channels, node.lanes)


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
    """Its processes, and the FIFOs between them."""
    return total([*process_costs(node, edges).values(), *_fifos(node, edges)])


def process_costs(node: MapPopulation, edges: Sequence[Edge]) -> dict[str, Resources]:
    """Its processes by what they do, those of all units together: windows with the rows that they reach,
    gather with weights, adders and comparators, and what spreads a map over several units and collects it.
    """
    found = {"gather": total(_gather_cost(node, edges))}
    for one in gathered_of(node, edges):
        windowed = dataclasses.replace(one.windowed, units=node.parallel_pixels)
        for process, need in windowed.process_costs.items():
            found[process] = found.get(process, Resources()).plus(need)
    found = {process: need.times(node.parallel_pixels) for process, need in found.items()}
    return found if node.parallel_pixels == 1 else found | _around(node, edges)


def _gather_cost(node: MapPopulation, edges: Sequence[Edge]) -> list[Resources]:
    parts = [fabric(GATHER), _neurons_cost(node)]
    memories = population_memories.membranes(node, edges)
    groups = GROUPS_LUT * (node.groups > 1)
    steps = STEPS_LUT * (node.time_steps > 1 and not node.output(edges).by_step)
    rounds = ROUNDS_LUT_PER_BIT * sum(memory.width_bits for memory in memories)
    parts.append(Resources(lut=groups + steps + rounds))
    parts += [memory_resources(memory) for memory in memories]
    if node.by_step:
        parts += [fabric(FIRE_STEPS), memory_resources(population_memories.sums(node))]
    for projection, edge in zip(node.projections, edges, strict=True):
        parts += _synapse(node, projection.synapse, edge)
    return parts


def _neurons_cost(node: MapPopulation) -> Resources:
    """Membranes are registers, those of one pixel and group, or lie in memories of all pixels."""
    neuron = neurons_of(node, range(0, node.pixels[1], node.parallel_pixels))
    if not isinstance(neuron, Graded):
        return neuron.fire_cost(node.channels, node.lanes)
    stages = STATE_FF_PER_BIT * node.lanes * neuron.state_bits
    return graded_hardware.fire_cost(neuron, node.channels, node.lanes, keeps_states=False).plus(
        Resources(ff=stages)
    )


def _around(node: MapPopulation, edges: Sequence[Edge]) -> dict[str, Resources]:
    """Of several units: the processes before them, one for each input, and the one after them."""
    word = node.lanes * node.output(edges).fixed.width_bits
    collect = fabric(COLLECT).plus(fabric(COLLECT_PER_BIT).times(node.parallel_pixels * word))
    return {"spread": fabric(SPREAD).times(len(edges)), "collect": collect}


def _fifos(node: MapPopulation, edges: Sequence[Edge]) -> list[Resources]:
    """Within its units, and before and after several of them."""
    units = node.parallel_pixels
    found = [fifo.times(units) for one in gathered_of(node, edges) for fifo in one.windowed.fifos]
    if node.by_step:
        found.append(fifo_resources(sums_depth(node), node.lanes * node.acc_type.width_bits).times(units))
    if units == 1:
        return found
    sent, shared = node.output(edges), columns_hardware.SHARED_DEPTH
    before = [fifo_resources(shared, edge.lanes * edge.fixed.width_bits) for edge in edges]
    depth = columns_hardware.collected_depth(node, sent)
    after = fifo_resources(depth, node.lanes * sent.fixed.width_bits)
    return [*found, *(fifo.times(units) for fifo in [*before, after])]


def product_slices(node: MapPopulation, edges: Sequence[Edge]) -> tuple[int, int]:
    """DSP slices that multiply its weights, and the lanes that each of them serves."""
    parts = zip(node.projections, edges, strict=True)
    slices = sum(part.dsp for p, edge in parts for part in _synapse(node, p.synapse, edge))
    return round(slices) * node.parallel_pixels, 2 if node.paired else 1


def _synapse(node: MapPopulation, synapse: Any, edge: Edge) -> list[Resources]:
    bits = node.acc_type.width_bits
    per_bit = SUM_LUT_PER_BIT + CHOSEN_LUT_PER_BIT * (len(node.projections) > 1)
    lane = fabric((per_bit * bits, SUM_FF_PER_BIT * bits))
    if not isinstance(synapse, Weighted):
        return [lane.times(node.lanes)]
    number = synapse.constant(edge, node.lanes) if isinstance(synapse, Convolution) else None
    if number is not None:
        return [lane.plus(constant_multiplier(edge.fixed.width_bits, abs(number))).times(node.lanes)]
    memory = synapse.weight_memory(edge, node.lanes)
    weights, product = _weights_and_product(synapse, memory, edge.fixed.width_bits)
    if product.dsp and node.sums_stay_in_slices([edge]):
        lane = Resources(lut=SLICE_SUM_LUT_PER_BIT * bits)
    pairs, alone = (node.lanes // 2, node.lanes % 2) if node.paired else (0, node.lanes)
    pair = Resources(lut=BORROW_LUT_PER_BIT * bits, dsp=1)
    return [pair.times(pairs), lane.plus(product).times(alone), weights]


def _weights_and_product(synapse: Weighted, memory: Memory, count_bits: int) -> tuple[Resources, Resources]:
    """The memory of all weights, and a lane's product. Where the number of a row and a count have no more
    bits than a look-up table has inputs, the tables hold the product.
    """
    product = multiplier(synapse.weight_bits, count_bits, synapse.products != "auto")
    style = memory_style(memory.depth, memory.width_bits, memory.in_luts)
    if product.dsp or style == BLOCK or bits_for(memory.depth) + count_bits > LUT_INPUTS:
        return memory_resources(memory), product
    return Resources(), Resources(lut=synapse.weight_bits + (count_bits if count_bits > 1 else 0))


def widest_word(node: MapPopulation, lanes: int) -> int:
    """Width in bits of its widest packed word."""
    weights = [lanes * bits for bits in node.weight_bits.values()]
    words = node.neuron.words(node.channels, lanes, node.acc_type)
    return max([lanes * node.acc_type.width_bits, *weights, *words])
