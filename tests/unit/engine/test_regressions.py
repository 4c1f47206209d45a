"""Programs on which the engine once was wrong: native C++ with Xilinx's headers equals stalled RTL."""

from __future__ import annotations

from pathlib import Path

from fuzz.batch import run_batch
from fuzz.regressions import read_program

REGRESSIONS = sorted((Path(__file__).parent / "regressions").glob("*.cpp"))


def test_every_regression_stays_fixed(tmp_path: Path) -> None:
    outcomes = run_batch([read_program(path) for path in REGRESSIONS], tmp_path)
    failed = [
        f"{outcome.program.name}: {outcome.kind}: {outcome.detail}" for outcome in outcomes if outcome.failed
    ]
    assert not failed
