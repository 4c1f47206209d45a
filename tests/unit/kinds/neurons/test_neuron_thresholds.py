"""Thresholds: ties, offsets, clamping, and how long they take."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest

from asn2fpga.kinds.neurons.levels import levels_of, tie_reaches
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.neurons.thresholds import half_thresholds, stateless_thresholds, whole_thresholds


def asn(alpha: float = 0.0, **fields: object) -> NeuronSemantics:
    return NeuronSemantics(model="asn", levels=4, alpha=alpha, beta=0.5, **fields)  # type: ignore[arg-type]


def lif(**fields: object) -> NeuronSemantics:
    chosen: dict[str, object] = {"levels": 2, "fires": ">="}
    return NeuronSemantics(model="lif", alpha=0.0, beta=0.5, **(chosen | fields))  # type: ignore[arg-type]


def thresholds(semantics: NeuronSemantics, scale: float, bias: float = 0.0, offset: int = 0) -> list[int]:
    rows = stateless_thresholds(
        levels_of(semantics, 4),
        [Fraction(semantics.threshold)],
        [Fraction(scale)],
        [Fraction(bias)],
        np.array([offset]),
        (-1000, 1000),
    )
    result: list[int] = rows[0].tolist()
    return result


def test_ties_go_to_the_even_level() -> None:
    # u = acc / 2: u > 0.5, >= 1.5, > 2.5, >= 3.5
    assert thresholds(asn(), 0.5) == [2, 3, 6, 7]


def test_ties_with_a_lower_level_that_is_not_zero() -> None:
    # lo = -1: u >= -0.5, > 0.5, >= 1.5, > 2.5.  lo = -2: u > -1.5, >= -0.5, > 0.5, >= 1.5
    assert thresholds(asn(-1.0), 0.5) == [-1, 2, 3, 6]
    assert thresholds(asn(-2.0), 0.5) == [-2, -1, 2, 3]


def test_ties_round_half_up() -> None:
    assert thresholds(asn(-1.0, round_mode="half_up"), 0.5) == [-1, 1, 3, 5]


@pytest.mark.parametrize(("target", "reaches"), [(-2, True), (-1, False), (0, True), (1, False), (2, True)])
def test_a_tie_reaches_even_targets(target: int, reaches: bool) -> None:
    assert tie_reaches(target, "half_even") is reaches
    assert tie_reaches(target, "half_up")
    assert (np.rint(target - 0.5) >= target) == reaches


def test_multiples_of_the_threshold_are_reached_or_passed() -> None:
    # u = acc / 2, threshold 1: u >= 1, >= 2.  u > 1, > 2
    assert thresholds(lif(), 0.5) == [2, 4]
    assert thresholds(lif(fires=">"), 0.5) == [3, 5]
    # below zero the other way round: u > -2, > -1, >= 1, >= 2.  u >= -2, >= -1, > 1, > 2
    assert thresholds(lif(signed=True), 0.5) == [-3, -1, 2, 4]
    assert thresholds(lif(signed=True, fires=">"), 0.5) == [-4, -2, 3, 5]


def test_bias_offset_and_threshold_vanish_in_them() -> None:
    # u = 0.25 (acc + 2) + 0.25, threshold 0.5: levels at u > 0.25, >= 0.75, > 1.25, >= 1.75
    assert thresholds(asn(threshold=0.5), 0.25, bias=0.25, offset=2) == [-1, 0, 3, 4]


def test_a_bias_just_beside_a_tie_is_seen_exactly() -> None:
    # In float64 0.5 + 2^-60 is 0.5: only exact arithmetic sees on which side of the tie it lies.
    assert thresholds(asn(), 0.5, bias=2.0**-60)[:2] == [1, 3]
    assert thresholds(asn(), 0.5, bias=-(2.0**-60))[:2] == [2, 4]


def test_what_is_always_or_never_reached_is_clamped() -> None:
    assert thresholds(asn(), 1.0, bias=1e9) == [-1000] * 4
    assert thresholds(asn(), 1.0, bias=-1e9) == [1001] * 4
    assert thresholds(asn(), 1e-300) == [1001] * 4


def test_neurons_have_numbers_of_their_own() -> None:
    rows = stateless_thresholds(
        levels_of(lif(), 4),
        [Fraction(1), Fraction(3, 2)],
        [Fraction(1, 2), Fraction(1, 4)],
        [Fraction(0), Fraction(1)],
        np.array([0, 1]),
        (-1000, 1000),
    )
    # acc / 2 >= 1, 2.  (acc + 1) / 4 + 1 >= 1.5, 3
    assert rows.tolist() == [[2, 4], [1, 7]]


def test_thresholds_of_rounding_neurons_are_halves_of_th() -> None:
    # 2 U >= (2 n - 1) th for even n, > for odd n
    assert half_thresholds(levels_of(asn(), 4), [10, 2]) == [[6, 15, 26, 35], [2, 3, 6, 7]]
    assert half_thresholds(levels_of(asn(-1.0), 4), [10]) == [[-5, 6, 15, 26]]


def test_thresholds_of_other_neurons_are_multiples_of_th() -> None:
    th = [Fraction(10), Fraction(7, 2)]
    # U >= 10, 20.  U >= 3.5, 7
    assert whole_thresholds(levels_of(lif(), 4), th) == [[10, 20], [4, 7]]
    assert whole_thresholds(levels_of(lif(fires=">"), 4), th) == [[11, 21], [4, 8]]
    # U > -20, > -10.  U > -7, > -3.5
    assert [row[:2] for row in whole_thresholds(levels_of(lif(signed=True), 4), th)] == [[-19, -9], [-6, -3]]


def test_a_hundred_neurons_take_milliseconds() -> None:
    random = np.random.default_rng(0)
    scale, bias = random.uniform(1e-4, 1e-3, 138).tolist(), random.normal(size=138).tolist()
    start = time.process_time()
    stateless_thresholds(
        levels_of(asn(), 4),
        138 * [Fraction(1)],
        [Fraction(value) for value in scale],
        [Fraction(value) for value in bias],
        np.zeros(138, dtype=np.int64),
        (-(10**6), 10**6),
    )
    assert time.process_time() - start < 1
