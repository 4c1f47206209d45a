"""RTL of the map kernels equals numpy, with and without stalls on every stream, with FIFOs of two words."""

from __future__ import annotations

from pathlib import Path

import pytest
from map_convolutions import random_convolution
from map_designs import run_rtl, synthesise
from map_populations import random_population
from map_streams import KERNELS

CONVOLUTIONS = (40, 41, 43, 47)
POPULATIONS = (2, 24, 32, 58)
OTHERS = range(2)


@pytest.mark.slow  # natively every time
def test_rtl_is_exact_with_and_without_stalls(tmp_path: Path) -> None:
    made = [random_convolution(seed).design(f"conv_{seed}", seed) for seed in CONVOLUTIONS]
    made += [random_population(seed).design(f"population_{seed}", seed) for seed in POPULATIONS]
    made += [make(f"{name}_{seed}", seed) for name, make in KERNELS.items() for seed in OTHERS]
    designs = [design for design, _ in made]
    rtl = {design.name: synthesise(design, tmp_path / design.name) for design in designs}
    intervals = {name: [loop.initiation_interval for loop in each.report.loops] for name, each in rtl.items()}
    assert {name: found for name, found in intervals.items() if set(found) != {1}} == {}
    expected = {design.name: words for design, words in made}
    for stalls, runs in run_rtl(designs, rtl, expected, tmp_path / "simulation").items():
        for design, run in zip(designs, runs, strict=True):
            assert run.outputs == expected[design.name], (design.name, "stalls" if stalls else "no stalls")
