"""The estimate of adaptive neurons beside what Yosys counted of each layer, benchmarks/adaptive_area.json."""

from __future__ import annotations

import json

import pytest

from benchmarks.adaptive_area import LAYERS, RECORDED, Layers, estimated, network

COUNTED = json.loads(RECORDED.read_text())


def test_every_network_was_counted() -> None:
    assert list(COUNTED) == [layers.title for layers in LAYERS]


@pytest.mark.parametrize("layers", LAYERS, ids=[layers.title for layers in LAYERS])
def test_look_up_tables_are_within_25_per_cent_and_slices_exact(layers: Layers) -> None:
    """Where stages fall is the engine's choice, which no estimate knows: 107 to 500 flip-flops a lane."""
    for kind, expected in estimated(network(layers)).items():
        lut, ff, dsp = COUNTED[layers.title][kind]
        assert expected.dsp == dsp
        assert abs(expected.lut / lut - 1) <= 0.25
        assert 0.58 < expected.ff / ff < 1.42
