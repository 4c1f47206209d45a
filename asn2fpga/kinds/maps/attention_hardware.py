"""Attention as C++ and as an estimate: windows of one pixel on keys and queries, memories between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    MAX_WORD_BITS,
    Block,
    Config,
    Process,
    Stream,
    TypeName,
    config_name,
    counted,
    events_stream,
    integer,
    packed_type,
    stream_type,
    value_type,
)
from asn2fpga.kinds.maps.factors import Factors
from asn2fpga.kinds.maps.raster import MAP_DEPTH, map_config, map_name, map_stream, scan_lanes
from asn2fpga.kinds.maps.window import ONE_PIXEL
from asn2fpga.kinds.maps.windowed import Windowed
from asn2fpga.kinds.roms import groups_of

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.attention import MapAttention

HEADER = "maps/attention.h"
REMEMBER, ANSWER = (80, 40), (50, 15)  # LUT, FF of the two processes besides their lanes
MEMORY_LUT_PER_BIT, SUM_LUT_PER_BIT = 2.45, 0.85  # of a lane's element and sum, besides the product


def lanes_of_heads(lanes: int, channels: int, heads: int) -> int:
    """Lanes of words of which each is of one head, made of words of so many lanes. channels: of a head."""
    return lanes if heads == 1 else math.gcd(lanes, channels)


def factors_of(
    node: MapAttention, sources: Sequence[str], edges: Sequence[Edge], lanes: Sequence[int]
) -> tuple[Factors, Factors, Factors]:
    """What queries, keys and values stand for, in words of so many lanes each."""
    queries, keys, values = (
        Factors(f"{node.name}_{what}", source, edge, count)
        for what, source, edge, count in zip(
            ("queries", "keys", "values"), sources, edges, lanes, strict=True
        )
    )
    return queries, keys, values


@dataclass(frozen=True)
class Wired:
    """A node and the maps that it reads, with the names of what sends them."""

    node: MapAttention
    edges: Sequence[Edge]
    sources: tuple[str, ...]

    @property
    def factors(self) -> tuple[Factors, Factors, Factors]:
        """Of queries, keys and values: in words of one head each."""
        node = self.node
        channels = (node.key_channels, node.key_channels, node.value_channels)
        lanes = [
            lanes_of_heads(edge.lanes, own, node.heads)
            for edge, own in zip(self.edges, channels, strict=True)
        ]
        return factors_of(node, self.sources, self.edges, lanes)

    @property
    def windows(self) -> tuple[Windowed, Windowed]:
        """Of queries and keys: each pixel is walked through for each word of the head's values."""
        queries, keys = (
            Windowed(
                name=f"{found.name}_walked",
                source=found.map,
                edge=found.sent,
                window=ONE_PIXEL,
                pixels=found.edge.image[1:],
                out_groups=self.groups,
                conv_groups=self.node.heads,
                scan_lanes=scan_lanes(found.sent),
            )
            for found in self.factors[:2]
        )
        return queries, keys

    @property
    def groups(self) -> int:
        """Words of a pixel of the values, and of the output."""
        return groups_of(self.node.values[0], self.factors[2].lanes)

    @property
    def memory_type(self) -> FixedType:
        """Of an element of the memory."""
        return FixedType.for_range(*self.node.memory_range(self.edges))

    @property
    def memory(self) -> Memory:
        """Either memory: a row of lanes for each word of the values, time step and channel of a head."""
        words = self.groups * self.edges[0].steps * self.node.key_channels
        return Memory(words, self.factors[2].lanes * self.memory_type.width_bits, rom=False)

    @property
    def rows_stream(self) -> Stream:
        """From one memory to the other."""
        name = config_name(self.node.name)
        return Stream(
            f"{self.node.name}_memory", f"{name}::memory_stream_t", self.memory.width_bits, MAP_DEPTH
        )


def block(node: MapAttention, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, processes and streams. Raises UnsupportedError for words wider than tools take."""
    wired = Wired(node, edges, wiring.sources)
    sent = node.output(edges)
    widest = max(wired.memory.width_bits, sent.lanes * sent.fixed.width_bits)
    check_words(node, wired.sources, sent, widest)
    factors, windows = wired.factors, wired.windows
    made = [found.parts(read) for found, read in zip(factors, wiring.reads, strict=True)]
    streams = [found.stream(read) for found, read in zip(factors, wiring.reads, strict=True)]
    queries, keys = windows
    return Block(
        name=node.name,
        title="attention, q (k^T v)",
        source=node.source,
        notes=_notes(wired, sent),
        configs=(
            map_config(node.name, sent),
            *chain.from_iterable(part.configs for part in made),
            *(config for window in windows for config in (window.words_config, window.config)),
            _config(wired),
        ),
        processes=(
            *chain.from_iterable(part.processes for part in made),
            *keys.processes(streams[1]),
            _process(
                wired, "remember", "keys_and_values", (streams[2], _events(keys)), wired.rows_stream.name
            ),
            *queries.processes(streams[0]),
            _process(
                wired,
                "answer",
                "attention",
                (wired.rows_stream.name, _events(queries)),
                events_stream(node.name),
            ),
        ),
        streams=(
            *chain.from_iterable(part.streams for part in made),
            *chain.from_iterable(window.streams for window in windows),
            wired.rows_stream,
            map_stream(node.name, sent),
        ),
        word_bits=widest,
    )


def _events(windowed: Windowed) -> str:
    """The stream of what a window's pixel holds."""
    return windowed.streams[-1].name


def _process(wired: Wired, name: str, kernel: str, reads: tuple[str, ...], written: str) -> Process:
    node = wired.node.name
    return Process(f"{node}_{name}", kernel, HEADER, (config_name(node),), reads, (written,))


def _config(wired: Wired) -> Config:
    """Config A."""
    node = wired.node
    queries, keys = wired.windows
    lanes = wired.factors[2].lanes
    fields = {
        "tokens": node.tokens,
        "pixels": math.prod(node.queries[1:]),
        "groups": wired.groups,
        "time_steps": wired.edges[0].steps,
        "lanes": lanes,
        "rows": node.key_channels,
    }
    return Config(
        name=config_name(node.name),
        comment="",
        constants=tuple(integer(name, value) for name, value in fields.items()),
        types=(
            TypeName(keys.event_type, "key_event"),
            TypeName(queries.event_type, "query_event"),
            TypeName(map_name(wired.factors[2].map), "values"),
            TypeName(map_name(node.name), "output"),
            value_type("memory_t", wired.memory_type),
            packed_type("memory_word_t", lanes, wired.memory_type),
            stream_type("memory_stream_t", "memory_word_t"),
        ),
    )


def notes_of_maps(sources: tuple[str, ...], edges: Sequence[Edge]) -> tuple[str, ...]:
    """What queries, keys and values are."""
    return tuple(
        f"{source}: {' x '.join(map(str, edge.image))} {what} {edge.fixed}"
        for what, source, edge in zip(("queries", "keys", "values"), sources, edges, strict=True)
    )


def _notes(wired: Wired, sent: Edge) -> tuple[str, ...]:
    return (
        *notes_of_maps(wired.sources, wired.edges),
        f"{counted(wired.node.heads, 'head')}, {counted(wired.factors[2].lanes, 'lane')}, "
        f"sums {sent.fixed}, memory of {wired.memory.depth} words, {wired.memory_type} each lane",
    )


def check_words(node: MapAttention, sources: tuple[str, ...], sent: Edge, width: int) -> None:
    """UnsupportedError for words wider than tools take."""
    if width > MAX_WORD_BITS:
        raise UnsupportedError(
            f"{node.name}: a packed word must have at most {MAX_WORD_BITS} bits, not {width}; "
            f"use fewer lanes than {sent.lanes} for {sources[2]}, whose map is the values."
        )


def cost(node: MapAttention, edges: Sequence[Edge]) -> Resources:
    """Windows, two memories, and for each lane a product and an adder at each of both."""
    wired = Wired(node, edges, node.inputs)
    return total(
        [
            fabric(REMEMBER),
            fabric(ANSWER),
            *(found.cost for found in wired.factors),
            *chain.from_iterable(window.cost for window in wired.windows),
            _lane(wired, node.output(edges).fixed.width_bits).times(wired.factors[2].lanes),
            memory_resources(wired.memory).times(2),
            fifo_resources(MAP_DEPTH, wired.memory.width_bits),
        ]
    )


def _lane(wired: Wired, sum_bits: int) -> Resources:
    """Of both processes. Registers hold what memories in look-up tables give, values, products and sums."""
    query, key, value = (found.sent.fixed.width_bits for found in wired.factors)
    memory = wired.memory_type.width_bits
    in_luts = memory_resources(wired.memory).bram36 == 0
    product = key + value if min(key, value) > 1 else max(key, value)
    element = MEMORY_LUT_PER_BIT * memory, (1 + in_luts) * memory + 2 * value + product
    products = [multiplier(key, value), multiplier(query, memory)]
    factors = 0 if products[1].dsp else query + memory
    answer = factors + in_luts * memory if query > 2 else 0  # narrower ones are part of the sum
    sum_ = SUM_LUT_PER_BIT * sum_bits, sum_bits + answer
    return total([*products, fabric(element), fabric(sum_)])
