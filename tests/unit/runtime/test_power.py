"""The measurement itself: what is run when, sampled by a thread; and the files as the board has them."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from power_traces import make_run

from asn2fpga.runtime.power import (
    MARKER,
    Clock,
    SimulatedClock,
    SyntheticSource,
    measure,
    measure_all,
    record_run,
)
from asn2fpga.runtime.power_trace import Instrument, PowerError

RUNTIME = Path(__file__).parents[3] / "asn2fpga" / "runtime"
FILES = sorted(RUNTIME.glob("power*.py"))


class Board:
    """A board that draws 2 W, and 1 W more while it works; a call takes 1/256 s and does ten inferences."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock
        self.working = False
        self.instrument = Instrument("rail INT: PL only", 1 / 64)

    def run_once(self) -> int:
        self.working = True
        self.clock.sleep(1 / 256)
        self.working = False
        return 10

    def read(self) -> float:
        return 3.0 if self.working else 2.0


def test_measure() -> None:
    clock = SimulatedClock()
    board = Board(clock)
    result = measure(board.run_once, board, clock=clock)
    assert (result["source"], result["scope"]) == ("measured", "rail INT: PL only")
    assert result["inferences"] == 25_600 and result["seconds"] == 10
    assert (round(result["idle_w"], 9), round(result["load_w"], 9)) == (2, 3)
    assert round(result["uj_per_inference"], 6) == 1171.875
    assert round(result["uj_per_inference_minus_idle"], 6) == 390.625
    assert result["samples"] in (499, 500, 501) and result["gap_seconds"] == 0
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_several_sensors_are_sampled_in_turn() -> None:
    clock = SimulatedClock()
    board, other = Board(clock), SimpleNamespace(instrument=Instrument("rail 12V", 0.01), read=lambda: 12.0)
    results = measure_all(lambda: board.run_once() and None, [board, other], 1.0, clock=clock)
    assert [result["scope"] for result in results] == ["rail INT: PL only", "rail 12V"]
    assert [round(result["load_w"], 9) for result in results] == [3, 12]
    assert [result["inferences"] for result in results] == [256, 256]  # None counts as one


def test_a_synthetic_source_measures_nothing() -> None:
    clock, source = SimulatedClock(), SyntheticSource()
    result = measure(lambda: clock.sleep(0.002), source, 5.0, clock=clock)
    assert (result["source"], result["scope"]) == ("simulated", "synthetic source, not a board")
    assert result["method"].startswith(
        "Made up by a synthetic source, nothing was measured: synthetic source"
    )
    above = 1e6 * 0.4 * result["seconds"] / result["inferences"]
    assert abs(result["uj_per_inference_minus_idle"] - above) < result["uncertainty_minus_idle_uj"]
    assert not source.working


def test_the_real_clock() -> None:
    calls: list[float] = []
    clock = Clock()
    end = clock.repeat(0.001, lambda: calls.append(clock.now()))
    while len(calls) < 3:
        clock.sleep(0.001)
    end()
    count = len(calls)
    clock.sleep(0.01)
    assert len(calls) == count and calls == sorted(calls)


def test_a_sensor_that_fails() -> None:
    clock = SimulatedClock()

    def read() -> float:
        raise OSError("remote I/O error")

    source = SimpleNamespace(instrument=Instrument("rail INT", 0.01), read=read)
    with pytest.raises(PowerError, match=r"^rail INT: reading it failed: remote I/O error$"):
        measure(lambda: clock.sleep(0.1), source, clock=clock)


def test_the_order_of_a_run() -> None:
    run, work = make_run(5, seconds=8.0, idle_seconds=3.0, warm_up=2.0, chip_seconds=0.5)
    assert list(run) == [
        *("schema", "simulated", "model_sha256", "board", "clock_mhz", "chip_seconds", "markers"),
        *("idle_before", "load", "idle_after", "inferences", "seconds"),
    ]
    assert run["schema"] == "asn2fpga.energy-run/1" and run["simulated"] is False
    first, last = run["markers"]
    assert len(first) == len(last) == sum(MARKER)
    assert first[0][0] == 0.5 and run["idle_before"] == [0.5 + 14 * 0.5 + 2.0, 0.5 + 14 * 0.5 + 5.0]
    assert run["load"][0] >= run["idle_before"][1] + 2.0
    assert run["seconds"] == run["load"][1] - run["load"][0] >= 8.0
    assert run["idle_after"][0] == run["load"][1] + 2.0
    calls = work.reshape(-1, 2)
    counted = (calls[:, 0] >= run["load"][0] - 1e-9) & (calls[:, 1] <= run["load"][1] + 1e-9)
    assert run["inferences"] == 64 * counted.sum()
    assert json.loads(json.dumps(run)) == run


def test_a_marker_needs_short_batches() -> None:
    clock = SimulatedClock()
    message = (
        "run_once: it must take at most 0.125 s, a quarter of a chip of the marker, not 0.3 s; "
        "use a smaller batch, or a larger chip_seconds."
    )
    with pytest.raises(PowerError, match=f"^{re.escape(message)}$"):
        record_run(lambda: clock.sleep(0.8), clock=clock)


def test_something_must_be_run() -> None:
    clock = SimulatedClock()

    def nothing() -> int:
        clock.sleep(0.1)
        return 0

    with pytest.raises(PowerError, match=r"^run_once: it must run at least one inference, not 0\.$"):
        record_run(nothing, clock=clock)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_stand_alone(path: Path) -> None:
    """Standard library, numpy and each other; syntax of Python 3.8."""
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    flat = {name.stem for name in FILES}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            part = name.split(".")[0]
            assert part in {*sys.stdlib_module_names, *flat, "numpy", "__future__"} or name.startswith(
                "asn2fpga.runtime."
            )


def test_the_files_work_beside_each_other(tmp_path: Path) -> None:
    for path in FILES:
        shutil.copy(path, tmp_path)
    code = "import power, power_meter, sys; print(power.measure.__module__, 'asn2fpga' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "power False\n"
