"""Pooling as C++, as an estimate, and when it does what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Constant,
    Process,
    TypeName,
    config_name,
    events_stream,
    integer,
)
from asn2fpga.kinds.maps.pace import reads_whole_rows, row_there
from asn2fpga.kinds.maps.raster import map_config, map_name, map_stream
from asn2fpga.kinds.roms import Rom, group_lanes, rom
from asn2fpga.kinds.timing import Arrival, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.pool import MapPool

TITLES = {"max": "the largest counts", "sum": "sums of the counts"}
PROCESS = (120, 80)  # LUT, FF besides its lanes
LUT_PER_BIT, FF_PER_BIT = 2.0, 1.0


def block(node: MapPool, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, a process and its stream."""
    (edge,), (read,) = edges, wiring.reads
    sent, name = node.output(edges), config_name(node.name)
    _check_weights(node, edge)
    channels, height, width = edge.image
    rows, columns = node.window.kernel
    return Block(
        name=node.name,
        title=f"{TITLES[node.operation]} of windows",
        source=node.source,
        notes=(f"{wiring.sources[0]}: {channels} x {height} x {width} counts, {rows} x {columns} at a time",),
        configs=(map_config(node.name, sent), _config(node, wiring.sources[0])),
        processes=(
            Process(
                f"{node.name}_pool", "pool", "maps/pool.h", (name,), (read,), (events_stream(node.name),)
            ),
        ),
        streams=(map_stream(node.name, sent),),
        word_bits=sent.lanes * sent.fixed.width_bits,
        roms=tuple(_minima(node, edge)),
    )


def _check_weights(node: MapPool, edge: Edge) -> None:
    """Windows that count differently at the border have no kernel, nor offsets that padding stands for."""
    if node.operation == "sum" and ((node.weights != 1).any() or node.starts(edge).any()):
        raise UnsupportedError(
            f"{node.place}: a mean over windows that reach into padding is not built in hardware yet, "
            "where windows count differently (count_include_pad=False, ceil_mode); "
            "use an average pool without padding."
        )


def _config(node: MapPool, source: str) -> Config:
    window, (rows, columns) = node.window, node.window.outputs(node.image)
    fields = {
        "kernel_height": window.kernel[0],
        "kernel_width": window.kernel[1],
        "stride_height": window.stride[0],
        "stride_width": window.stride[1],
        "pad_top": window.padding[0],
        "pad_left": window.padding[1],
        "out_height": rows,
        "out_width": columns,
    }
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
    words = node.window.outputs(node.image)[1] * -(-edge.image[0] // lanes) * edge.steps
    lane = fabric((LUT_PER_BIT * bits, FF_PER_BIT * bits))
    return total(
        [fabric(PROCESS), lane.times(lanes), memory_resources(Memory(words, lanes * bits, rom=False))]
    )


def flow(node: MapPool, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """A row leaves with the last row that its windows reach."""
    (arrival,) = arrivals
    rows = arrival.flow.last.shape[1]
    reached = [last_row(node, row, rows) for row in range(node.window.outputs(node.image)[0])]
    whole = reads_whole_rows(node.window, node.image)
    found = Flow(
        np.stack([arrival.flow.first[:, row] for row in reached], axis=1),
        np.stack([row_there(arrival.flow, row, whole) for row in reached], axis=1),
    ).later(overheads.handover)
    return found, found


def last_row(node: MapPool, row: int, rows: int) -> int:
    """The last row of the map that the windows of a row reach."""
    window = node.window
    return min(row * window.stride[0] - window.padding[0] + window.extent[0], rows) - 1
