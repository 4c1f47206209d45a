"""Map kernels natively: equal to numpy for any geometry, several inferences one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from map_convolutions import random_convolution
from map_designs import Design, run_native
from map_populations import random_population
from map_streams import KERNELS

from benchmarks.hls.suite import Words


def _check(made: list[tuple[Design, Words]], work: Path) -> None:
    found = run_native([design for design, _ in made], work)
    assert [design.name for design, expected in made if found[design.name] != expected] == []


@pytest.mark.parametrize("first", [0, 40])
def test_convolutions_of_any_geometry_are_exact(first: int, tmp_path: Path) -> None:
    seeds = range(first, first + 16)  # with seed 53: a window's word may come before anything is stored
    _check([random_convolution(seed).design(f"conv_{seed}", seed) for seed in seeds], tmp_path)


def test_populations_of_any_kind_are_exact(tmp_path: Path) -> None:
    seeds = range(12)  # with seed 2: a current beside frames that are held
    _check([random_population(seed).design(f"population_{seed}", seed) for seed in seeds], tmp_path)


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_beside_windows_are_exact(kernel: str, tmp_path: Path) -> None:
    _check([KERNELS[kernel](f"{kernel}_{seed}", seed) for seed in range(12)], tmp_path)
