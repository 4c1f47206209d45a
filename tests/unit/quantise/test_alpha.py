"""Levels of a neuron for integer and fractional alpha."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.kinds.neurons.levels import Levels, levels_of, needs_snapping, snap_alpha
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, effective_alpha, level_of, with_alpha


def asn(alpha: float, levels: int = 4, integer_alpha: bool = False) -> NeuronSemantics:
    return NeuronSemantics(model="asn", levels=levels, alpha=alpha, beta=0.5, integer_alpha=integer_alpha)


@pytest.mark.parametrize(
    ("alpha", "floor", "nearest", "ceil", "exact"),
    [
        (0.3, 0.0, 0.0, 1.0, 0.3125),
        (-0.281, -1.0, 0.0, 0.0, -0.25),
        (0.5, 0.0, 0.0, 1.0, 0.5),
        (1.5, 1, 2, 2, 1.5),
    ],
)
def test_snapping(alpha: float, floor: float, nearest: float, ceil: float, exact: float) -> None:
    assert snap_alpha(alpha, "floor", 4) == floor
    assert snap_alpha(alpha, "nearest", 4) == nearest
    assert snap_alpha(alpha, "ceil", 4) == ceil
    assert snap_alpha(alpha, "exact", 4) == exact


def test_alpha_trained_as_an_integer_needs_no_snapping() -> None:
    assert effective_alpha(asn(0.7, integer_alpha=True)) == 1.0
    assert not needs_snapping(asn(0.7, integer_alpha=True))
    assert not needs_snapping(asn(-2.0))
    assert needs_snapping(asn(0.7))


def test_with_alpha_means_the_alpha_given() -> None:
    assert effective_alpha(with_alpha(asn(0.7, integer_alpha=True), 0.25)) == 0.25
    assert with_alpha(asn(0.7), -1.0).integer_alpha


def test_levels_of_an_integer_alpha_count_from_it() -> None:
    assert levels_of(asn(-1.0), 4) == Levels(lowest=-1, base=-1, values=(0, 1, 2, 3, 4), frac_bits=0)


def test_levels_of_a_fractional_alpha() -> None:
    assert levels_of(asn(0.25, levels=2), 4) == Levels(lowest=0, base=4, values=(0, 12, 28, 32), frac_bits=4)
    assert levels_of(asn(-0.25, levels=1), 2) == Levels(lowest=-1, base=-1, values=(0, 1, 4), frac_bits=2)
    assert levels_of(asn(-0.25, levels=1), 2).alpha == -0.25


@pytest.mark.parametrize("alpha", [-1.75, -0.25, 0.0, 0.5, 1.0, 2.25])
def test_levels_are_the_values_the_real_neuron_takes(alpha: float) -> None:
    levels = levels_of(asn(alpha), 4)
    taken = np.unique(level_of(asn(alpha), np.linspace(-10, 10, 4001)))
    assert taken.tolist() == [(levels.base + value) / 2**levels.frac_bits for value in levels.values]
