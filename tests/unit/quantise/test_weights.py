"""Weights as integers: bits, scales, ties, zero channels."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.quantise.scheme import ScaleMethod
from asn2fpga.quantise.weights import ScaleRule, largest_integer, quantise_weights, round_scale, round_weights

METHODS: tuple[ScaleMethod, ...] = ("maxabs", "mse", "calibrated", "clipped", "compensated")


def rule(method: ScaleMethod = "maxabs", bits: int = 8, per_channel: bool = True) -> ScaleRule:
    return ScaleRule(method, bits, 2.0**-28, per_channel)


def test_largest_integers_are_symmetric() -> None:
    assert [largest_integer(bits) for bits in range(2, 9)] == [1, 3, 7, 15, 31, 63, 127]


def test_rounding_is_half_to_even_and_clipped() -> None:
    weight = np.array([[0.5, 1.5, -0.5, -1.5, 2.5, 9.0, -9.0]])
    assert round_weights(weight, np.array([1.0]), 4).tolist() == [[0, 2, 0, -2, 2, 7, -7]]


@pytest.mark.parametrize("bits", range(2, 9))
def test_maxabs_uses_the_largest_integer_in_every_channel(bits: int) -> None:
    weight = np.random.default_rng(0).normal(size=(16, 20))
    quantised = quantise_weights(weight, rule(bits=bits))
    assert (np.abs(quantised.weight).max(axis=1) == largest_integer(bits)).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bits", [2, 4, 8])
def test_weights_stay_within_their_bits(method: ScaleMethod, bits: int) -> None:
    random = np.random.default_rng(1)
    weight, samples = random.normal(size=(8, 12)), random.normal(size=(30, 12))
    quantised = quantise_weights(weight, rule(method, bits), samples)
    assert quantised.weight.dtype == np.int64
    assert np.abs(quantised.weight).max() <= largest_integer(bits)
    assert (quantised.bits, quantised.method) == (bits, method)


def test_mse_has_no_larger_error_than_maxabs_and_calibrated_none_on_its_samples() -> None:
    random = np.random.default_rng(2)
    weight, samples = random.normal(size=(8, 40)), random.uniform(size=(60, 40))
    real = {method: quantise_weights(weight, rule(method, 3), samples).real for method in METHODS}
    error = {method: np.square(weight - real[method]).sum(axis=1) for method in METHODS}
    sums = {method: np.square((weight - real[method]) @ samples.T).sum(axis=1) for method in METHODS}
    assert (error["mse"] <= error["maxabs"]).all() and (error["mse"] < error["maxabs"]).any()
    assert (sums["calibrated"] <= sums["maxabs"]).all() and (sums["calibrated"] < sums["mse"]).any()


@pytest.mark.parametrize("method", ["calibrated", "compensated"])
def test_without_samples_they_are_mse(method: ScaleMethod) -> None:
    weight = np.random.default_rng(3).normal(size=(4, 10))
    found, mse = (quantise_weights(weight, rule(each, 3)) for each in (method, "mse"))
    assert np.array_equal(found.weight, mse.weight)


def test_clipped_leaves_outliers_out_of_the_scale() -> None:
    inliers = np.random.default_rng(6).uniform(0.5, 1.0, (4, 64))
    weight = inliers.copy()
    weight[1, 5], weight[2, :4], weight[3, :8] = 30.0, (-1000.0, 30.0, 8.0, 5.0), 30.0
    clipped = quantise_weights(weight, rule("clipped"))
    largest = np.abs(weight).max(axis=1)
    largest[1:3] = np.delete(inliers[1], 5).max(), inliers[2, 4:].max()  # row 3 has too many to be outliers
    assert np.array_equal(clipped.scale, round_scale(largest / 127))
    assert clipped.weight[1, 5] == 127 and clipped.weight[2, :2].tolist() == [-127, 127]


@pytest.mark.parametrize("weight", [[[5.0]], [[1.0, 0.0, 0.0]], [[0.0, 0.0]], [[1.0, -0.3]]])
def test_clipped_without_outliers_is_maxabs(weight: list[list[float]]) -> None:
    clipped, maxabs = (quantise_weights(np.array(weight), rule(method)) for method in ("clipped", "maxabs"))
    assert np.array_equal(clipped.scale, maxabs.scale)


@pytest.mark.parametrize("method", METHODS)
def test_all_channels_can_share_one_scale(method: ScaleMethod) -> None:
    weight = np.random.default_rng(4).normal(size=(5, 9)) * np.arange(1, 6)[:, None]
    scale = quantise_weights(weight, rule(method, 4, per_channel=False)).scale
    assert scale.shape == (5,) and len(set(scale.tolist())) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_channel_of_zeros_keeps_a_positive_scale(method: ScaleMethod) -> None:
    weight = np.array([[0.0, 0.0], [1.0, -0.5]])
    quantised = quantise_weights(weight, rule(method))
    assert quantised.weight[0].tolist() == [0, 0]
    assert (quantised.scale > 0).all()


def test_dequantised_weights_are_exact_in_float32() -> None:
    weight = np.random.default_rng(5).normal(size=(20, 30)) / 255
    real = quantise_weights(weight, rule()).real
    assert np.array_equal(real, real.astype(np.float32))


def test_scales_have_sixteen_significant_bits() -> None:
    assert round_scale(np.array([1.0, 3.0, 2.0**-20])).tolist() == [1.0, 3.0, 2.0**-20]
    assert round_scale(np.array([1 + 2.0**-16 + 2.0**-20])).tolist() == [1 + 2.0**-15]
