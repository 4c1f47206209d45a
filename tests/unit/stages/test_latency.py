"""The mean latency: its 95 % interval, and the mean of all samples where events tell the cycles."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.stages.latency import Latency, confidence_interval, latency_of

PREDICTED = np.arange(100, 140)


def test_mean_of_all_follows_from_the_prediction() -> None:
    everything = np.arange(100, 180)
    found = latency_of(2 * PREDICTED + 7, PREDICTED, everything)
    assert found.mean_all == pytest.approx(float((2 * everything + 7).mean()))
    assert (found.min, found.max, found.simulated) == (207, 285, 40)


def test_cycles_that_do_not_follow_events_give_no_mean_of_all() -> None:
    random = np.random.default_rng(1)
    measured = 1000 + random.integers(-200, 200, len(PREDICTED))
    assert latency_of(measured, PREDICTED, PREDICTED).mean_all is None


def test_few_simulations_give_no_mean_of_all() -> None:
    assert latency_of(PREDICTED[:19], PREDICTED[:19], PREDICTED).mean_all is None


def test_where_all_were_simulated_their_mean_is_that_of_all() -> None:
    assert latency_of(np.array([5, 9]), np.array([1, 1]), None).mean_all == 7.0


def test_equal_predictions_give_the_mean() -> None:
    assert latency_of(np.full(30, 50), np.full(30, 44), np.full(90, 44)).mean_all == 50.0


def test_interval_is_that_of_student() -> None:
    values = np.array([10.0, 12.0, 14.0])
    assert confidence_interval(values) == pytest.approx((12 - 4.303 * 2 / 3**0.5, 12 + 4.303 * 2 / 3**0.5))
    many = np.tile([0.0, 2.0], 50)
    half = 1.96 * float(np.std(many, ddof=1)) / 10
    assert confidence_interval(many) == pytest.approx((1 - half, 1 + half))
    assert confidence_interval(values[:1]) is None


def test_plain_values_are_those_of_the_report() -> None:
    assert Latency(1, 2.0, 3, 4, (1.5, 2.5), None).plain() == {
        "min": 1,
        "mean": 2.0,
        "max": 3,
        "simulated": 4,
        "mean_interval_95": [1.5, 2.5],
        "mean_all": None,
    }
