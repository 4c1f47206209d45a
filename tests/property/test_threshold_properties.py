"""Stateless thresholds against the real-valued neuron, evaluated with rational numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.neurons.thresholds import stateless_thresholds
from asn2fpga.verify.exact import exact_level

ACC_RANGE = (-300, 300)
SIMPLE = st.integers(-64, 64).map(lambda n: n / 16)  # meets ties often


@st.composite
def neurons(draw: st.DrawFn) -> NeuronSemantics:
    return NeuronSemantics(
        model="asn",
        levels=draw(st.integers(1, 9)),
        alpha=draw(st.one_of(st.integers(-4, 4).map(float), st.integers(-32, 32).map(lambda n: n / 16))),
        beta=0.5,
        threshold=draw(st.sampled_from((1.0, 0.5, 0.75, 0.1))),
        integer_alpha=False,
        round_mode=draw(st.sampled_from(("half_even", "half_up"))),
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    neurons(),
    st.one_of(st.sampled_from((0.5, 0.25, 0.0625, 1.0)), st.floats(1e-3, 10)),
    st.one_of(SIMPLE, st.floats(-100, 100)),
    st.integers(-100, 100),
)
def test_thresholds_are_the_real_neuron(
    semantics: NeuronSemantics, scale: float, bias: float, offset: int
) -> None:
    levels = levels_of(semantics, 4)
    (row,) = stateless_thresholds(
        semantics, levels, np.array([scale]), np.array([bias]), np.array([offset]), ACC_RANGE
    ).tolist()
    assert row == sorted(row)
    for acc in interesting(row):
        level = sum(acc >= threshold for threshold in row)
        got = Fraction(levels.base + levels.values[level], 2**levels.frac_bits)
        assert got == exact_level(semantics, Fraction(scale) * (acc + offset) + Fraction(bias))


def interesting(row: list[int]) -> list[int]:
    """Both ends of the range, a few between, and both sides of every threshold."""
    beside = [threshold + step for threshold in row for step in (-1, 0)]
    return [acc for acc in (*ACC_RANGE, -7, 0, 7, *beside) if ACC_RANGE[0] <= acc <= ACC_RANGE[1]]
