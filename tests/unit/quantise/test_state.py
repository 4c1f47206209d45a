"""Membranes as integers: leak, fractional bits, thresholds, ranges."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.convert import leak_of, membrane_of, state_frac_bits, threshold_unit
from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.neurons.membrane import Leak, Membrane
from asn2fpga.kinds.neurons.reach import membrane_types, rest_range
from asn2fpga.kinds.neurons.semantics import NeuronSemantics


def asn(alpha: float = 0.0, beta: float = 0.5, threshold: float = 1.0) -> NeuronSemantics:
    return NeuronSemantics(
        model="asn", levels=2, alpha=alpha, beta=beta, threshold=threshold, integer_alpha=False
    )


def membrane(semantics: NeuronSemantics, scale: float = 0.01, bias: float = 0.0, offset: int = 0) -> Membrane:
    return membrane_of(
        "fc1",
        semantics,
        levels_of(semantics, 2),
        np.array([scale]),
        np.array([bias]),
        np.array([offset]),
        frac_bits=4,
    )


@pytest.mark.parametrize(
    ("beta", "multiplier", "shift"),
    [
        (0.0, 0, 0),
        (1.0, 1, 0),
        (0.5, 1, 1),
        (0.25, 1, 2),
        (0.75, 3, 2),
        (0.9, 230, 8),
        (1 / 256, 1, 8),
        (0.999, 256, 8),
    ],
)
def test_leak(beta: float, multiplier: int, shift: int) -> None:
    assert leak_of(beta) == Leak(multiplier, shift)


def test_the_leak_rounds_half_up() -> None:
    assert Leak(1, 1).apply(np.array([-3, -2, -1, 0, 1, 2, 3])).tolist() == [-1, -1, 0, 0, 1, 1, 2]
    assert Leak(1, 0).apply(np.array([-3, 5])).tolist() == [-3, 5]


def test_fractional_bits_are_eight_minus_the_shift_or_what_the_threshold_needs() -> None:
    assert state_frac_bits(1.0, 0.01, Leak(1, 1), 2) == 7
    # th = 10^3 units: 2^14 are enough.  th = 10^5 units: enough without a fraction
    assert state_frac_bits(1.0, 0.001, Leak(1, 1), 2) == 5
    assert state_frac_bits(1.0, 0.00001, Leak(1, 1), 2) == 0
    assert state_frac_bits(1.0, 0.001, Leak(230, 8), 2) == 0
    # th = 7 units: 256 of them are asked for, 2^6 * 7 = 448
    assert state_frac_bits(1.0, 1 / 7, Leak(230, 8), 2) == 6
    assert state_frac_bits(1e-9, 1.0, Leak(1, 1), 2) == 16


def test_membrane_units() -> None:
    built = membrane(asn(), scale=0.01, bias=0.5, offset=3)
    # th = 16 / 0.01 = 1600; bias = 800 + 3 * 16
    assert built.thresholds.tolist() == [[801, 2400]]
    assert built.bias.tolist() == [848]
    assert built.reset_step.tolist() == [1600]


def test_a_fractional_alpha_keeps_thresholds_divisible() -> None:
    built = membrane(asn(alpha=0.25), scale=0.01)
    assert threshold_unit(levels_of(asn(alpha=0.25), 2)) == 4
    assert threshold_unit(levels_of(asn(), 2)) == 2
    # th = 1600 = 4 * 400 a unit of event; values 0, 3/4, 7/4, 2 above 1/4
    assert (built.base, built.values, built.reset_step.tolist()) == (1, (0, 3, 7, 8), [400])


def test_a_threshold_is_never_zero() -> None:
    assert membrane(asn(), scale=1000.0).reset_step.tolist() == [2]


def brute_rest(built: Membrane, low: int, high: int) -> tuple[int, int]:
    rests = []
    for potential in range(low, high + 1):
        level = sum(potential >= threshold for threshold in built.thresholds[0].tolist())
        rests.append(potential - (built.base + built.values[level]) * int(built.reset_step[0]))
    return min(rests), max(rests)


@pytest.mark.parametrize("alpha", [-1.0, 0.0, 2.0, 0.25])
@pytest.mark.parametrize(("low", "high"), [(-5000, 7000), (0, 900), (-3000, -2000), (3000, 3100)])
def test_the_range_of_the_rest_is_exact(alpha: float, low: int, high: int) -> None:
    built = membrane(asn(alpha=alpha))
    rest = rest_range(built, np.array([low]), np.array([high]))
    assert (int(rest[0][0]), int(rest[1][0])) == brute_rest(built, low, high)


def test_types_grow_with_the_time_steps_until_the_leak_holds_them() -> None:
    built = membrane(asn(beta=0.5))
    acc_range = (np.array([-1000]), np.array([1000]))
    widths = [membrane_types("fc1", built, acc_range, steps).potential.width_bits for steps in (2, 3, 8, 64)]
    assert widths == [16, 16, 16, 16]
    free = membrane(asn(beta=1.0))
    widths = [membrane_types("fc1", free, acc_range, steps).potential.width_bits for steps in (2, 3, 8, 64)]
    assert widths == [16, 17, 18, 21]


def test_what_is_too_wide_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError) as error:
        membrane(asn(), bias=1e15)
    assert str(error.value) == (
        "fc1: the bias must fit 48 bits, not 62; "
        "rescale the layer's weights and bias or use fewer time steps."
    )
    with pytest.raises(UnsupportedError, match=r"^fc1: the membrane must fit 48 bits, not 52; "):
        membrane_types("fc1", membrane(asn()), (np.array([-(2**46)]), np.array([2**46])), 2)
