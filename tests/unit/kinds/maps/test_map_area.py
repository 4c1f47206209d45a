"""The estimate of convolutions is near what Yosys counted of their processes (benchmarks/map_area.json)."""

from __future__ import annotations

import json

import pytest

from asn2fpga.device.resources import total
from benchmarks.map_area import LAYERS, RECORDED, Layer, estimated, network

COUNTED = json.loads(RECORDED.read_text())


def test_every_layer_was_counted() -> None:
    assert list(COUNTED) == [layer.title for layer in LAYERS]


@pytest.mark.parametrize("layer", LAYERS, ids=[layer.title for layer in LAYERS])
def test_look_up_tables_are_within_15_per_cent_and_block_rams_and_slices_exact(layer: Layer) -> None:
    expected, counted = estimated(*network(layer)), COUNTED[layer.title]
    assert set(expected) == set(counted)
    need = total(expected.values())
    lut, bram36, dsp = (sum(found[kind] for found in counted.values()) for kind in range(3))
    assert abs(need.lut / lut - 1) <= 0.15
    assert (need.bram36, need.dsp) == (bram36, dsp)
