"""The kernels of benchmarks/hls stay exact, and so do the modules written by hand beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.hls.measure import compile_kernel, meets_intervals, run_exactly
from benchmarks.hls.suite import KERNELS

CALLS = 4  # a kernel; the measurements make more


@pytest.mark.slow
def test_kernels_and_yardsticks_do_what_the_cpp_does(tmp_path: Path) -> None:
    designs = {kernel.name: compile_kernel(kernel, tmp_path) for kernel in KERNELS}
    run_exactly(KERNELS, designs, {kernel.name: CALLS for kernel in KERNELS}, tmp_path)
    worse = {
        kernel.name: [loop.initiation_interval for loop in designs[kernel.name].report.loops]
        for kernel in KERNELS
        if not meets_intervals(kernel, designs[kernel.name].report)
    }
    assert worse == {}
