"""Weights that are integers times a scale already."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.quantise.grid import on_a_grid

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize(("bits", "lowest", "highest"), [(2, -1, 1), (4, -7, 7), (5, -8, 7), (8, -127, 127)])
def test_multiples_are_found(bits: int, lowest: int, highest: int) -> None:
    integers = RANDOM.integers(lowest, highest + 1, (40, 72))
    integers[:, 0] = lowest
    scale = RANDOM.uniform(0.01, 3.0, 40).astype(np.float32)
    weight = (scale[:, None] * integers.astype(np.float32)).astype(np.float64)
    found = on_a_grid(weight, 8, 1e-9)
    assert found is not None and found.method == "as trained"
    assert found.bits == bits
    assert np.array_equal(found.weight, integers)
    assert np.allclose(found.real, weight, rtol=2.0**-16, atol=0)


def test_the_common_divisor_is_taken_out() -> None:
    found = on_a_grid(np.array([[0.6, -0.2, 0.0], [-0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]), 8, 1e-9)
    assert found is not None
    assert found.weight.tolist() == [[3, -1, 0], [-1, 0, 1], [0, 0, 0]]


def test_other_weights_have_none() -> None:
    weight = RANDOM.normal(size=(8, 9))
    assert on_a_grid(weight, 8, 1e-9) is None
    integers = RANDOM.integers(-7, 8, (8, 9)).astype(np.float64)
    integers[:, 0] = 7
    assert on_a_grid(integers, 4, 1e-9) is not None
    assert on_a_grid(integers, 3, 1e-9) is None
    integers[3, 4] += 0.01
    assert on_a_grid(integers, 8, 1e-9) is None
