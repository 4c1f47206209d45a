"""Weights that make up for each other: nearer sums on the same grid, and nothing else changes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.quantise.compensate import MOST_INPUTS, compensated, moments_of
from asn2fpga.quantise.weights import (
    ScaleRule,
    largest_integer,
    quantise_weights,
    round_weights,
    with_scale,
)

BITS = [2, 4, 8]


def inputs(count: int, size: int, seed: int = 0) -> RealArray:
    """Counts that are correlated, as those of neurons that read the same."""
    random = np.random.default_rng(seed)
    mixed = random.normal(size=(count, 4)) @ random.normal(size=(4, size)) + random.normal(size=(count, size))
    return np.clip(np.rint(mixed), 0, 4)


def loss(weight: RealArray, scale: RealArray, integer: IntArray, samples: RealArray) -> RealArray:
    return np.square((weight - scale[:, None] * integer) @ samples.T).mean(axis=1)


@pytest.mark.parametrize("bits", BITS)
def test_sums_are_nearer_also_of_other_inputs(bits: int) -> None:
    weight = np.random.default_rng(1).normal(size=(32, 24))
    rule = ScaleRule("maxabs", bits, 2.0**-28)
    nearest = quantise_weights(weight, rule)
    seen, unseen = np.split(inputs(1200, 24), 2)
    moments = moments_of(seen)
    assert moments is not None
    found = compensated(weight, nearest.scale, largest_integer(bits), moments)
    assert np.abs(found).max() <= largest_integer(bits)
    before, after = (loss(weight, nearest.scale, each, seen) for each in (nearest.weight, found))
    assert (after <= before + 1e-12).all()
    assert after.mean() < 0.7 * before.mean()
    others = [loss(weight, nearest.scale, each, unseen).mean() for each in (nearest.weight, found)]
    assert others[1] < 0.8 * others[0]


def test_inputs_without_correlation_leave_the_nearest_integers() -> None:
    weight = np.random.default_rng(2).normal(size=(6, 9))
    scale = np.abs(weight).max(axis=1) / 127
    found = compensated(weight, scale, 127, np.diag(np.arange(1.0, 10.0)))
    assert np.array_equal(found, round_weights(weight, scale, 8))


def test_weights_of_0_stay_0() -> None:
    weight = np.random.default_rng(3).normal(size=(8, 20))
    weight[:, ::3] = 0
    moments = moments_of(inputs(300, 20))
    assert moments is not None
    found = compensated(weight, np.full(8, 0.05), 127, moments)
    assert not found[:, ::3].any() and found.any(axis=1).all()


def test_an_input_that_is_always_0_changes_nothing() -> None:
    samples = inputs(300, 12)
    samples[:, 4] = 0
    moments = moments_of(samples)
    assert moments is not None
    weight = np.random.default_rng(4).normal(size=(5, 12))
    scale = np.abs(weight).max(axis=1) / 7
    found = compensated(weight, scale, 7, moments)
    assert np.array_equal(found[:, 4], round_weights(weight, scale, 4)[:, 4])


def test_without_inputs_or_with_too_many_there_are_no_moments() -> None:
    assert moments_of(None) is None
    assert moments_of(np.zeros((0, 3))) is None
    assert moments_of(np.zeros((5, 3))) is None
    assert moments_of(np.ones((1, MOST_INPUTS + 1))) is None


@pytest.mark.parametrize("bits", BITS)
def test_scales_are_no_worse_than_those_of_mse(bits: int) -> None:
    weight, samples = np.random.default_rng(5).normal(size=(16, 9)), inputs(400, 9)
    rule = ScaleRule("mse", bits, 2.0**-28)
    mse = quantise_weights(weight, rule)
    fitted = dataclasses.replace(rule, method="compensated", moments=moments_of(samples))
    found = quantise_weights(weight, fitted)
    errors = [loss(weight, each.scale, each.weight, samples).mean() for each in (mse, found)]
    assert errors[1] < 0.85 * errors[0]


def test_at_another_scale_weights_make_up_for_each_other_anew() -> None:
    """As where several synapses share one."""
    weight, samples = np.random.default_rng(6).normal(size=(10, 16)), inputs(500, 16)
    moments = moments_of(samples)
    assert moments is not None
    found = quantise_weights(weight, ScaleRule("compensated", 6, 2.0**-28, moments=moments))
    coarser = with_scale(weight, 1.7 * found.scale, found)
    assert np.array_equal(coarser.weight, compensated(weight, 1.7 * found.scale, 31, moments))
    assert (coarser.method, coarser.bits) == ("compensated", 6)
