"""Types of every layer's output."""

from __future__ import annotations

from asn2fpga.graph.layers import LAYERS
from asn2fpga.graph.shapes import INFERENCES, infer_types
from strategies import random_graph, small_integer_graph


def shown(types: dict[str, object]) -> dict[str, str]:
    return {name: str(kind) for name, kind in types.items()}


def test_types_of_a_real_graph() -> None:
    types = infer_types(random_graph(0, (6, 4, 2), batch_norm=True))
    assert shown(dict(types)) == {
        "pixels": "real[2,3]",
        "flatten": "real[6]",
        "fc1": "real[4]",
        "fc1_norm": "real[4]",
        "fc1_neuron": "real[4]",
        "fc2": "real[2]",
        "fc2_norm": "real[2]",
        "scores": "real[2]",
    }


def test_types_of_an_integer_graph() -> None:
    types = infer_types(small_integer_graph(0, (6, 4, 2)))
    assert shown(dict(types)) == {"encode": "u8[6]", "fc1": "u3[4]", "fc2": "s32[2]"}


def test_every_layer_class_has_an_inference() -> None:
    assert set(INFERENCES) == set(LAYERS)
