"""An external meter: columns of its CSV, and its clock found by the markers of the run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from power_traces import Stopwatch

from asn2fpga.runtime.power import SyntheticSource, record_run
from asn2fpga.runtime.power_meter import Alignment, align, energy_from_meter, read_csv
from asn2fpga.runtime.power_trace import Instrument, PowerError, Trace, make_trace

Values = np.ndarray[Any, np.dtype[np.float64]]
IDLE_W, LOAD_W = 2.5, 0.2


def make_run(seed: int, **choices: Any) -> tuple[dict[str, Any], Values]:
    """A run, and the moments (in pairs, on its own clock) between which the board worked."""
    clock, random = Stopwatch(), np.random.default_rng(seed)
    work: list[float] = []

    def run_once() -> int:
        begin = clock.time
        clock.sleep(random.uniform(0.01, 0.03))
        work.extend((begin - 1000.0, clock.time - 1000.0))
        return 64

    return record_run(run_once, clock=clock, **choices), np.array(work)


def record(
    run_work: Values,
    seed: int,
    interval: float = 0.01,
    noise: float = 0.01,
    skew: float = 0.0,
    drops: float = 0.0,
) -> tuple[Trace, float]:
    """What a meter with another clock sees; and its time at the run's 0."""
    random = np.random.default_rng(seed)
    offset = random.uniform(3, 6)
    seconds = offset + (run_work[-1] + 5) * (1 + skew)
    times = np.cumsum(interval * random.uniform(0.9, 1.1, round(seconds / interval)))
    working = np.searchsorted(run_work, (times - offset) / (1 + skew)) % 2 == 1
    watts = IDLE_W + LOAD_W * working + random.normal(0, noise, len(times))
    kept = random.uniform(size=len(times)) >= drops
    return make_trace(times[kept], watts[kept]), offset


CONDITIONS = {
    "clean": {"noise": 0.001},
    "noise": {"noise": 0.02},
    "loud": {"noise": 0.1},
    "skew": {"skew": 2e-4},
    "drops": {"drops": 0.2},
    "slow": {"interval": 0.05, "noise": 0.02},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_marker_is_found_within_a_sample(name: str) -> None:
    choices = CONDITIONS[name]
    for seed in range(10):
        run, work = make_run(seed)
        trace, offset = record(work, seed, **choices)
        found = align(trace, run["markers"], run["chip_seconds"])
        for moment in (0.0, run["load"][0], run["load"][1]):
            error = abs(found.to_meter(moment) - (offset + moment * (1 + choices.get("skew", 0.0))))
            assert error <= found.error_s, f"seed {seed}"
            assert error <= choices.get("interval", 0.01) or name == "loud", f"seed {seed}"


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_energy_is_within_the_uncertainty(name: str, tmp_path: Path) -> None:
    inside = []
    for seed in range(20):
        run, work = make_run(seed)
        trace, _ = record(work, seed, **CONDITIONS[name])
        path = tmp_path / f"{seed}.csv"
        np.savetxt(path, np.transpose(trace), fmt="%.9g", delimiter=",", header="time_s,power_w", comments="")
        result = energy_from_meter(run, path, Instrument("whole board", 1e-6))
        scale = 1e6 * run["seconds"] / run["inferences"]
        above, total = scale * LOAD_W, scale * (IDLE_W + LOAD_W)
        inside.append(
            abs(result["uj_per_inference_minus_idle"] - above) <= result["uncertainty_minus_idle_uj"]
        )
        inside.append(abs(result["uj_per_inference"] - total) <= result["uncertainty_uj"])
        assert result["alignment"]["file"] == path.name
    assert np.mean(inside) >= 0.85


def test_a_simulated_load_is_never_called_measured(tmp_path: Path) -> None:
    run, work = make_run(1, synthetic=SyntheticSource())
    trace, _ = record(work, 1)
    path = tmp_path / "meter.csv"
    np.savetxt(path, np.transpose(trace), fmt="%.9g", delimiter=",", header="time_s,power_w", comments="")
    assert energy_from_meter(run, path, Instrument("whole board", 1e-6))["source"] == "simulated"


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "meter.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "volts", "watts"),
    [
        ("time_s,power_w\n0,1.5\n1,2\n", None, [1.5, 2.0]),
        ("Time (ms),Power [mW]\n0,1500\n1000,2000\n", None, [1.5, 2.0]),
        ("Timestamp(ms),Current(uA),D0-D7\n0,375000,0\n1000,500000,0\n", 4.0, [1.5, 2.0]),
        ("time_s;voltage_v;current_a\n0;5,0;0,3\n1;5,0;0,4\n", None, [1.5, 2.0]),
        (
            "Meter X1, serial 7\n\nTime [s]\tVoltage [V]\tCurrent [mA]\n0\t5\t300\n1\t5\t400\n",
            None,
            [1.5, 2.0],
        ),
        ("time_s,power_w\n2026-01-02T03:04:05Z,1.5\n2026-01-02T03:04:06Z,2\nend,\n", None, [1.5, 2.0]),
    ],
)
def test_columns(text: str, volts: float | None, watts: list[float], tmp_path: Path) -> None:
    trace = read_csv(csv(tmp_path, text), volts)
    assert np.diff(trace.times).tolist() == [1.0]
    assert trace.watts.tolist() == watts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n",
            "{}: the header must have columns time_s and power_w, or time_s, voltage_v and current_a, "
            "each with its unit, not 'a,b'; rename the columns in the file's first line.",
        ),
        (
            "time,power\n1,2\n",
            "{}: the header must have columns time_s and power_w, or time_s, voltage_v and current_a, "
            "each with its unit, not 'time,power'; rename the columns in the file's first line.",
        ),
        (
            "time_s,current_a\n1,2\n",
            "{}: the header must have columns time_s and power_w, or time_s, voltage_v and current_a, "
            "not a current without a voltage; give the voltage of the supply.",
        ),
        (
            "time_s,power_w\n1,2\n2,2\n0.5,2\n",
            "{}: sample 2: time must rise from sample to sample, not go from 2.000000 s to 0.500000 s; "
            "the clock of the instrument was set back: record again.",
        ),
    ],
)
def test_bad_files(text: str, message: str, tmp_path: Path) -> None:
    path = csv(tmp_path, text)
    with pytest.raises(PowerError, match=f"^{re.escape(message.format(path))}$"):
        read_csv(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PowerError, match=r"none\.csv: the file must be readable text, not '.*No such file"):
        read_csv(tmp_path / "none.csv")


def refusal(trace: Trace, run: dict[str, Any]) -> str:
    with pytest.raises(PowerError) as caught:
        align(trace, run["markers"], run["chip_seconds"])
    return str(caught.value)


def test_a_clock_that_jumps_is_refused() -> None:
    run, work = make_run(1)
    trace, _ = record(work, 1)
    for jump, text in ((0.2, r"\+0\.(19|2|20)\d*"), (2.0, r"\+(1\.99|2|2\.0)\d*")):
        later = trace.times + jump * (trace.times > 20)
        message = refusal(Trace(later, trace.watts), run)
        assert re.fullmatch(
            rf"meter: its clock must run evenly, not jump by {text} s in the 30\.5 s between the markers; "
            r"record again\.",
            message,
        ), message


def test_another_recording_is_refused() -> None:
    run, _ = make_run(1)
    times = np.arange(0, 60, 0.01)
    noise = np.random.default_rng(3).normal(2.5, 0.01, len(times))
    assert re.fullmatch(
        r"meter: the marker of the run must be found \(correlation at least 0\.7\), not missed "
        r"\(0\.[0-6]\d\); is it the recording of this run\? Else use a larger chip_seconds\.",
        refusal(make_trace(times, noise), run),
    )


def test_a_short_recording_is_refused() -> None:
    run, work = make_run(1)
    trace, _ = record(work, 1)
    half = Trace(trace.times[:2000], trace.watts[:2000])
    assert re.fullmatch(
        r"meter: the recording must last for the whole run \(38 s\), not -18 s of that; "
        r"start it before the run and stop it after\.",
        refusal(half, run),
    )


def test_alignment_maps_times() -> None:
    assert Alignment(10.0, 0.5, 1.0, 0.0).to_meter(4.0) == 16.0
