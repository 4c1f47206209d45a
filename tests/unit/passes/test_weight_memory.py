"""Weights in block RAM: the rows that lie there, and how full it is."""

from __future__ import annotations

import pytest
from kinds import test_maps
from kinds.map_bodies import conv
from kinds.map_networks import MapCase
from torch import nn

from asn2fpga.codegen.project import generate, source_file
from asn2fpga.device.binding import rows_in_blocks
from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.nn import NASN
from asn2fpga.passes.weight_memory import fills

DEEP = MapCase("deep", lambda: nn.Sequential(conv(2, 64), NASN(4), conv(64, 16), NASN(4)), shape=(2, 3, 3))


@pytest.mark.parametrize(
    ("depth", "width_bits", "kept"),
    [
        (576, 256, 512),  # 64 rows are a look-up table a bit
        (1152, 512, 1024),
        (2304, 128, 2048),
        (2304, 64, 2304),  # its columns fill half a block RAM more than those of 2048
        (2304, 4, 2304),  # nothing is saved: half a block RAM holds 4096 words
        (288, 128, 288),  # less than the shallowest block RAM
        (1000, 256, 1000),  # too many rows are left
        (1024, 256, 1024),
        (600, 1, 600),  # look-up tables anyhow
    ],
)
def test_the_last_rows_lie_in_look_up_tables_where_that_pays(depth: int, width_bits: int, kept: int) -> None:
    assert rows_in_blocks(depth, width_bits) == kept


def test_a_memory_that_must_not_be_split_is_whole() -> None:
    whole = Memory(1152, 512, rom=True)
    assert whole.rows_in_blocks == 1152 and memory_resources(whole).bram36 == 21.5
    split = Memory(1152, 512, rom=True, may_split=True)
    assert memory_resources(split).bram36 == 14.5
    assert Memory(1152, 512, rom=True, in_luts=True, may_split=True).rows_in_blocks == 1152


def test_fills_are_told_by_layer() -> None:
    found = {fill.layer: fill for fill in fills(test_maps.built(DEEP, lanes=16).graph)}
    deep = found["body_2_0"]
    assert (deep.stored_bits, deep.bram36) == (512 * 128, 2.0)
    assert deep.share == pytest.approx(0.889, abs=1e-3)


def test_weights_of_a_map_that_must_lie_in_look_up_tables_are_built_there() -> None:
    graph = test_maps.built(DEEP, lanes=16).graph
    (node,) = (
        node for node in foldable_nodes(graph) if "body_2_0" in node.weight_memories(graph.edges_into(node))
    )
    moved = graph.replace(node.name, node.with_weights_in({"body_2_0": "lut"}))
    text = generate(moved, "0" * 64, "0")[source_file(moved)]
    assert "HLS_ROM_LUT(body_2_0_from_body_0_0_weights_words)" in text and "_last_words" not in text
