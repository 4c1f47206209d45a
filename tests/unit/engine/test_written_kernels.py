"""Kernels as engineers write them: native C++ with Xilinx's headers equals stalled RTL."""

from __future__ import annotations

from pathlib import Path

from fuzz.batch import run_batch
from fuzz.kernels import read_kernel

KERNELS = sorted((Path(__file__).parent / "kernels").glob("*.cpp"))


def test_every_kernel_becomes_rtl_that_does_the_same(tmp_path: Path) -> None:
    kernels = [read_kernel(path) for path in KERNELS]
    outcomes = run_batch(kernels, tmp_path, reference="xilinx with fixed point")
    failed = [
        f"{outcome.program.name}: {outcome.kind}: {outcome.detail}" for outcome in outcomes if outcome.failed
    ]
    assert not failed, "\n".join(failed)
