"""Adaptive neurons as integers: the nine steps in exact rationals, ranges, units, what rules say."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.adaptation import Adaptation, Precision, spike_height
from asn2fpga.kinds.neurons.adaptive import Adaptive, Decays
from asn2fpga.kinds.neurons.adaptive_convert import adaptive
from asn2fpga.kinds.neurons.convert import Drive

STEPS, NEURONS = 40, 3
LOW, HIGH = -900, 1200


def precision(gain: float) -> Precision:
    return Precision(gain, gain, spike_height(gain, gain))


def trained(direct: bool, *gains: float) -> Adaptation:
    bias = np.array([0.0, 0.25, -0.125])
    return Adaptation(bias=bias, direct=direct, precisions=tuple(precision(gain) for gain in gains))


def drive(scale: float = 2.0**-9, bias: float = 0.0) -> Drive:
    sums = (np.full(NEURONS, LOW, np.int64), np.full(NEURONS, HIGH, np.int64))
    return Drive(
        layer="fc1",
        scale=np.array([scale, scale * 1.5, scale * 0.75]),
        offset=np.zeros(NEURONS, np.int64),
        bias=np.full(NEURONS, bias),
        sums=sums,
        acc_type=FixedType(12, True),
    )


def built(direct: bool, *gains: float, steps: int = STEPS) -> Adaptive:
    return adaptive(trained(direct, *gains), drive(), steps, None)


def sums(seed: int, neuron: Adaptive, number: int = 0) -> IntArray:
    """(B, T, N) of every kind of input, the precision's number above them."""
    random = np.random.default_rng(seed)
    rows = [random.integers(LOW, HIGH + 1, (STEPS, NEURONS)) for _ in range(4)]
    rows += [np.full((STEPS, NEURONS), end) for end in (LOW, 0, HIGH)]
    rows.append(np.where(random.random((STEPS, NEURONS)) < 0.5, LOW, HIGH))
    return np.stack(rows).astype(np.int64) + (number << neuron.precision_shift)


def rounded(value: Fraction) -> Fraction:
    """To the grid of the states, half up."""
    return Fraction((value + Fraction(1, 2)).__floor__())


def by_hand(neuron: Adaptive, x: IntArray, number: int, n: int) -> list[int]:
    """The nine steps of one neuron in exact arithmetic; every state is rounded where it gets a new value."""
    one = 1 << 16
    d_b, d_p = Fraction(neuron.decays.current, one), Fraction(neuron.decays.filtered, one)
    d_e, d_g = Fraction(neuron.decays.estimate, one), Fraction(neuron.decays.threshold, one)
    m_f = Fraction(int(neuron.gains[number]), one)
    theta0, bias = Fraction(int(neuron.rests[number, n])), Fraction(int(neuron.biases[number, n]))
    current = s_dyn = s_hat = theta_dyn = Fraction(0)
    theta, sent = theta0, []
    for value in x.tolist():
        drive = Fraction((value << neuron.state_frac_bits) + int(neuron.offsets[n]))
        current = rounded(d_b * current) + drive
        s_dyn = rounded((1 - d_p) * current + d_p * s_dyn)
        s = bias + (drive if neuron.direct else s_dyn)
        s_hat = rounded(d_e * s_hat)
        spike = s - s_hat > theta / 2
        if spike:
            s_hat = s_hat + theta
            theta_dyn = theta_dyn + rounded(m_f * theta)
        theta_dyn = rounded(d_g * theta_dyn)
        theta = theta0 + theta_dyn
        sent.append(int(spike))
    return sent


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize(("gains", "number"), [((0.1,), 0), ((0.5, 0.1), 0), ((0.5, 0.1), 1)])
def test_golden_takes_the_nine_steps_exactly(direct: bool, gains: tuple[float, ...], number: int) -> None:
    neuron = built(direct, *gains)
    acc = sums(1, neuron, number)
    found = neuron.run(acc, STEPS)
    x = sums(1, dataclasses.replace(neuron, precision_shift=0))
    for row in range(len(acc)):
        for n in range(NEURONS):
            assert found[row, :, n].tolist() == by_hand(neuron, x[row, :, n], number, n)
    assert 0 < found.mean() < 1


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("gains", [(0.03,), (1.0,), (1.0, 0.05)])
def test_every_state_is_within_its_type(direct: bool, gains: tuple[float, ...]) -> None:
    neuron = built(direct, *gains)
    types = neuron.types
    for seed in range(20):
        number = seed % len(gains)
        acc, state = sums(seed, neuron, number), neuron.start(8)
        for step in range(STEPS):
            state, _ = neuron.step(state, acc[:, step])
            for values, kind in (
                (state.current, types.current),
                (state.filtered, types.filtered),
                (state.estimate, types.estimate),
                (state.adaptation, types.adaptation),
                (state.adaptation + neuron.rests[number], types.threshold),
            ):
                assert kind.min <= values.min() and values.max() <= kind.max


def test_ranges_are_not_far_too_wide() -> None:
    """The largest input at every step comes within a bit of what the types hold, or two."""
    neuron = built(False, 0.1)
    state = neuron.start(1)
    for _ in range(STEPS):
        state, _ = neuron.step(state, np.full((1, NEURONS), HIGH))
    assert int(state.current.max()).bit_length() == neuron.types.current.width_bits - 1
    assert int(state.estimate.max()).bit_length() >= neuron.types.estimate.width_bits - 3


def test_theta0_has_units_enough_and_real_numbers_become_multiples_of_them() -> None:
    neuron = built(False, 0.125)
    unit = 2.0**-9 * np.array([1.0, 1.5, 0.75]) / 2**neuron.state_frac_bits
    assert neuron.rests[0].min() >= 2**13 > neuron.rests[0].min() // 2
    np.testing.assert_array_equal(neuron.rests[0], np.rint(0.125 / unit))
    np.testing.assert_array_equal(neuron.biases[0], np.rint(np.array([0.0, 0.25, -0.125]) / unit))
    assert neuron.decays == Decays(64238, 43930, 64238, 61309)


def test_a_finer_precision_has_larger_numbers_where_its_spikes_are_worth_less() -> None:
    neuron, ratio = built(False, 0.5, 0.125), precision(0.5).height / precision(0.125).height
    assert ratio > 2
    np.testing.assert_allclose(neuron.biases[1, 1:] / neuron.biases[0, 1:], ratio, rtol=1e-3)
    np.testing.assert_allclose(neuron.rests[1] / neuron.rests[0], ratio / 4, rtol=1e-3)
    direct = built(True, 0.5, 0.125)
    np.testing.assert_array_equal(direct.biases[0], direct.biases[1])


def test_a_bias_that_would_count_differently_in_each_precision() -> None:
    with pytest.raises(UnsupportedError) as caught:
        adaptive(trained(False, 0.5, 0.1), drive(bias=0.5), STEPS, None)
    assert str(caught.value) == (
        "fc1: a Linear layer before adaptive neurons of several precisions must have no bias, which would "
        "count differently in each; use bias=False, the neurons have their own."
    )


def test_states_that_are_too_wide() -> None:
    with pytest.raises(UnsupportedError) as caught:
        adaptive(trained(False, 0.1), drive(), STEPS, 40)
    assert str(caught.value) == (
        "fc1: I of adaptive neurons must fit 46 bits, not 52; rescale the layer's weights, use fewer time "
        "steps or a larger theta0."
    )


ONE, TWO = built(False, 0.1), built(False, 0.5, 0.1)
BROKEN: list[tuple[Adaptive, dict[str, Any], str]] = [
    (ONE, {"offsets": np.zeros(2, np.int64)}, "the shape of offsets must be (3,), not (2,)"),
    (ONE, {"biases": np.zeros((1, 2), np.int64)}, "the shape of biases must be (1, 3), not (1, 2)"),
    (ONE, {"rests": np.zeros((1, 3), np.int64)}, "the smallest of rests must be in 1..262143, not 0"),
    (ONE, {"gains": np.array([70000])}, "the smallest of gains must be in 0..65536, not 70000"),
    (ONE, {"decays": Decays(-1, 0, 0, 0)}, "the smallest of decays must be in 0..65536, not -1"),
    (ONE, {"state_frac_bits": 25}, "state_frac_bits must be in 0..24, not 25"),
    (ONE, {"precision_shift": 3}, "precision_shift of one precision must be 0, not 3"),
    (
        TWO,
        {"precision_shift": 11},
        "the precisions that sums hold must be (0, 1), not (0, 3)",
    ),
    (
        ONE,
        {"types": dataclasses.replace(ONE.types, signal=FixedType(8, True))},
        "X must be in -128..127 (s8), not ",
    ),
    *(
        (
            ONE,
            {"types": dataclasses.replace(ONE.types, **{name: FixedType(8, True)})},
            f"{state} must be in {ends}",
        )
        for name, state, ends in (
            ("current", "I", "-128..127 (s8), not "),
            ("filtered", "S_dyn", "-128..127 (s8), not "),
            ("estimate", "S_hat", "-128..127 (s8), not "),
            ("adaptation", "theta_dyn", "-128..127 (s8), not "),
        )
    ),
    (
        ONE,
        {"biases": ONE.biases + ONE.types.signal.max},
        f"S must be in {ONE.types.signal.min}..{ONE.types.signal.max} ({ONE.types.signal}), not ",
    ),
    (ONE, {"rests": ONE.rests + ONE.types.threshold.max}, "the smallest of rests must be in 1..262143, not "),
    (ONE, {"rests": ONE.rests * [1, 1, 1 << 20]}, "the largest of rests must be in 1..262143, not "),
]


@pytest.mark.parametrize(("neuron", "fields", "message"), BROKEN)
def test_numbers_that_do_not_fit_together(neuron: Adaptive, fields: dict[str, Any], message: str) -> None:
    low, high = np.full(3, LOW, np.int64), np.full(3, HIGH, np.int64)
    high = high + ((neuron.precisions - 1) << neuron.precision_shift if neuron.precisions > 1 else 0)
    assert neuron.complaints(3, (low, high), FixedType(14, True)) == ""
    found = dataclasses.replace(neuron, **fields).complaints(3, (low, high), FixedType(14, True))
    assert found == message or (message.endswith("not ") and found.startswith(message))
