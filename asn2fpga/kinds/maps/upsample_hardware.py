"""Larger maps as C++, as an estimate, and when they do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Process,
    TypeName,
    boolean,
    config_name,
    events_stream,
    integer,
)
from asn2fpga.kinds.maps.pixel_flow import EARLY, in_turn
from asn2fpga.kinds.maps.raster import groups_of_map, map_config, map_name, map_stream
from asn2fpga.kinds.timing import BARE, Arrival, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.upsample import MapUpsample

TITLES = {"copies": "each pixel several times", "zeros": "zeros between pixels"}
PROCESS = (60, 45)  # LUT, FF besides its words
COPY_LUT_PER_BIT, COPY_FF_PER_BIT = 1.5, 1.0
ZEROS_LUT_PER_BIT, ZEROS_FF_PER_BIT = 1.5, 0.0


def block(node: MapUpsample, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, a process and its stream."""
    (edge,), (source,) = edges, wiring.sources
    sent, name = node.output(edges), config_name(node.name)
    channels, height, width = edge.image
    rows, columns = node.factor
    return Block(
        name=node.name,
        title=TITLES[node.between],
        source=node.source,
        notes=(f"{source}: {channels} x {height} x {width} counts, {rows} x {columns} times as many pixels",),
        configs=(map_config(node.name, sent), _config(node, edge, source)),
        processes=(
            Process(
                f"{node.name}_upsample",
                "upsample",
                "maps/upsample.h",
                (name,),
                tuple(wiring.reads),
                (events_stream(node.name),),
            ),
        ),
        streams=(map_stream(node.name, sent),),
        word_bits=sent.lanes * sent.fixed.width_bits,
    )


def _config(node: MapUpsample, edge: Edge, source: str) -> Config:
    return Config(
        name=config_name(node.name),
        comment="",
        constants=(
            integer("factor_height", node.factor[0]),
            integer("factor_width", node.factor[1]),
            boolean("with_zeros", node.between == "zeros"),
            integer("fill", node.fill(edge)),
            integer("last_lanes", edge.image[0] - (groups_of_map(edge) - 1) * edge.lanes),
        ),
        types=(TypeName(map_name(source), "input"), TypeName(map_name(node.name), "output")),
    )


def cost(node: MapUpsample, edges: Sequence[Edge]) -> Resources:
    """The process; of copies the pixel and the row that stand again."""
    (edge,) = edges
    bits = max(1, edge.lanes) * edge.fixed.width_bits
    if node.between == "zeros":
        return total([fabric(PROCESS), fabric((ZEROS_LUT_PER_BIT, ZEROS_FF_PER_BIT)).times(bits)])
    words = edge.image[2] * edge.words_per_pixel
    memories = [memory_resources(Memory(depth, bits, rom=False)) for depth in (words, words // edge.image[2])]
    return total([fabric(PROCESS), fabric((COPY_LUT_PER_BIT, COPY_FF_PER_BIT)).times(bits), *memories])


def flow(node: MapUpsample, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """A row leaves word by word as the one arrives that it is made of, and again after it. Step by step that
    goes for the whole map.
    """
    (arrival,) = arrivals
    rows, columns = node.output([arrival.edge]).image[1:]
    if arrival.edge.by_step:
        found = _flow_by_step(node, arrival, rows * columns * arrival.edge.words_per_pixel, overheads)
        return found, found
    y, x = (index.ravel() for index in np.indices((rows, columns)))
    made_of = y // node.factor[0] * arrival.edge.image[2] + x // node.factor[1]
    sent = Flow(arrival.flow.first[:, made_of], arrival.flow.last[:, made_of])
    found = in_turn(sent, arrival.edge.words_per_pixel).later(overheads.handover)
    return found, found


def _flow_by_step(node: MapUpsample, arrival: Arrival, words: int, overheads: Overheads) -> Flow:
    """Of so many words for each time step, sent as its map arrives."""
    tail = 0 if overheads == BARE else arrival.edge.words_per_pixel * node.factor[1]
    done = np.full_like(arrival.flow.first[:, 0], EARLY if overheads == BARE else 0)
    first, last = [], []
    for step in range(arrival.edge.rounds):
        begin = np.maximum(done, arrival.flow.first[:, step])
        done = np.maximum(begin + words, arrival.flow.last[:, step] + tail)
        first.append(begin)
        last.append(done)
    return Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(overheads.handover)
