"""Operations of several cycles: native C++ with Xilinx's headers equals stalled RTL made for 250 MHz."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import batch
from fuzz.regressions import read_program

PROGRAMS = sorted((Path(__file__).parent / "fast_clock").glob("*.cpp"))


def test_operations_of_several_cycles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CLOCK_NS", 4.0)
    outcomes = batch.run_batch([read_program(path) for path in PROGRAMS], tmp_path)
    failed = [
        f"{outcome.program.name}: {outcome.kind}: {outcome.detail}" for outcome in outcomes if outcome.failed
    ]
    assert not failed
    texts = [path.read_text() for path in tmp_path.glob("*/*.sv")]
    assert any("_p0 <= " in text or "mul_p0" in text for text in texts)  # registers inside a product
