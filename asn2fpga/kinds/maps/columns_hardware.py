"""Several units on one map: what arrives goes to all of them, and what they send becomes one map again.

The kernels are fork_words (hw/hls/fork.h), deal and collect (hw/hls/maps/columns.h).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Config,
    Process,
    Stream,
    TypeName,
    config_name,
    currents_stream,
    events_stream,
    integer,
    packed_type,
)
from asn2fpga.kinds.maps.raster import map_name, map_stream
from asn2fpga.kinds.maps.unit_hardware import CURRENTS, Parts, Unit, sums_stream, tag
from asn2fpga.kinds.maps.units import columns_of, units_of

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation

SHARED_DEPTH = 32  # words of the FIFO of each copy of a map: units need not be equally fast
COLLECTED_DEPTH = 4  # pixels that wait for those of other units, and so many words at least
HEADER = "maps/columns.h"


def wired(node: MapPopulation, edges: Sequence[Edge], wiring: Wiring) -> list[Unit]:
    """The units, each with the streams that it reads."""
    units = units_of(node)
    if len(units) == 1:
        return [Unit(node, node, edges, wiring.reads, wiring.sends_currents)]
    return [
        Unit(
            unit,
            node,
            [_arriving(node, position, edge, number) for position, edge in enumerate(edges)],
            tuple(_copy(unit, position) for position in range(len(edges))),
            wiring.sends_currents,
        )
        for number, unit in enumerate(units)
    ]


def _arriving(node: MapPopulation, position: int, edge: Edge, unit: int) -> Edge:
    """A unit takes all of a map of counts, and of currents its own columns."""
    return columns_of(edge, unit, node.parallel_pixels) if node.reads(position) == "currents" else edge


def _copy(unit: MapPopulation, position: int) -> str:
    return f"{unit.name}_{tag(unit, position)}_in"


def around(
    node: MapPopulation, units: list[Unit], edges: Sequence[Edge], wiring: Wiring
) -> tuple[Parts, Parts]:
    """What stands before several units, and after them."""
    if len(units) == 1:
        return Parts(), Parts()
    return _before(node, units, edges, wiring), _after(node, units, edges, wiring)


def _before(node: MapPopulation, units: list[Unit], edges: Sequence[Edge], wiring: Wiring) -> Parts:
    processes, configs, streams = [], [], []
    for position, edge in enumerate(edges):
        name = f"{node.name}_{tag(node, position)}_spread"
        copies = tuple(_copy(unit.node, position) for unit in units)
        deals = node.reads(position) == "currents"
        configs.append(_config(name, edge, deals))
        kernel, header = ("deal", HEADER) if deals else ("fork_words", "fork.h")
        arguments, reads = (configs[-1].name,), (wiring.reads[position],)
        processes.append(Process(name, kernel, header, arguments, reads, copies))
        streams += [_input(node, position, edge, copy) for copy in copies]
    return Parts(tuple(configs), tuple(processes), tuple(streams))


def _config(process: str, edge: Edge, by_columns: bool) -> Config:
    """Of fork_words; config D of deal and collect if it goes by columns."""
    _, height, width = edge.image
    fields = {"words": height * width * edge.words_per_pixel}
    if by_columns:
        fields = {"out_height": height, "out_width": width, "pixel_words": edge.words_per_pixel}
    return Config(f"{process}_config", "", tuple(integer(name, value) for name, value in fields.items()))


def _input(node: MapPopulation, position: int, edge: Edge, name: str) -> Stream:
    """The stream in which a unit reads what arrives at the population."""
    source, bits = node.inputs[position], edge.lanes * edge.fixed.width_bits
    if node.reads(position) == "currents":
        depth = max(SHARED_DEPTH, 2 * node.groups * edge.word_steps)
        return Stream(name, f"{config_name(source)}::{CURRENTS}", bits, depth)
    return Stream(name, f"{map_name(source)}::stream_t", bits, SHARED_DEPTH)


def _after(node: MapPopulation, units: list[Unit], edges: Sequence[Edge], wiring: Wiring) -> Parts:
    sent = node.output(edges)
    collects, config = _collect(node, "collect", sent, events_stream, units)
    if node.by_step:
        collects = dataclasses.replace(collects, rounds=sent.rounds)
    parts = Parts((config,), (collects,), tuple(_collected(node, units, edges)))
    if not wiring.sends_currents:
        return parts
    collects, config = _collect(node, "collect_currents", node.currents(edges), currents_stream, units)
    own = Config(
        config_name(node.name),
        "",
        (),
        (packed_type("acc_word_t", node.lanes, node.acc_type), TypeName("hls::stream<acc_word_t>", CURRENTS)),
    )
    return Parts(
        (own, *parts.configs, config), (*parts.processes, collects), (*parts.streams, sums_stream(node))
    )


def _collect(
    node: MapPopulation, suffix: str, sent: Edge, stream: Callable[[str], str], units: list[Unit]
) -> tuple[Process, Config]:
    name, own = f"{node.name}_{suffix}", stream(node.name)
    parts = tuple(stream(unit.node.name) for unit in units)
    config = _config(name, sent, True)
    return Process(name, "collect", HEADER, (config.name,), parts, (own,), (own, *parts)), config


def collected_depth(node: MapPopulation, sent: Edge) -> int:
    """Words of the FIFO of counts after each unit."""
    return max(SHARED_DEPTH, COLLECTED_DEPTH * node.groups * sent.word_steps)


def _collected(node: MapPopulation, units: list[Unit], edges: Sequence[Edge]) -> Iterator[Stream]:
    """Of the counts of each unit, for a few pixels."""
    sent = node.output(edges)
    whole = map_stream(node.name, sent)
    depth = collected_depth(node, sent)
    for unit in units:
        yield Stream(events_stream(unit.node.name), whole.type, whole.width_bits, depth)
