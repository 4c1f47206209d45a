"""An external meter: columns of its CSV, and its clock found by the markers of the run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from power_traces import IDLE_W, LOAD_W, make_run, record, write_csv

from asn2fpga.runtime.power import SyntheticSource
from asn2fpga.runtime.power_meter import Alignment, align, energy_from_meter, read_csv
from asn2fpga.runtime.power_trace import Instrument, PowerError, Trace, make_trace

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
        write_csv(path, trace)
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
    write_csv(path, trace)
    assert energy_from_meter(run, path, Instrument("whole board", 1e-6))["source"] == "simulated"


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "meter.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("head", "row", "volts"),
    [
        ("time_s,power_w", "{s},{w}", None),
        ("Time (ms),Power [mW]", "{ms},{mw}", None),
        ("Timestamp(ms),Current(uA),D0-D7", "{ms},{ua},0", 4.0),
        ("time_s;voltage_v;current_a", "{s},0;4,0;{a}", None),
        ("Meter X1, serial 7\n\nTime [s]\tVoltage [V]\tCurrent [mA]", "{s}\t4\t{ma}", None),
        ("time_s,power_w", "2026-01-02T03:04:{s:02}Z,{w}", None),
    ],
)
def test_columns(head: str, row: str, volts: float | None, tmp_path: Path) -> None:
    watts = [1.5 + step / 8 for step in range(12)]
    rows = [
        row.format(
            s=s, ms=1000 * s, w=w, mw=1000 * w, a=f"{w / 4}".replace(".", ","), ma=250 * w, ua=250_000 * w
        )
        for s, w in enumerate(watts)
    ]
    trace = read_csv(csv(tmp_path, "\n".join([head, *rows, "end", ""])), volts)
    assert np.diff(trace.times).tolist() == [1.0] * 11
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
            "{}: sample 2: time must rise, but goes from 2.000000 s to 0.500000 s; "
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
            rf"meter: its clock jumped by {text} s in the 30\.5 s between the markers; "
            r"record again\.",
            message,
        ), message


def test_another_recording_is_refused() -> None:
    run, _ = make_run(1)
    times = np.arange(0, 60, 0.01)
    noise = np.random.default_rng(3).normal(2.5, 0.01, len(times))
    assert re.fullmatch(
        r"meter: the marker of the run was not found \(correlation must be at least 0\.7, not "
        r"0\.[0-6]\d\); is it the recording of this run\? Else use a larger chip_seconds\.",
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
