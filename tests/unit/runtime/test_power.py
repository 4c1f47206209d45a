"""The measurement itself: what is run when, sampled by a thread; and the files as the board has them."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_power_meter import Stopwatch, make_run

from asn2fpga.runtime.power import MARKER, measure, measure_all, record_run
from asn2fpga.runtime.power_trace import Instrument, PowerError

RUNTIME = Path(__file__).parents[3] / "asn2fpga" / "runtime"
FILES = sorted(RUNTIME.glob("power*.py"))


class Board:
    """A board that draws 2 W, and 1 W more while it works; a real clock, so only coarse figures are exact."""

    def __init__(self, synthetic: bool = False) -> None:
        self.working_until = 0.0
        self.instrument = Instrument("rail INT: PL only", 0.001, synthetic=synthetic)

    def run_once(self) -> int:
        self.working_until = time.perf_counter() + 0.08
        time.sleep(0.002)
        return 10

    def read(self) -> float:
        return 3.0 if time.perf_counter() < self.working_until else 2.0


def test_measure() -> None:
    board = Board()
    result = measure(board.run_once, board, 0.3, idle_seconds=0.2, warm_up=0.1, interval=0.002)
    assert result["source"] == "measured" and result["scope"] == "rail INT: PL only"
    assert result["inferences"] % 10 == 0 and 0.3 <= result["seconds"] < 0.6
    assert result["idle_w"] == pytest.approx(2.0)
    above = 1e6 * result["seconds"] / result["inferences"]
    assert result["uj_per_inference_minus_idle"] == pytest.approx(above, rel=0.2)
    json.dumps(result, allow_nan=False)


def test_several_sensors_are_sampled_in_turn() -> None:
    board, other = Board(), SimpleNamespace(instrument=Instrument("rail 12V", 0.01), read=lambda: 12.0)
    results = measure_all(
        lambda: board.run_once() and None, [board, other], 0.2, idle_seconds=0.1, warm_up=0.02, interval=0.002
    )
    assert [result["scope"] for result in results] == ["rail INT: PL only", "rail 12V"]
    assert results[1]["load_w"] == pytest.approx(12.0)
    assert results[0]["inferences"] == results[1]["inferences"] < 150  # None counts as one


def test_a_synthetic_source_measures_nothing() -> None:
    board = Board(synthetic=True)
    result = measure(board.run_once, board, 0.2, idle_seconds=0.1, warm_up=0.02, interval=0.002)
    assert result["source"] == "simulated"


def test_a_sensor_that_fails() -> None:
    def read() -> float:
        raise OSError("remote I/O error")

    source = SimpleNamespace(instrument=Instrument("rail INT", 0.01), read=read)
    with pytest.raises(PowerError, match=r"^rail INT: reading it failed: remote I/O error$"):
        measure(lambda: None, source, 0.01, idle_seconds=0.01, warm_up=0.005, interval=0.001)


def test_the_order_of_a_run() -> None:
    run, work = make_run(5, seconds=8.0, idle_seconds=3.0, warm_up=2.0, chip_seconds=0.5)
    assert list(run) == [
        "schema", "chip_seconds", "markers", "idle_before", "load", "idle_after", "inferences", "seconds"
    ]  # fmt: skip
    assert run["schema"] == "asn2fpga.energy-run/1"
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
    clock = Stopwatch()
    message = (
        "run_once: it must take at most 0.125 s, a quarter of a chip of the marker, not 0.3 s; "
        "use a smaller batch, or a larger chip_seconds."
    )
    with pytest.raises(PowerError, match=f"^{re.escape(message)}$"):
        record_run(lambda: clock.sleep(0.8), clock=clock)


def test_something_must_be_run() -> None:
    clock = Stopwatch()

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
