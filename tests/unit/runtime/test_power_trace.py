"""Energy of traces whose true energy is known: the error is within the stated uncertainty."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from power_traces import CASES, INFERENCES, RUN, Case, draw

from asn2fpga.runtime.power_trace import Instrument, PowerError, Trace, energy, make_trace

SEEDS = range(100)
# Least share of seeds with the true value in the 95 % interval: 2.7 standard deviations of a binomial below.
COVERAGE = 0.95 - 2.7 * (0.95 * 0.05 / len(SEEDS)) ** 0.5
# How many times larger than the error (its 95th percentile) the uncertainty may be. Steps that noise only
# half hides cannot be told from steps that nothing hides: there, half a step is assumed.
LARGEST = {"half dithered steps": 16.0, "drift": 6.0, "warming": 4.0, "all": 6.0}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_true_energy_is_within_the_uncertainty(case: Case) -> None:
    errors, uncertainties = [], []
    for seed in SEEDS:
        trace, total_uj, above_uj = draw(case, seed)
        result = energy(trace, RUN, Instrument("rail", case.step or 1e-4))
        errors.append(
            (result["uj_per_inference"] - total_uj, result["uj_per_inference_minus_idle"] - above_uj)
        )
        uncertainties.append((result["uncertainty_uj"], result["uncertainty_minus_idle_uj"]))
    error, uncertainty = np.abs(errors), np.array(uncertainties)
    assert ((error <= uncertainty).mean(axis=0) >= COVERAGE).all()
    largest = np.median(uncertainty, axis=0) / np.percentile(error, 95, axis=0)
    assert (largest <= LARGEST.get(case.name, 2.0)).all()


def test_a_constant_power_is_exact() -> None:
    times = np.arange(0, 26, 0.25)
    watts = np.where((times >= 7) & (times <= 18), 3.0, 2.0)
    result = energy(make_trace(times, watts), RUN, Instrument("rail INT: PL only", 0.015625))
    assert round(result["uj_per_inference"], 9) == 600
    assert round(result["uj_per_inference_minus_idle"], 9) == 200
    assert (round(result["load_w"], 9), round(result["idle_w"], 9)) == (3, 2)
    assert result["samples"] == 41 and result["gap_seconds"] == 0
    step_uj = 0.015625 / 2 * 2 / 3**0.5 * 10 / INFERENCES * 1e6
    assert result["uncertainty_uj"] == pytest.approx(step_uj)
    assert result["uncertainty_minus_idle_uj"] == pytest.approx(step_uj * 2**0.5)
    assert (result["source"], result["scope"]) == ("measured", "rail INT: PL only")
    assert result["method"] == (
        "Measured: rail INT: PL only; mean of 41 samples in 10 s of 50000 inferences (3 W), idle before and "
        "after (2 W); uncertainty 95 %, gain of the instrument not included (unknown)."
    )


def test_the_gain_of_the_instrument_is_part_of_the_uncertainty_if_known() -> None:
    trace = draw(Case("clean"), 1)[0]
    plain = energy(trace, RUN, Instrument("x", 1e-4))
    known = energy(trace, RUN, Instrument("x", 1e-4, accuracy=0.01))
    part = 2 / 3**0.5 * 0.01 * known["uj_per_inference"]
    assert known["budget_uj"]["gain"] == pytest.approx(part)
    assert known["uncertainty_uj"] == pytest.approx((plain["uncertainty_uj"] ** 2 + part**2) ** 0.5)
    assert "gain of the instrument included" in known["method"]


def test_the_budget_adds_up() -> None:
    result = energy(draw(CASES[-1], 7)[0], RUN, Instrument("x", 0.0156), alignment_s=0.05)
    assert list(result["budget_uj"]) == ["sampling", "resolution", "gaps", "alignment", "gain"]
    assert list(result["budget_minus_idle_uj"]) == [*result["budget_uj"], "idle_drift"]
    for kind in ("", "_minus_idle"):
        parts = result[f"budget{kind}_uj"].values()
        assert result[f"uncertainty{kind}_uj"] == pytest.approx(sum(part**2 for part in parts) ** 0.5)


def test_the_resolution_shows_in_the_trace() -> None:
    trace = draw(Case("dithered", step=0.0156, noise=0.03), 3)[0]
    assert energy(trace, RUN, Instrument("x"))["resolution_w"] == pytest.approx(0.0156)


def test_a_load_that_cannot_be_seen_is_said_to_be_hidden() -> None:
    trace = draw(Case("hidden", noise=0.05, load=-0.03), 3)[0]
    method = energy(trace, RUN, Instrument("x", 1e-4))["method"]
    assert method.endswith(" Load and idle differ by less than the uncertainty.")


def test_synthetic_power_is_never_called_measured() -> None:
    result = energy(draw(Case("clean"), 1)[0], RUN, Instrument("x", 1e-4, synthetic=True))
    assert result["source"] == "simulated"
    assert result["method"].startswith("Made up by a synthetic source, nothing was measured: x; mean of ")


def test_samples_that_are_no_numbers_are_left_out() -> None:
    trace = make_trace([0.0, 1.0, 2.0], [1.0, float("nan"), 3.0])
    assert trace.times.tolist() == [0.0, 2.0] and trace.watts.tolist() == [1.0, 3.0]


def refusal(trace: Trace, **instrument: Any) -> str:
    with pytest.raises(PowerError) as caught:
        energy(trace, RUN, Instrument("x", **instrument))
    return str(caught.value)


def test_refusals() -> None:
    times = np.arange(0, 26, 0.25)
    steady = make_trace(times, np.ones(len(times)))
    assert refusal(steady) == (
        "resolution: the trace must hold at least 10 values to show its steps, not 1; "
        "give the resolution of the instrument."
    )
    few = make_trace(times[::7], np.ones(len(times[::7])))
    assert refusal(few, resolution_w=0.1) == (
        "idle before: its 5 s must hold at least 8 samples of power, not 3; "
        "measure for longer, or sample more often."
    )
    kept = (times < 10) | (times > 13)
    holed = make_trace(times[kept], np.ones(kept.sum()))
    assert refusal(holed, resolution_w=0.1) == (
        "load: samples must be missing for at most 20% of the time, not for 3.5 of 10 s; "
        "the instrument stopped answering: measure again."
    )


def test_time_must_rise() -> None:
    text = (
        "sample 2: time must rise, but goes from 1.500000 s to 1.250000 s; "
        "the clock of the instrument was set back: record again."
    )
    with pytest.raises(PowerError, match=f"^{re.escape(text)}$"):
        make_trace([1.0, 1.5, 1.25, 2.0], [1.0] * 4)
