"""The committed examples are what examples/README.md says they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader import load_model
from asn2fpga.loader.data_file import load_data
from asn2fpga.reference.float_model import simulate
from asn2fpga.train.datasets import load_digits

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_test_set_of_digits() -> None:
    (source,) = load_model(EXAMPLES / "digits.pt").graph.of_type(Input)
    data = load_data(EXAMPLES / "digits_test.npz", source, 10)
    digits = load_digits()
    np.testing.assert_array_equal(data.x, digits.x_test)
    np.testing.assert_array_equal(data.y, digits.y_test)


def test_trained_model_of_digits() -> None:
    loaded = load_model(EXAMPLES / "digits.pt")
    assert [layer.weight.shape for layer in loaded.graph.of_type(Linear)] == [(32, 64), (10, 32)]
    digits = load_digits()
    right = int((simulate(loaded.graph, digits.x_test).scores.argmax(1) == digits.y_test).sum())
    assert f"{100 * right / 360:.2f} %" in (EXAMPLES / "README.md").read_text()
