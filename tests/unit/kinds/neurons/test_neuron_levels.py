"""Levels of neurons: of those that round, for integer and fractional alpha, and of those that do not."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from asn2fpga.kinds.neurons.levels import Levels, levels_of, needs_snapping, snap_alpha
from asn2fpga.kinds.neurons.semantics import Fires, NeuronSemantics, effective_alpha, level_of, with_alpha


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


def halves(*numerators: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(numerator, 2) for numerator in numerators)


def test_levels_of_an_integer_alpha_count_from_it() -> None:
    assert levels_of(asn(-1.0), 4) == Levels(
        base=-1,
        values=(0, 1, 2, 3, 4),
        frac_bits=0,
        bounds=halves(-1, 1, 3, 5),
        inclusive=(True, False, True, False),
    )


def test_levels_of_a_fractional_alpha() -> None:
    assert levels_of(asn(0.25, levels=2), 4) == Levels(
        base=4, values=(0, 12, 28, 32), frac_bits=4, bounds=halves(1, 3, 5), inclusive=(False, True, False)
    )
    assert levels_of(asn(-0.25, levels=1), 2) == Levels(
        base=-1, values=(0, 1, 4), frac_bits=2, bounds=halves(-1, 1), inclusive=(True, False)
    )
    assert levels_of(asn(-0.25, levels=1), 2).alpha == -0.25


def test_levels_that_round_half_up_take_every_tie() -> None:
    up = dataclasses.replace(asn(-1.0), round_mode="half_up")
    assert levels_of(up, 4).inclusive == (True, True, True, True)


def lif(fires: Fires, levels: int = 2, signed: bool = False) -> NeuronSemantics:
    return NeuronSemantics(model="lif", levels=levels, alpha=0.0, beta=0.5, fires=fires, signed=signed)


def test_levels_at_multiples_of_the_threshold() -> None:
    reached = Levels(
        base=0, values=(0, 1, 2), frac_bits=0, bounds=(Fraction(1), Fraction(2)), inclusive=(True, True)
    )
    assert levels_of(lif(">="), 4) == reached
    assert levels_of(lif(">"), 4) == dataclasses.replace(reached, inclusive=(False, False))


def test_signed_levels_are_mirrored_ties_included() -> None:
    both = Levels(
        base=0,
        values=(-2, -1, 0, 1, 2),
        frac_bits=0,
        bounds=(Fraction(-2), Fraction(-1), Fraction(1), Fraction(2)),
        inclusive=(False, False, True, True),
    )
    assert levels_of(lif(">=", signed=True), 4) == both
    assert levels_of(lif(">", signed=True), 4) == dataclasses.replace(
        both, inclusive=(True, True, False, False)
    )


@pytest.mark.parametrize("fires", ["round", ">=", ">"])
@pytest.mark.parametrize("signed", [False, True])
def test_bounds_are_where_the_real_neuron_changes_its_level(fires: Fires, signed: bool) -> None:
    neuron = lif(fires, levels=3, signed=signed and fires != "round")
    levels = levels_of(neuron, 4)
    for level, (bound, inclusive) in enumerate(zip(levels.bounds, levels.inclusive, strict=True), start=1):
        at, beside = float(bound), 2.0**-40
        below, tie, above = level_of(neuron, np.array([at - beside, at, at + beside])).tolist()
        values = [levels.base + value for value in levels.values[level - 1 : level + 1]]
        assert [below, above] == values
        assert tie == values[inclusive]


@pytest.mark.parametrize("alpha", [-1.75, -0.25, 0.0, 0.5, 1.0, 2.25])
def test_levels_are_the_values_the_real_neuron_takes(alpha: float) -> None:
    levels = levels_of(asn(alpha), 4)
    taken = np.unique(level_of(asn(alpha), np.linspace(-10, 10, 4001)))
    assert taken.tolist() == [(levels.base + value) / 2**levels.frac_bits for value in levels.values]
