"""Products of maps as C++ and as an estimate, and when they do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources, multiplier
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
from asn2fpga.kinds.maps.factors import Factors
from asn2fpga.kinds.maps.pixel_flow import in_turn
from asn2fpga.kinds.maps.raster import groups_of_map, map_config, map_name, map_stream
from asn2fpga.kinds.timing import Arrival, Flow, Overheads

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.product import MapProduct

PROCESS = (30, 15)  # LUT, FF besides its lanes
OF_MULTIPLIER = 0.85  # of its look-up tables: nothing is added to products


def lanes_of(node: MapProduct, edges: Sequence[Edge]) -> tuple[int, int]:
    """Lanes of the words of the map and of the mask that are multiplied, the most to which words can be cut.

    Either a word of the map meets one channel of the mask, or each of its channels has `share` lanes of it.
    """
    image, mask = (edge.lanes for edge in edges)
    if node.mask[0] == 1:
        return image, 1
    for lanes in range(image, 1, -1):
        if image % lanes == 0 and node.share % lanes == 0:
            return lanes, 1
        if image % lanes == 0 and lanes % node.share == 0 and mask % (lanes // node.share) == 0:
            return lanes, lanes // node.share
    return 1, 1


@dataclass(frozen=True)
class Wired:
    """A node and the maps that it reads, with the names of what sends them."""

    node: MapProduct
    edges: Sequence[Edge]
    sources: tuple[str, ...]

    @property
    def factors(self) -> tuple[Factors, Factors]:
        """Of the map and of the mask."""
        image, mask = (
            Factors(f"{self.node.name}_{what}", source, edge, lanes)
            for what, source, edge, lanes in zip(
                ("image", "mask"), self.sources, self.edges, lanes_of(self.node, self.edges), strict=True
            )
        )
        return image, mask

    @property
    def repeats(self) -> int:
        """Words of the map, one after the other, that meet the same word of the mask."""
        image = self.factors[0].sent
        return groups_of_map(image) if self.node.mask[0] == 1 else max(1, self.node.share // image.lanes)

    @property
    def held(self) -> Memory | None:
        """What is kept of the mask; None if a word of it meets one of the map."""
        if not self.node.mask_is_one_pixel and self.repeats == 1:
            return None
        mask = self.factors[1].sent
        groups = groups_of_map(mask) if self.node.mask_is_one_pixel else 1
        return Memory(groups * mask.steps, mask.lanes * mask.fixed.width_bits, rom=False)


def block(node: MapProduct, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, processes and streams."""
    wired, sent = Wired(node, edges, wiring.sources), node.output(edges)
    factors = wired.factors
    made = [found.parts(read) for found, read in zip(factors, wiring.reads, strict=True)]
    reads = tuple(found.stream(read) for found, read in zip(factors, wiring.reads, strict=True))
    config = Config(
        name=config_name(node.name),
        comment="",
        constants=(
            integer("share", node.share),
            integer("repeats", wired.repeats),
            boolean("one_pixel", node.mask_is_one_pixel),
        ),
        types=(
            TypeName(map_name(factors[0].map), "map"),
            TypeName(map_name(factors[1].map), "mask"),
            TypeName(map_name(node.name), "output"),
        ),
    )
    return Block(
        name=node.name,
        title="a map times a mask",
        source=node.source,
        notes=tuple(
            f"{source}: {' x '.join(map(str, edge.image))} counts {edge.fixed}"
            for source, edge in zip(wiring.sources, edges, strict=True)
        ),
        configs=(
            map_config(node.name, sent),
            *chain.from_iterable(part.configs for part in made),
            config,
        ),
        processes=(
            *chain.from_iterable(part.processes for part in made),
            Process(
                f"{node.name}_multiply",
                "product",
                "maps/product.h",
                (config.name,),
                reads,
                (events_stream(node.name),),
            ),
        ),
        streams=(*chain.from_iterable(part.streams for part in made), map_stream(node.name, sent)),
        word_bits=sent.lanes * sent.fixed.width_bits,
    )


def cost(node: MapProduct, edges: Sequence[Edge]) -> Resources:
    """A product for each lane, and what is kept of the mask."""
    wired = Wired(node, edges, node.inputs)
    image, mask = (found.sent for found in wired.factors)
    made = multiplier(image.fixed.width_bits, mask.fixed.width_bits)
    lane = Resources(lut=OF_MULTIPLIER * made.lut, ff=image.fixed.width_bits, dsp=made.dsp)
    held = wired.held
    return total(
        [
            fabric(PROCESS),
            lane.times(image.lanes),
            *(found.cost for found in wired.factors),
            *([] if held is None else [memory_resources(held)]),
        ]
    )


def flow(node: MapProduct, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """A pixel leaves with its own one of the map and of the mask, no faster than word by word."""
    image, mask = (arrival.flow for arrival in arrivals)
    edges = [arrival.edge for arrival in arrivals]
    made = sum(found.are_made for found in Wired(node, edges, node.inputs).factors[:1])
    own = np.zeros(image.last.shape[1], np.int64) if node.mask_is_one_pixel else slice(None)
    first, last = (
        np.maximum(of_image, of_mask[:, own])
        for of_image, of_mask in ((image.first, mask.first), (image.last, mask.last))
    )
    found = in_turn(Flow(first, last), node.output(edges).words_per_pixel)
    found = found.later((1 + made) * overheads.handover)
    return found, found
