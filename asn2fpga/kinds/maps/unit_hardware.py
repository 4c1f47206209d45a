"""A population of a map as processes: window, expand for each convolution, and gather.

Of several output pixels at a time, each unit is one (units.py); the whole gives ROMs and neurons their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.hardware import (
    Config,
    Constant,
    Process,
    Stream,
    TypeName,
    boolean,
    config_name,
    currents_stream,
    events_stream,
    integer,
    packed_type,
    value_type,
)
from asn2fpga.kinds.maps.borders import Borders, borders_of
from asn2fpga.kinds.maps.convolution_hardware import Gathered
from asn2fpga.kinds.maps.current import MapCurrent
from asn2fpga.kinds.maps.raster import MAP_DEPTH, WAITING_DEPTH
from asn2fpga.kinds.maps.windowed import HEADER, ULTRA_RAM
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.roms import Rom, group_lanes, rom
from asn2fpga.kinds.synapses.convolution import Convolution

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation, MapProjection

CURRENTS = "currents_t"
SUMS = "sums_t"
SUMS_DEPTH = 4  # words of the FIFO of currents


@dataclass(frozen=True)
class Parts:
    """A part of a block."""

    configs: tuple[Config, ...] = ()
    processes: tuple[Process, ...] = ()
    streams: tuple[Stream, ...] = ()
    roms: tuple[Rom, ...] = ()


@dataclass(frozen=True)
class Unit:
    """node: a population that works on one pixel at a time. owner: of its weights, and of neurons that do not
    differ by pixel.

    edges, reads: what arrives, and by which streams. sends_currents: whether its sums are read.
    """

    node: MapPopulation
    owner: MapPopulation
    edges: Sequence[Edge]
    reads: tuple[str, ...]
    sends_currents: bool

    def parts(self) -> Parts:
        """All but the stream of its counts."""
        gathered = list(gathered_of(self.node, self.edges, self.owner))
        borders = borders_of(starts_of(self.node, self.edges))
        projections = [
            one.config(self.node.projections[position].shift, weights_name(self.owner, position))
            for position, one in numbered(self.node, gathered)
        ]
        windows = (one.windowed.config for one in gathered)
        return Parts(
            configs=(*windows, *projections, config_of(self, borders), *_firing_config(self)),
            processes=tuple(_processes(self, gathered)),
            streams=tuple(_streams(self, gathered)),
            roms=tuple(_border_roms(self.node, borders)),
        )


def numbered(node: MapPopulation, gathered: list[Gathered]) -> Iterator[tuple[int, Gathered]]:
    """Convolutions, each with the number of its input."""
    positions = (i for i, p in enumerate(node.projections) if isinstance(p.synapse, Convolution))
    yield from zip(positions, gathered, strict=True)


def gathered_of(
    node: MapPopulation, edges: Sequence[Edge], owner: MapPopulation | None = None
) -> Iterator[Gathered]:
    """The convolutions of a population, or of a unit of `owner`."""
    for position, (projection, edge) in enumerate(zip(node.projections, edges, strict=True)):
        if isinstance(projection.synapse, Convolution):
            name = f"{node.name}_{tag(node, position)}"
            words = f"{(owner or node).name}_{tag(node, position)}_words"
            yield Gathered(name, node.inputs[position], projection.synapse, edge, node.lanes, words)


def tag(node: MapPopulation, position: int) -> str:
    """A name for a projection, by what it reads; of several from one layer the later ones have numbers."""
    source = node.inputs[position]
    earlier = node.inputs[:position].count(source)
    return f"from_{source}" + (f"_again{earlier}" if earlier else "")


def weights_name(owner: MapPopulation, position: int) -> str:
    """The ROM of the weights of a convolution, which all units read."""
    return f"{owner.name}_{tag(owner, position)}_weights"


# ---- configs -----------------------------------------------------------------------------------------------


def _neurons_of(node: MapPopulation, sent: Edge, config: str) -> str:
    """The C++ type of what fires."""
    neuron = node.neuron
    if not isinstance(neuron, FiringNeurons):
        return _sums_of(config)
    arguments = [config, f"asn::{neuron.lanes_kernel}"]
    if not neuron.stateful:
        kernel = "WithoutState"
    elif not sent.by_step:
        kernel = "InRegisters"
    else:
        kernel = "InMemory"
        arguments += [ULTRA_RAM] if node.membranes == "ultra" else []
    return f"asn::{kernel}<{', '.join(arguments)}>"


def _sums_of(config: str) -> str:
    """The C++ type of neurons that send their sums as they are."""
    return f"asn::SumsAsCounts<{config}>"


def _firing(unit: Unit, config: str) -> tuple[list[Constant], list[TypeName]]:
    """What config C says of the neurons."""
    node, sent = unit.node, unit.node.output(unit.edges)
    constants, types = [], [packed_type("counts_word_t", node.lanes, sent.fixed)]
    if isinstance(node.neuron, FiringNeurons):
        owner = node if node.by_pixel else unit.owner
        types.append(TypeName(f"{owner.name}_neuron", "neuron"))
    types.append(TypeName(_neurons_of(node, sent, config), "neurons"))
    if node.by_step or (node.neuron.stateful and sent.by_step):
        constants.append(integer("rounds", sent.rounds))
    elif node.neuron.stateful:
        constants.append(integer("fire_interval", node.fire_interval(unit.edges)))
    return constants, types


def _firing_config(unit: Unit) -> Iterator[Config]:
    """Config C of fire_steps, where it stands behind gather."""
    if unit.node.by_step:
        name = f"{unit.node.name}_firing"
        constants, types = _firing(unit, name)
        yield Config(name, "", tuple(constants), tuple(types), base=config_name(unit.node.name))


def config_of(unit: Unit, borders: Borders | None) -> Config:
    """Config C of gather."""
    node, edges = unit.node, unit.edges
    name, sent = config_name(node.name), node.output(edges)
    rows, columns = node.pixels
    constants: list[Constant] = [
        integer("lanes", node.lanes),
        integer("groups", node.groups),
        integer("time_steps", sent.word_steps),
        integer("out_height", rows),
        integer("out_width", columns),
    ]
    types = [
        value_type("acc_t", node.acc_type),
        packed_type("acc_word_t", node.lanes, node.acc_type),
    ]
    if node.by_step:
        types.append(packed_type("counts_word_t", node.lanes, node.acc_type))
        types.append(TypeName(_sums_of(name), "neurons"))
        types.append(TypeName("hls::stream<acc_word_t>", SUMS))
    else:
        fields, names = _firing(unit, name)
        constants, types = [*constants, *fields], [*types, *names]
    if borders is not None:
        constants.append(boolean("has_border", True))
        for side in ("top", "bottom", "left", "right"):
            constants.append(integer(f"border_{side}", getattr(borders, side)))
        types.append(TypeName(f"{node.name}_borders", "borders"))
    if node.paired:
        constants.append(integer("dsp_lanes", node.lanes - node.lanes % 2))
    carried = carried_by(node)
    if carried is not None:
        position, projection = carried
        constants.append(integer("carried_shift", projection.shift))
        if edges[position].is_frame:
            constants.append(boolean("carried_is_frame", True))
        types.append(value_type("carried_t", edges[position].fixed))
    if unit.sends_currents:
        types.append(TypeName("hls::stream<acc_word_t>", CURRENTS))
    return Config(name, "", tuple(constants), tuple(types), base="asn::PlainMap")


def carried_by(node: MapPopulation) -> tuple[int, MapProjection] | None:
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


def _processes(unit: Unit, gathered: list[Gathered]) -> Iterator[Process]:
    read: dict[int, str] = dict(enumerate(unit.reads))
    for position, one in numbered(unit.node, gathered):
        yield from one.windowed.processes(read[position])
        read[position] = one.windowed.streams[-1].name
    yield _gather(unit, gathered, read)
    if unit.node.by_step:
        name, rounds = unit.node.name, unit.node.output(unit.edges).rounds
        reads, writes = (_sums_name(unit.node),), (events_stream(name),)
        arguments = (f"{name}_firing",)
        yield Process(f"{name}_fire", "fire_steps", HEADER, arguments, reads, writes, rounds=rounds)


def _sums_name(node: MapPopulation) -> str:
    """The stream from gather to fire_steps."""
    return f"{node.name}_sums"


def _gather(unit: Unit, gathered: list[Gathered], read: dict[int, str]) -> Process:
    node = unit.node
    config = config_name(node.name)
    counts = _sums_name(node) if node.by_step else events_stream(node.name)
    arguments, passed, writes = [config], [counts], [counts]
    kernel = "gather"
    carried = carried_by(node)
    if carried is not None:
        kernel += "_onto"
    if unit.sends_currents:
        kernel += "_and_send"
        currents = currents_stream(node.name)
        arguments.append(f"{config}::{CURRENTS}")
        passed.append(currents)
        writes.append(currents)
    if carried is not None:
        source = node.inputs[carried[0]]
        arguments.append(f"{config_name(source)}::{CURRENTS}")
        passed.append(read[carried[0]])
    arguments += [f"asn::{one.kernel}<{config}, {one.name}>" for one in gathered]
    passed += [read[position] for position, _ in numbered(node, gathered)]
    first = [] if carried is None else [read[carried[0]]]
    return Process(
        name=f"{node.name}_gather",
        kernel=kernel,
        header=HEADER,
        arguments=tuple(arguments),
        reads=tuple(dict.fromkeys([*first, *read.values()])),
        writes=tuple(writes),
        passes=tuple(passed),
        keeps_nothing=not (node.neuron.stateful and node.output(unit.edges).by_step),
    )


def _streams(unit: Unit, gathered: list[Gathered]) -> Iterator[Stream]:
    for one in gathered:
        yield from one.windowed.streams
    if unit.node.by_step:
        yield _kept_sums(unit.node)
    if unit.sends_currents:
        yield sums_stream(unit.node)


def _kept_sums(node: MapPopulation) -> Stream:
    """The stream of sums that fire_steps takes. It works on the time steps of one inference while those of
    the next one are made, so there is room for all of them, unless they are many.
    """
    bits = node.lanes * node.acc_type.width_bits
    return Stream(_sums_name(node), f"{config_name(node.name)}::{SUMS}", bits, sums_depth(node))


def kept_words(node: MapPopulation) -> int:
    """Packed words of the sums of one inference, of a unit."""
    rows, columns = node.pixels
    return rows * -(-columns // node.parallel_pixels) * node.groups


def sums_depth(node: MapPopulation) -> int:
    """Words of the FIFO before fire_steps."""
    return max(MAP_DEPTH, min(WAITING_DEPTH, 1 << (kept_words(node) - 1).bit_length()))


def sums_stream(node: MapPopulation) -> Stream:
    """The stream of its currents."""
    bits = node.lanes * node.acc_type.width_bits
    return Stream(currents_stream(node.name), f"{config_name(node.name)}::{CURRENTS}", bits, SUMS_DEPTH)
