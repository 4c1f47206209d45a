"""Pooling as C++, as an estimate, and when it does what."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Constant,
    Process,
    Stream,
    TypeName,
    config_name,
    events_stream,
    integer,
)
from asn2fpga.kinds.maps.pace import first_rows, last_pixel
from asn2fpga.kinds.maps.pixel_flow import in_turn
from asn2fpga.kinds.maps.raster import MAP_DEPTH, map_config, map_name, map_stream
from asn2fpga.kinds.roms import Rom, group_lanes, rom
from asn2fpga.kinds.timing import BARE, Arrival, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.pool import MapPool

TITLES = {"max": "the largest counts", "sum": "sums of the counts"}
# Fitted to Yosys' figures of generated designs (benchmarks/map_area.py).
PROCESS = (58, 18)  # LUT, FF besides its lanes
LUT_PER_BIT, FF_PER_BIT = 3.3, 1.0
WEIGH = (60, 50)  # LUT, FF of the process that weighs sums


def block(node: MapPool, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, a process and its stream."""
    (edge,), (read,) = edges, wiring.reads
    sent, name = node.output(edges), config_name(node.name)
    _check_starts(node, edge)
    weights = _weights(node, sent)
    written = events_stream(node.name) if weights is None else weights.stream.name
    channels, height, width = edge.image
    rows, columns = node.window.kernel
    kernel = "shared_pool" if node.window.shared else "pool"
    together = f"at most {rows} x {columns}" if node.window.shared else f"{rows} x {columns}"
    return Block(
        name=node.name,
        title=f"{TITLES[node.operation]} of windows",
        source=node.source,
        notes=(f"{wiring.sources[0]}: {channels} x {height} x {width} counts, {together} at a time",),
        configs=(
            map_config(node.name, sent),
            _config(node, wiring.sources[0]),
            *([] if weights is None else [weights.config]),
        ),
        processes=(
            Process(f"{node.name}_pool", kernel, f"maps/{kernel}.h", (name,), (read,), (written,)),
            *([] if weights is None else [weights.process]),
        ),
        streams=(*([] if weights is None else [weights.stream]), map_stream(node.name, sent)),
        word_bits=sent.lanes * sent.fixed.width_bits,
        roms=(*_minima(node, edge), *(() if weights is None else weights.roms)),
    )


def _check_starts(node: MapPool, edge: Edge) -> None:
    """Padding that stands for an offset has no kernel, but where a convolution of ones is meant."""
    if node.operation == "sum" and node.starts(edge).any():
        raise UnsupportedError(
            f"{node.place}: a mean over padding of neurons whose lowest level is not 0 is not built in "
            "hardware yet, where windows count differently (ceil_mode) or are larger than 7 x 7; "
            "use count_include_pad=False, or no padding."
        )


@dataclass(frozen=True)
class _Weights:
    """A process after the pool, whose stream of sums it reads."""

    process: Process
    config: Config
    stream: Stream
    roms: tuple[Rom, ...]


def _weights(node: MapPool, sent: Edge) -> _Weights | None:
    """Sums times the weights of their pixels; None if all of them are 1."""
    if not has_weights(node):
        return None
    sums, name = f"{node.name}_sums", f"{node.name}_weights_config"
    stream = dataclasses.replace(map_stream(node.name, sent), name=sums)
    sides = dict(zip(("row", "column"), side_weights(node), strict=True))
    roms = {
        side: rom(
            f"{node.name}_{side}_weights", f"a weight for each {side}", found.reshape(-1, 1), bits_of(found)
        )
        for side, found in sides.items()
    }
    config = Config(
        name=name,
        comment="",
        constants=tuple(integer(f"{side}_bits", made.width_bits) for side, made in roms.items()),
        types=(
            TypeName(map_name(node.name), "map"),
            *(TypeName(made.name, f"{side}_weights") for side, made in roms.items()),
        ),
    )
    process = Process(
        f"{node.name}_weigh", "weigh", "maps/weigh.h", (name,), (sums,), (events_stream(node.name),)
    )
    return _Weights(process, config, stream, tuple(roms.values()))


def has_weights(node: MapPool) -> bool:
    """Whether sums of some windows count more than once."""
    return node.operation == "sum" and bool((node.weights != 1).any())


def side_weights(node: MapPool) -> tuple[IntArray, IntArray]:
    """Of rows, and of columns: a window's weight is the product, as its positions are rows times columns."""
    weights = node.weights
    rows: IntArray = weights[:, 0] // math.gcd(*weights[:, 0].tolist())
    columns: IntArray = weights[0] // rows[0]
    return rows, columns


def bits_of(weights: IntArray) -> int:
    """Of the largest one."""
    return int(weights.max()).bit_length()


def _config(node: MapPool, source: str) -> Config:
    window, (rows, columns) = node.window, node.window.outputs(node.image)
    fields = {
        "kernel_height": window.kernel[0],
        "kernel_width": window.kernel[1],
        "stride_height": window.stride[0],
        "stride_width": window.stride[1],
        "pad_top": window.padding[0],
        "pad_left": window.padding[1],
    }
    fields = {} if window.shared else fields
    fields |= {"out_height": rows, "out_width": columns}
    own = map_name(node.name)
    return Config(
        name=config_name(node.name),
        comment="",
        constants=(
            *(integer(name, value) for name, value in fields.items()),
            Constant("asn::Pool", "operation", f"asn::POOL_{_operation(node).upper()}"),
        ),
        types=(
            TypeName(map_name(source), "input"),
            TypeName(f"{own}::count_t", "count_t"),
            TypeName(f"{own}::word_t", "word_t"),
            TypeName(f"{own}::stream_t", "stream_t"),
            TypeName(f"{node.name}_minima" if node.signs is not None else "asn::NoRom", "minima"),
        ),
    )


def _operation(node: MapPool) -> str:
    return "mixed" if node.signs is not None else node.operation


def _minima(node: MapPool, edge: Edge) -> Iterator[Rom]:
    """A bit for each channel: whether its smallest count is wanted."""
    if node.signs is not None:
        smallest = (as_integer(node.signs) < 0).astype(np.int64)
        lanes = group_lanes(smallest, edge.lanes)
        yield rom(f"{node.name}_minima", "channels of which the smallest count is wanted", lanes, 1)


def cost(node: MapPool, edges: Sequence[Edge]) -> Resources:
    """The process, and a row of what is pooled so far."""
    (edge,) = edges
    lanes, bits = max(1, edge.lanes), node.output(edges).fixed.width_bits
    words = node.window.outputs(node.image)[1] * edge.words_per_pixel
    lane = fabric((LUT_PER_BIT * bits, FF_PER_BIT * bits))
    parts = [fabric(PROCESS), lane.times(lanes), memory_resources(Memory(words, lanes * bits, rom=False))]
    if has_weights(node):
        factor = sum(bits_of(found) for found in side_weights(node))
        parts += [
            fabric(WEIGH),
            multiplier(bits, factor).times(lanes),
            fifo_resources(MAP_DEPTH, lanes * bits),
        ]
    return total(parts)


def flow(node: MapPool, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """A pixel leaves with the last one that its window holds."""
    (arrival,) = arrivals
    rows, columns = node.window.outputs(node.image)
    reached = [last_pixel(node.window, node.image, pixel) for pixel in range(rows * columns)]
    in_order = np.maximum.accumulate(reached)
    if arrival.edge.by_step:
        return _flow_by_step(node, arrival, in_order, overheads)
    found = Flow(arrival.flow.first[:, in_order], arrival.flow.last[:, in_order])
    if overheads != BARE:
        found = in_turn(found, arrival.edge.words_per_pixel)
    found = found.later(overheads.handover * (2 if has_weights(node) else 1))
    return found, found


def _flow_by_step(
    node: MapPool, arrival: Arrival, reached: IntArray, overheads: Overheads
) -> tuple[Flow, Flow]:
    """Of each time step, from the first row that windows reach to the last. reached: pixels, in order."""
    bare = overheads == BARE
    _, height, width = arrival.edge.image
    row = int(reached[node.window.outputs(node.image)[1] - 1]) // width
    first = np.stack([first_rows(arrival, step, row, bare) for step in range(arrival.edge.rounds)], axis=1)
    whole = reached[-1] == height * width - 1
    found = Flow(first, arrival.flow.last if whole or not bare else first)
    found = found.later(overheads.handover * (2 if has_weights(node) else 1))
    return found, found
