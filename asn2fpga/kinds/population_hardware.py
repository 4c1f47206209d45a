"""A population as C++: configs composed as the object is, and two processes.

The first one integrates and fires (or accumulates), the second one turns packed words into events (or
scores).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds import population_delays
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    M_AXIS,
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
    event_type,
    events_stream,
    index_type,
    integer,
    packed_type,
    stream_type,
    value_type,
)
from asn2fpga.kinds.nodes import port_of
from asn2fpga.kinds.population_overlap import fires_beside, spans_steps
from asn2fpga.kinds.population_tags import tags
from asn2fpga.kinds.roms import Rom, group_lanes, rom
from asn2fpga.kinds.sources.source import fifo_depth

if TYPE_CHECKING:
    from asn2fpga.kinds.population import Population

MAX_WAITING_STEPS = 8
SELECTION_LUT_PER_BIT = 0.43  # of all sums of a group; fitted to Yosys' figures: docs/spec/verification.md
BORROW_LUT_PER_BIT = 1.0  # of the upper sum of a pair
COUNTS, SCORES, CURRENTS, EVENTS, SUMS = "counts_t", "scores_t", "currents_t", "events_t", "sums_t"


def block(node: Population, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, processes and streams. Raises UnsupportedError for words wider than tools take."""
    _check_words(node)
    roms = _Roms.of(node)
    projections = tuple(
        _projection_config(node, number, source, edge, roms)
        for number, (source, edge) in enumerate(zip(wiring.sources, edges, strict=True))
    )
    own = (_readout_config(node, edges),) if node.is_end else _spiking_configs(node, edges, wiring)
    streams = _readout_streams(node, edges) if node.is_end else _spiking_streams(node, edges, wiring)
    return Block(
        name=node.name,
        title=_title(node),
        source=node.source,
        notes=_notes(node, edges),
        configs=(*projections, *own),
        processes=_processes(node, wiring, projections, fires_beside(node, node.reads_frames_only(edges))),
        streams=streams,
        word_bits=node.widest_word(node.lanes),
        roms=(*roms.distinct, *_neuron_roms(node)),
        headers=_headers(node),
    )


def _check_words(node: Population) -> None:
    width = node.widest_word(node.lanes)
    if width > MAX_WORD_BITS:
        raise UnsupportedError(
            f"{node.name}: a packed word must have at most {MAX_WORD_BITS} bits, not {width}; "
            f"use fewer lanes than {node.lanes}."
        )


def _title(node: Population) -> str:
    *others, last = dict.fromkeys(projection.synapse.title for projection in node.projections)
    synapses = f"{', '.join(others)} and {last}" if others else last
    return f"{synapses}; {node.neuron.title}"


def _notes(node: Population, edges: Sequence[Edge]) -> tuple[str, ...]:
    neurons = "classes" if node.is_end else f"neurons {node.output(()).fixed}"
    verb = "fires" if node.fire_lanes == 1 else "fire"
    fired = "" if node.is_end else f"; {counted(node.fire_lanes, 'neuron')} at a time {verb}"
    return (
        *(_arriving(node, position, edge) for position, edge in enumerate(edges)),
        f"{node.neurons} {neurons}, {counted(node.time_steps, 'time step')}, sums {node.acc_type}",
        f"{counted(node.lanes, 'lane')}, {counted(node.groups, 'group')}{fired}",
    )


def _arriving(node: Population, position: int, edge: Edge) -> str:
    """What a projection reads, for a comment."""
    count, what = (
        node.projections[position].synapse.inputs,
        "currents" if edge.carries == "currents" else "inputs",
    )
    if node.delay(position):
        return f"itself: {count} {what} {edge.fixed}, a time step later"
    return f"{node.inputs[position]}: {count} {what} {edge.fixed}" + (
        ", integrated once" if edge.is_frame else ""
    )


def _headers(node: Population) -> tuple[str, ...]:
    synapses = {projection.synapse.header for projection in node.projections if not projection.steps_late}
    neurons = () if node.is_end else (node.firing.header,)
    return (*sorted(synapses), *neurons)


# ---- ROMs of synapses ------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Roms:
    """names: the prefix of each projection's ROMs; equal weights are there once, whoever reads them."""

    names: tuple[str, ...]
    distinct: tuple[Rom, ...]

    @classmethod
    def of(cls, node: Population) -> _Roms:
        names, tagged = list[str](), tags(node)
        distinct: list[Rom] = []
        for number, projection in enumerate(node.projections):
            own = node.name if len(node.projections) == 1 else f"{node.name}_{tagged[number]}"
            roms = projection.synapse.roms(own, node.lanes)
            same = next((rom for rom in distinct if roms and rom.holds_the_same_as(roms[0])), None)
            names.append(own if same is None else same.name.removesuffix("_weights"))
            distinct += roms if same is None else ()
        return cls(tuple(names), tuple(distinct))


def _projection_config(node: Population, number: int, source: str, edge: Edge, roms: _Roms) -> Config:
    projection, name = node.projections[number], f"{node.name}_{tags(node)[number]}"
    rom, synapse = roms.names[number], projection.synapse
    if projection.steps_late:
        found = synapse.feedback(rom, node.lanes)
        assert found is not None, "a rule forbids others"
    else:
        found = synapse.config(rom, config_name(source), edge, node.lanes)
    shift = integer("shift", projection.shift)
    return dataclasses.replace(found, name=name, constants=(shift, *found.constants))


# ---- the node's own configs --------------------------------------------------------------------------------


def _common(node: Population, edges: Sequence[Edge]) -> tuple[tuple[Constant, ...], tuple[TypeName, ...]]:
    frames_only = node.reads_frames_only(edges)
    constants = [
        integer("time_steps", node.time_steps),
        boolean("all_frames", frames_only),
        integer("lanes", node.lanes),
        integer("groups", node.groups),
    ]
    if not frames_only and any(edge.is_frame for edge in edges):
        constants.append(boolean("holds_frame", True))
    if node.paired:
        constants.append(boolean("paired", True))
    types = (
        value_type("acc_t", node.acc_type),
        packed_type("acc_word_t", node.lanes, node.acc_type),
        index_type("group_index_t", node.groups - 1),
    )
    return tuple(constants), types


def _fire_constants(node: Population) -> tuple[Constant, ...]:
    parts = node.lanes // node.fire_lanes
    return (
        integer("fire_lanes", node.fire_lanes),
        integer("parts", parts),
        integer("fire_groups", node.fire_groups),
    )


def _spiking_configs(node: Population, edges: Sequence[Edge], wiring: Wiring) -> tuple[Config, ...]:
    neuron, name = node.firing, node.name
    constants, types = _common(node, edges)
    constants = (*constants, *_fire_constants(node))
    count_type = neuron.count_type
    types = (
        *types,
        index_type("part_index_t", node.lanes // node.fire_lanes - 1),
        index_type("fire_count_t", node.fire_groups),
        index_type("step_index_t", node.time_steps - 1),
        event_type("output_event", node.output(()).format),
        value_type("count_t", count_type),
        packed_type("counts_word_t", node.fire_lanes, count_type),
        stream_type(COUNTS, "counts_word_t"),
        stream_type(EVENTS, "output_event::word_t"),
        TypeName(f"{name}_neuron", "neuron"),
        TypeName(f"asn::{neuron.kernel}<{config_name(name)}>", "neurons"),
    )
    if wiring.sends_currents:
        types = (*types, stream_type(CURRENTS, "acc_word_t"))
    if fires_beside(node, node.reads_frames_only(edges)):
        types = (*types, *_handed_over(node))
    if node.feedback is not None:
        constants = (*constants, boolean("is_recurrent", True))
        types = (*types, TypeName(f"{name}_from_{name}", "recurrent"))
    if node.start_count:
        constants = (*constants, boolean("starts_fed_back", True))
        types = (*types, TypeName(f"{name}_starts", "starts"))
    own = Config(config_name(name), "", constants, types, base="asn::PlainPopulation")
    return neuron.config(name, node.neurons, node.fire_lanes, node.acc_type), own


def _handed_over(node: Population) -> tuple[TypeName, ...]:
    """What goes from the process that integrates to the one that fires."""
    bits = node.lanes * node.acc_type.width_bits + 1
    return (
        TypeName(f"ap_uint<{bits}>", "sums_word_t", f"empty, {node.lanes} lanes of sums"),
        stream_type(SUMS, "sums_word_t"),
    )


def _readout_config(node: Population, edges: Sequence[Edge]) -> Config:
    constants, types = _common(node, edges)
    score_type = node.readout.score_type(node.acc_type)
    types = (
        *types,
        value_type("score_t", score_type),
        packed_type("score_word_t", node.lanes, score_type),
        stream_type(SCORES, "score_word_t"),
        index_type("lane_index_t", node.lanes - 1),
        *node.readout.types(node.name),
    )
    if spans_steps(node, node.reads_frames_only(edges)):
        constants = (*constants, boolean("spans_steps", True))
    if node.readout.every_step:
        constants = (*constants, boolean("every_step", True))
        types = (*types, index_type("row_index_t", port_of(node).words_of(node.neurons) - 1))
    if node.readout.margins is not None:
        types = (*types, index_type("score_index_t", node.time_steps * node.neurons))
    constants = (
        *constants,
        integer("scores_in_word", port_of(node).items),
        integer("score_words", port_of(node).words_of(node.neurons)),
        *node.readout.constants(),
    )
    return Config(config_name(node.name), "", constants, types, base="asn::PlainPopulation")


def _neuron_roms(node: Population) -> tuple[Rom, ...]:
    if node.is_end:
        return node.readout.roms(node.name, node.lanes, port_of(node).items)
    return (*node.firing.roms(node.name, node.neurons, node.fire_lanes), *_starts(node))


def _starts(node: Population) -> tuple[Rom, ...]:
    """The counts that stand for 0, as packed words: what is fed back at the first time step."""
    if not node.start_count:
        return ()
    values = group_lanes(np.full(node.neurons, node.start_count), node.fire_lanes)
    comment = f"{node.fire_lanes} lanes of the count that stands for 0"
    return (rom(f"{node.name}_starts", comment, values, node.firing.count_type.width_bits),)


# ---- processes and streams ---------------------------------------------------------------------------------


def _processes(
    node: Population, wiring: Wiring, projections: tuple[Config, ...], overlaps: bool
) -> tuple[Process, ...]:
    name, config = node.name, config_name(node.name)
    packed = f"{name}_scores" if node.is_end else f"{name}_counts"
    kernels = tuple(
        f"{projection.synapse.kernel}<{config}, {found.name}>"
        for projection, found in zip(node.projections, projections, strict=True)
        if not projection.steps_late
    )
    adding = population_delays.processes(node, wiring, projections)
    reads = population_delays.reads(node, wiring)
    if node.is_end:
        first = Process(
            f"{name}_readout", node.readout.kernel, "readout.h", (config, *kernels), reads, (packed,),
            passes=(packed, *reads),
        )  # fmt: skip
        sends = "send_scores" if node.readout.margins is None else "exit_scores"
        last = Process(f"{name}_{sends}", sends, "readout.h", (config,), (packed,), (M_AXIS,))
        return *adding, first, last
    currents = (currents_stream(name),) if wiring.sends_currents else ()
    types = (f"{config}::{CURRENTS}",) if currents else ()
    last = Process(f"{name}_compress", "compress", "compress.h", (config,), (packed,), (events_stream(name),))
    if overlaps:
        return (*_overlapping(node, wiring, projections[0].name, types, currents), last)
    first = Process(
        name=f"{name}_integrate_fire",
        kernel="population_with_currents" if currents else "population",
        header="population.h",
        arguments=(config, *types, *kernels),
        reads=reads,
        writes=(packed, *currents),
        passes=(packed, *currents, *reads),
    )
    return *adding, first, last


def _overlapping(
    node: Population, wiring: Wiring, projection: str, types: tuple[str, ...], currents: tuple[str, ...]
) -> tuple[Process, Process]:
    """One process integrates, the other one fires (hw/hls/population_steps.h)."""
    name, config = node.name, config_name(node.name)
    sums, packed = f"{name}_sums", f"{name}_counts"
    integrate = Process(
        name=f"{name}_integrate",
        kernel="integrate_steps",
        header="population_steps.h",
        arguments=(config, projection),
        reads=wiring.reads,
        writes=(sums,),
        passes=(sums, *wiring.reads),
    )
    fire = Process(
        name=f"{name}_fire",
        kernel="fire_steps_with_currents" if currents else "fire_steps",
        header="population_steps.h",
        arguments=(config, *types),
        reads=(sums,),
        writes=(packed, *currents),
        passes=(packed, *currents, sums),
    )
    return integrate, fire


def _spiking_streams(node: Population, edges: Sequence[Edge], wiring: Wiring) -> tuple[Stream, ...]:
    name, config = node.name, config_name(node.name)
    format_ = node.output(()).format
    counts_bits = node.fire_lanes * node.firing.count_type.width_bits
    waiting = max(2, _waiting_words(node, edges))
    found = list(population_delays.streams(node, edges))
    found.append(
        Stream(f"{name}_counts", f"{config}::{COUNTS}", counts_bits, waiting, words=node.fire_groups)
    )
    if fires_beside(node, node.reads_frames_only(edges)):
        bits = node.lanes * node.acc_type.width_bits + 1
        found.insert(0, Stream(f"{name}_sums", f"{config}::{SUMS}", bits, node.groups, words=node.groups))
    if wiring.sends_currents:
        bits = node.lanes * node.acc_type.width_bits
        found.append(_packed(currents_stream(name), f"{config}::{CURRENTS}", bits, node.groups))
    depth = fifo_depth(format_.neurons)
    found.append(Stream(events_stream(name), f"{config}::{EVENTS}", format_.width_bits, depth, format_))
    return tuple(found)


def _readout_streams(node: Population, edges: Sequence[Edge]) -> tuple[Stream, ...]:
    bits = node.lanes * node.readout.score_type(node.acc_type).width_bits
    scores = _packed(f"{node.name}_scores", f"{config_name(node.name)}::{SCORES}", bits, node.groups)
    return (*population_delays.streams(node, edges), scores)


def _packed(name: str, type_: str, bits: int, words: int) -> Stream:
    return Stream(name, type_, bits, max(2, words), words=words)


def _waiting_words(node: Population, edges: Sequence[Edge]) -> int:
    """Words that may wait for compress: a time step; more of a frame, whose steps are fired in a row."""
    steps = min(node.time_steps, MAX_WAITING_STEPS) if node.reads_frames_only(edges) else 1
    return node.fire_groups * steps


def selection(node: Population) -> Resources:
    """The choice of the part of a group's sums that fires."""
    bits = node.lanes * node.acc_type.width_bits
    return Resources(lut=SELECTION_LUT_PER_BIT * bits if node.fire_lanes < node.lanes else 0)


def handed_over(node: Population) -> Resources:
    """The sums between the process that integrates and the one that fires, and those that wait there."""
    bits = node.lanes * node.acc_type.width_bits + 1
    if node.fire_lanes == node.lanes:
        return fifo_resources(node.groups, bits)
    first_part = Resources(lut=node.fire_lanes * node.acc_type.width_bits, ff=bits)
    return total([fifo_resources(node.groups, bits), first_part])


def borrows(node: Population) -> Resources:
    """The adders that make numbers of pairs, where they are read."""
    lanes = node.lanes if node.is_end else node.fire_lanes
    return Resources(lut=BORROW_LUT_PER_BIT * -(-lanes // 2) * node.acc_type.width_bits if node.paired else 0)
