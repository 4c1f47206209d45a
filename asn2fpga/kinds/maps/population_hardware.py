"""A map of neurons as C++ and as an estimate: window, expand for each convolution, and gather."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Weighted, Wiring
from asn2fpga.kinds.hardware import (
    MAX_WORD_BITS,
    Block,
    Config,
    Constant,
    Process,
    Stream,
    TypeName,
    boolean,
    config_name,
    counted,
    currents_stream,
    events_stream,
    integer,
    packed_type,
    value_type,
)
from asn2fpga.kinds.maps.borders import Borders, borders_of
from asn2fpga.kinds.maps.convolution_hardware import Gathered
from asn2fpga.kinds.maps.current import MapCurrent
from asn2fpga.kinds.maps.raster import map_config, map_stream
from asn2fpga.kinds.neurons import graded_hardware
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.roms import Rom, group_lanes, rom
from asn2fpga.kinds.synapses.convolution import Convolution

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation, MapProjection

WINDOW, EXPAND, GATHER = (250, 200), (60, 40), (60, 40)  # LUT, FF of the processes besides their lanes
SCANNER_LUT_PER_BIT = 3.0
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.25, 1.0
BORROW_LUT_PER_BIT = 1.0  # of the adder that makes a number of the odd lane of a pair
FIRE_INTERVAL = 4  # cycles that a membrane takes
HEADER = "maps/population.h"
CURRENTS = "currents_t"


def block(node: MapPopulation, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, processes and streams. Raises UnsupportedError for words wider than tools take."""
    _check_words(node)
    gathered = list(_gathered(node, edges))
    roms = [one.rom() for one in gathered]
    borders = borders_of(starts_of(node, edges))
    sent = node.output(edges)
    projections = [
        one.config(node.projections[position].shift, table.name)
        for (position, one), table in zip(_numbered(node, gathered), roms, strict=True)
    ]
    own = _config(node, edges, wiring, borders)
    return Block(
        name=node.name,
        title="; ".join([*dict.fromkeys(p.synapse.title for p in node.projections), node.neuron.title]),
        source=node.source,
        notes=_notes(node, edges),
        configs=(
            map_config(node.name, sent),
            *(one.window_config for one in gathered),
            *projections,
            *_neuron_configs(node),
            own,
        ),
        processes=tuple(_processes(node, wiring, gathered)),
        streams=tuple(_streams(node, edges, wiring, gathered)),
        word_bits=node.widest_word(node.lanes),
        roms=(
            *roms,
            *_neuron_roms(node),
            *_border_roms(node, borders),
        ),
    )


def _check_words(node: MapPopulation) -> None:
    width = node.widest_word(node.lanes)
    if width > MAX_WORD_BITS:
        raise UnsupportedError(
            f"{node.name}: a packed word must have at most {MAX_WORD_BITS} bits, not {width}; "
            f"use fewer lanes than {node.lanes}."
        )


def _numbered(node: MapPopulation, gathered: list[Gathered]) -> Iterator[tuple[int, Gathered]]:
    positions = (i for i, p in enumerate(node.projections) if isinstance(p.synapse, Convolution))
    yield from zip(positions, gathered, strict=True)


def _gathered(node: MapPopulation, edges: Sequence[Edge]) -> Iterator[Gathered]:
    for position, (projection, edge) in enumerate(zip(node.projections, edges, strict=True)):
        if isinstance(projection.synapse, Convolution):
            name = f"{node.name}_{_tag(node, position)}"
            yield Gathered(name, node.inputs[position], projection.synapse, edge, node.lanes)


def _tag(node: MapPopulation, position: int) -> str:
    """A name for a projection, by what it reads; of several from one layer the later ones have numbers."""
    source = node.inputs[position]
    earlier = node.inputs[:position].count(source)
    return f"from_{source}" + (f"_again{earlier}" if earlier else "")


def _notes(node: MapPopulation, edges: Sequence[Edge]) -> tuple[str, ...]:
    channels, height, width = node.output(edges).image
    return (
        *(_arriving(node, position, edge) for position, edge in enumerate(edges)),
        f"{channels} channels of {height} x {width} neurons {node.output(edges).fixed}, "
        f"{counted(node.time_steps, 'time step')}, sums {node.acc_type}",
        f"{counted(node.lanes, 'lane')}, {counted(node.groups, 'group')}",
    )


def _arriving(node: MapPopulation, position: int, edge: Edge) -> str:
    channels, height, width = edge.image
    what = "currents" if edge.carries == "currents" else "counts"
    found = f"{node.inputs[position]}: {channels} x {height} x {width} {what} {edge.fixed}"
    return found + (", added up once" if edge.is_frame else "")


# ---- configs -----------------------------------------------------------------------------------------------


def _neuron_configs(node: MapPopulation) -> Iterator[Config]:
    if isinstance(node.neuron, Graded):
        yield graded_hardware.config(node.neuron, node.name, node.channels, node.lanes)


def _neuron_roms(node: MapPopulation) -> Iterator[Rom]:
    if isinstance(node.neuron, Graded):
        yield from graded_hardware.roms(node.neuron, node.name, node.channels, node.lanes)


def _neurons(node: MapPopulation) -> str:
    """What fires: of sums that are sent as they are, nothing."""
    if not isinstance(node.neuron, Graded):
        return "SumsAsCounts"
    return "InRegisters" if node.neuron.stateful else "ThresholdsOnly"


def _config(node: MapPopulation, edges: Sequence[Edge], wiring: Wiring, borders: Borders | None) -> Config:
    name, sent = config_name(node.name), node.output(edges)
    rows, columns = node.pixels
    constants: list[Constant] = [
        integer("lanes", node.lanes),
        integer("groups", node.groups),
        integer("time_steps", node.time_steps),
        integer("out_height", rows),
        integer("out_width", columns),
    ]
    types = [
        value_type("acc_t", node.acc_type),
        packed_type("acc_word_t", node.lanes, node.acc_type),
        packed_type("counts_word_t", node.lanes, sent.fixed),
    ]
    if isinstance(node.neuron, Graded):
        types.append(TypeName(f"{node.name}_neuron", "neuron"))
    types.append(TypeName(f"asn::{_neurons(node)}<{name}>", "neurons"))
    if node.neuron.stateful:
        constants.append(integer("fire_interval", FIRE_INTERVAL))
    if borders is not None:
        constants.append(boolean("has_border", True))
        for side in ("top", "bottom", "left", "right"):
            constants.append(integer(f"border_{side}", getattr(borders, side)))
        types.append(TypeName(f"{node.name}_borders", "borders"))
    if node.paired:
        constants.append(integer("dsp_lanes", node.lanes - node.lanes % 2))
    carried = _carried(node)
    if carried is not None:
        position, projection = carried
        constants.append(integer("carried_shift", projection.shift))
        types.append(value_type("carried_t", edges[position].fixed))
    if wiring.sends_currents:
        types.append(TypeName("hls::stream<acc_word_t>", CURRENTS))
    return Config(name, "", tuple(constants), tuple(types), base="asn::PlainMap")


def _carried(node: MapPopulation) -> tuple[int, MapProjection] | None:
    """The current of another layer that sums start from; a rule forbids a second one."""
    found = ((i, p) for i, p in enumerate(node.projections) if isinstance(p.synapse, MapCurrent))
    return next(found, None)


def starts_of(node: MapPopulation, edges: Sequence[Edge]) -> IntArray:
    """(rows, columns, channels) what the sums of each pixel start from."""
    found = [
        projection.synapse.borders(edge) << projection.shift
        for projection, edge in zip(node.projections, edges, strict=True)
        if isinstance(projection.synapse, Convolution)
    ]
    return sum_of([np.zeros((*node.pixels, node.channels), np.int64), *found])


def _border_roms(node: MapPopulation, borders: Borders | None) -> Iterator[Rom]:
    if borders is None:
        return
    lanes = group_lanes(borders.values.reshape(-1, node.channels).T, node.lanes)  # (groups, lanes, classes)
    rows = lanes.transpose(2, 0, 1).reshape(-1, node.lanes)
    comment = f"what sums start from, {node.lanes} lanes"
    yield rom(f"{node.name}_borders", comment, rows, node.acc_type.width_bits)


# ---- processes and streams ---------------------------------------------------------------------------------


def _processes(node: MapPopulation, wiring: Wiring, gathered: list[Gathered]) -> Iterator[Process]:
    read: dict[int, str] = dict(enumerate(wiring.reads))
    for position, one in _numbered(node, gathered):
        tokens, taken = (stream.name for stream in one.streams)
        arguments = (f"{one.name}_window",)
        yield Process(f"{one.name}_slide", "window", HEADER, arguments, (read[position],), (tokens,))
        yield Process(f"{one.name}_expand", "expand", HEADER, arguments, (tokens,), (taken,))
        read[position] = taken
    yield _gather(node, wiring, gathered, read)


def _gather(node: MapPopulation, wiring: Wiring, gathered: list[Gathered], read: dict[int, str]) -> Process:
    config, counts = config_name(node.name), events_stream(node.name)
    arguments, passed, writes = [config], [counts], [counts]
    kernel = "gather"
    carried = _carried(node)
    if carried is not None:
        kernel += "_onto"
    if wiring.sends_currents:
        kernel += "_and_send"
        currents = currents_stream(node.name)
        arguments.append(f"{config}::{CURRENTS}")
        passed.append(currents)
        writes.append(currents)
    if carried is not None:
        source = node.inputs[carried[0]]
        arguments.append(f"{config_name(source)}::{CURRENTS}")
        passed.append(read[carried[0]])
    arguments += [f"asn::Gathered<{config}, {one.name}>" for one in gathered]
    passed += [read[position] for position, _ in _numbered(node, gathered)]
    first = [] if carried is None else [read[carried[0]]]
    return Process(
        name=f"{node.name}_gather",
        kernel=kernel,
        header=HEADER,
        arguments=tuple(arguments),
        reads=tuple(dict.fromkeys([*first, *read.values()])),
        writes=tuple(writes),
        passes=tuple(passed),
    )


def _streams(
    node: MapPopulation, edges: Sequence[Edge], wiring: Wiring, gathered: list[Gathered]
) -> Iterator[Stream]:
    for one in gathered:
        yield from one.streams
    if wiring.sends_currents:
        bits = node.lanes * node.acc_type.width_bits
        name = f"{config_name(node.name)}::{CURRENTS}"
        yield Stream(currents_stream(node.name), name, bits, 4)
    yield map_stream(node.name, node.output(edges))


# ---- estimate ----------------------------------------------------------------------------------------------


def cost(node: MapPopulation, edges: Sequence[Edge]) -> Resources:
    """Its processes, the rows of counts that windows reach, weights, adders and comparators."""
    parts = [fabric(GATHER), node.neuron.cost(node.channels, node.lanes, node.acc_type)]
    for one in _gathered(node, edges):
        parts += _window(one)
    for projection, edge in zip(node.projections, edges, strict=True):
        parts += _synapse(node, projection.synapse, edge)
    return total(parts)


def product_slices(node: MapPopulation, edges: Sequence[Edge]) -> tuple[int, int]:
    """DSP slices that multiply its weights, and the lanes that each of them serves."""
    parts = zip(node.projections, edges, strict=True)
    slices = sum(part.dsp for p, edge in parts for part in _synapse(node, p.synapse, edge))
    return round(slices), 2 if node.paired else 1


def _window(one: Gathered) -> list[Resources]:
    window, edge = one.synapse.window, one.edge
    lanes = edge.lanes * edge.fixed.width_bits
    fifos = [fifo_resources(stream.depth, stream.width_bits) for stream in one.streams]
    scanner = Resources(lut=SCANNER_LUT_PER_BIT * lanes, ff=lanes)
    return [
        fabric(WINDOW),
        fabric(EXPAND),
        scanner,
        *fifos,
        memory_resources(rows_of_counts(edge, window.extent[0] + window.stride[0] - 1)),
    ]


def rows_of_counts(edge: Edge, rows: int) -> Memory:
    """The memory of the rows that windows reach."""
    width = edge.image[2]
    words = rows * width * -(-edge.image[0] // edge.lanes) * edge.steps
    return Memory(words, edge.lanes * edge.fixed.width_bits, rom=False)


def _synapse(node: MapPopulation, synapse: Any, edge: Edge) -> list[Resources]:
    bits = node.acc_type.width_bits
    lane = fabric((SUM_LUT_PER_BIT * bits, SUM_FF_PER_BIT * bits))
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
