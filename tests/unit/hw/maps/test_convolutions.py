"""Convolutions of any geometry by window, expand and gather: equal to numpy, natively and as RTL."""

from __future__ import annotations

from pathlib import Path

import pytest
from map_convolutions import random_convolution
from map_designs import run_native, run_rtl, synthesise

SEEDS = range(40, 64)


@pytest.mark.parametrize("first", SEEDS[::8])
def test_any_geometry_is_exact(first: int, tmp_path: Path) -> None:
    made = [random_convolution(seed).design(f"conv_{seed}", seed) for seed in range(first, first + 8)]
    found = run_native([design for design, *_ in made], tmp_path)
    for design, expected, _ in made:
        assert found[design.name] == expected, design.name
