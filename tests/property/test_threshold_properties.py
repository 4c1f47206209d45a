"""Stateless thresholds against the real-valued neuron, evaluated with rational numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.verify.exact import exact_level

ACC_RANGE = (-300, 300)
SIMPLE = st.integers(-64, 64).map(lambda n: n / 16)  # meets ties often


@st.composite
def neurons(draw: st.DrawFn) -> NeuronSemantics:
    return draw(st.one_of(rounding_neurons(), other_neurons()))


@st.composite
def other_neurons(draw: st.DrawFn) -> NeuronSemantics:
    """Neurons that fire at multiples of their threshold, with all that moves their potential."""
    reset = draw(st.sampled_from(("soft", "hard", "none")))
    return NeuronSemantics(
        model="lif",
        levels=draw(st.integers(1, 9)),
        alpha=0.0,
        beta=draw(st.sampled_from((0.5, 0.9, 0.0))),
        threshold=draw(st.sampled_from((1.0, 0.5, 0.75, 0.1))),
        fires=draw(st.sampled_from((">=", ">"))),
        signed=draw(st.booleans()),
        reset=reset,
        v_reset=draw(SIMPLE) if reset == "hard" else 0.0,
        decay_input=draw(st.booleans()),
    )


@st.composite
def rounding_neurons(draw: st.DrawFn) -> NeuronSemantics:
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
    low, high = (np.array([bound]) for bound in ACC_RANGE)
    driven = Drive(
        "fc1", np.array([scale]), np.array([offset]), np.array([bias]), (low, high), FixedType(16, True)
    )
    neuron = graded(semantics, driven, 1, 4, None)
    (row,) = neuron.thresholds.tolist()
    assert row == sorted(row)
    gain, rest = Fraction(float(semantics.input_gain)), Fraction(semantics.rest)
    for acc in interesting(row):
        level = sum(acc >= threshold for threshold in row)
        got = Fraction(neuron.base + neuron.level_values[level], 2**neuron.frac_bits)
        potential = rest + gain * (Fraction(scale) * (acc + offset) + Fraction(bias))
        assert got == exact_level(semantics, potential, Fraction(semantics.threshold))


def interesting(row: list[int]) -> list[int]:
    """Both ends of the range, a few between, and both sides of every threshold."""
    beside = [threshold + step for threshold in row for step in (-1, 0)]
    return [acc for acc in (*ACC_RANGE, -7, 0, 7, *beside) if ACC_RANGE[0] <= acc <= ACC_RANGE[1]]
