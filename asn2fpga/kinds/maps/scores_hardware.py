"""Attention with its scores first as C++ and as an estimate: the words of keys and values are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.contract import Wiring
from asn2fpga.kinds.hardware import (
    Block,
    Config,
    Process,
    Stream,
    TypeName,
    counted,
    events_stream,
    integer,
    stream_type,
    value_type,
)
from asn2fpga.kinds.maps.attention_hardware import check_words, factors_of, lanes_of_heads, notes_of_maps
from asn2fpga.kinds.maps.factors import Factors
from asn2fpga.kinds.maps.raster import MAP_DEPTH, groups_of_map, map_config, map_name, map_stream

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.attention import MapAttention

HEADER = "maps/scores.h"
SCORE, WEIGH = (75, 70), (75, 70)  # LUT, FF of the two processes besides their lanes


@dataclass(frozen=True)
class Scored:
    """A node and the maps that it reads, with the names of what sends them."""

    node: MapAttention
    edges: Sequence[Edge]
    sources: tuple[str, ...]

    @property
    def factors(self) -> tuple[Factors, Factors, Factors]:
        """Of queries, keys and values: in words of one head each, of queries and keys in equal ones."""
        node = self.node
        queries, keys, values = self.edges
        shared = lanes_of_heads(math.gcd(queries.lanes, keys.lanes), node.key_channels, node.heads)
        lanes = (shared, shared, lanes_of_heads(values.lanes, node.value_channels, node.heads))
        return factors_of(node, self.sources, self.edges, lanes)

    @property
    def parts(self) -> tuple[int, int]:
        """Words of a head: of keys, which are those of queries, and of values."""
        keys, values = (groups_of_map(found.sent) // self.node.heads for found in self.factors[1:])
        return keys, values

    @property
    def score_type(self) -> FixedType:
        """Of a score."""
        return FixedType.for_range(*self.node.score_range(self.edges))

    @property
    def memories(self) -> tuple[Memory, Memory]:
        """The words of all keys, and of all values."""
        keys, values = (
            Memory(found.sent.words_per_inference, found.sent.lanes * found.sent.fixed.width_bits, rom=False)
            for found in self.factors[1:]
        )
        return keys, values

    @property
    def scores_stream(self) -> Stream:
        """From one process to the other."""
        name = f"{self.node.name}_scores"
        return Stream(name, f"{name}_config::score_stream_t", self.score_type.width_bits, MAP_DEPTH)


def block(node: MapAttention, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, processes and streams. Raises UnsupportedError for words wider than tools take."""
    scored = Scored(node, edges, wiring.sources)
    sent = node.output(edges)
    widest = max(sent.lanes * sent.fixed.width_bits, *(memory.width_bits for memory in scored.memories))
    check_words(node, wiring.sources, sent, widest)
    made = [found.parts(read) for found, read in zip(scored.factors, wiring.reads, strict=True)]
    queries, keys, values = (
        found.stream(read) for found, read in zip(scored.factors, wiring.reads, strict=True)
    )
    configs = _configs(scored)
    between = scored.scores_stream
    first = Process(
        f"{node.name}_score", "scores", HEADER, (configs[0].name,), (queries, keys), (between.name,)
    )
    second = Process(
        f"{node.name}_weigh",
        "scored_values",
        HEADER,
        (configs[1].name,),
        (between.name, values),
        (events_stream(node.name),),
    )
    return Block(
        name=node.name,
        title="attention, (q k^T) v",
        source=node.source,
        notes=(
            *notes_of_maps(wiring.sources, edges),
            f"{counted(node.heads, 'head')}, {counted(sent.lanes, 'lane')}, sums {sent.fixed}, "
            f"scores {scored.score_type}",
        ),
        configs=(
            map_config(node.name, sent),
            *chain.from_iterable(part.configs for part in made),
            *configs,
        ),
        processes=(*chain.from_iterable(part.processes for part in made), first, second),
        streams=(
            *chain.from_iterable(part.streams for part in made),
            between,
            map_stream(node.name, sent),
        ),
        word_bits=widest,
    )


def _configs(scored: Scored) -> tuple[Config, Config]:
    """Configs S and V."""
    node = scored.node
    queries, keys, values = (map_name(found.map) for found in scored.factors)
    maps = (
        (TypeName(queries, "queries"), TypeName(keys, "keys")),
        (TypeName(values, "values"), TypeName(map_name(node.name), "output")),
    )
    names = (f"{node.name}_scores_config", f"{node.name}_weigh_config")
    first, second = (
        Config(
            name=name,
            comment="",
            constants=tuple(
                integer(what, value)
                for what, value in (
                    ("tokens", node.tokens),
                    ("pixels", math.prod(node.queries[1:])),
                    ("heads", node.heads),
                    ("parts", parts),
                    ("lanes", found.sent.lanes),
                    ("time_steps", scored.edges[0].steps),
                )
            ),
            types=(
                *types,
                value_type("score_t", scored.score_type),
                stream_type("score_stream_t", "score_t"),
            ),
        )
        for name, parts, found, types in zip(names, scored.parts, scored.factors[1:], maps, strict=True)
    )
    return first, second


def cost(node: MapAttention, edges: Sequence[Edge]) -> Resources:
    """Two memories, those of a head's words, and for each lane a product and an adder in either process."""
    scored = Scored(node, edges, node.inputs)
    queries, keys, values = (found.sent for found in scored.factors)
    score, sum_bits = scored.score_type.width_bits, node.output(edges).fixed.width_bits
    held = Memory(scored.parts[1] * edges[0].steps, values.lanes * sum_bits, rom=False)
    query = Memory(scored.parts[0] * edges[0].steps, queries.lanes * queries.fixed.width_bits, rom=False)
    product = queries.fixed.width_bits + keys.fixed.width_bits
    return total(
        [
            fabric(SCORE),
            fabric(WEIGH),
            *(found.cost for found in scored.factors),
            *(memory_resources(memory) for memory in (*scored.memories, held, query)),
            multiplier(queries.fixed.width_bits, keys.fixed.width_bits).times(keys.lanes),
            fabric((product + 1, product)).times(keys.lanes),
            fabric((score, 2 * score)),
            multiplier(score, values.fixed.width_bits).times(values.lanes),
            fabric((2 * sum_bits, 2 * sum_bits)).times(values.lanes),
            fifo_resources(MAP_DEPTH, score),
        ]
    )
