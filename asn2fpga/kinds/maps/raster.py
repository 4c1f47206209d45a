"""A map as it travels between layers: packed words of counts, as hw/hls/maps/raster.h describes them."""

from __future__ import annotations

from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.hardware import Config, Stream, TypeName, events_stream, integer, packed_type, value_type

SCANNED_LANES = 32  # of which the lowest that is not zero is found in one cycle
MAP_DEPTH = 32  # words of the FIFO of a map: a look-up table holds as many bits as of one word
WAITING_DEPTH = 512  # of one before a layer that works for long: what block RAM holds at its widest


def bits_for(count: int) -> int:
    """Bits that the values 0 .. count-1 need, one at least."""
    return max(1, (count - 1).bit_length())


def groups_of_map(edge: Edge) -> int:
    """Words of a pixel and time step."""
    return -(-edge.image[0] // edge.lanes)


def scan_lanes(edge: Edge) -> int:
    """Lanes of a word that are scanned at once: the most that divide it, at most 32."""
    return max(part for part in range(1, min(edge.lanes, SCANNED_LANES) + 1) if edge.lanes % part == 0)


def parts_of_words(edge: Edge) -> int:
    """Parts in which the words of a map are looked through one after the other.

    1 where they are not too wide, or where the last part would have no channel.
    """
    parts = edge.lanes // scan_lanes(edge)
    all_have_channels = -(-edge.image[0] // scan_lanes(edge)) == groups_of_map(edge) * parts
    return parts if all_have_channels else 1


def waiting_depth(edge: Edge) -> int:
    """Words of the FIFO of a map before a layer that works for long: all of them, if they are not too many.

    Layers are slow in different rows, and in different inferences. What waits between them evens that out.
    """
    return max(MAP_DEPTH, min(WAITING_DEPTH, 1 << (edge.words_per_inference - 1).bit_length()))


def map_name(node: str) -> str:
    """The config of the map that a node sends."""
    return f"{node}_map"


def map_config(node: str, edge: Edge) -> Config:
    """Config M of a map."""
    channels, height, width = edge.image
    return Config(
        name=map_name(node),
        comment=f"{channels} channels of {height} x {width} pixels",
        constants=(
            integer("height", height),
            integer("width", width),
            integer("lanes", edge.lanes),
            integer("groups", groups_of_map(edge)),
            integer("time_steps", edge.word_steps),
        ),
        types=(
            value_type("count_t", edge.fixed),
            packed_type("word_t", edge.lanes, edge.fixed),
            TypeName("hls::stream<word_t>", "stream_t"),
        ),
    )


def map_stream(node: str, edge: Edge, depth: int = MAP_DEPTH) -> Stream:
    """The stream of a map."""
    bits = edge.lanes * edge.fixed.width_bits
    return Stream(events_stream(node), f"{map_name(node)}::stream_t", bits, depth, raster=edge)
