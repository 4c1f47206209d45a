"""A seeded short run of the fuzzers; `make fuzz` and `make fuzz-headers` run them for long."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from asn2fpga.engine.clang import long_loops
from fuzz import fixed_point
from fuzz.batch import STALLS, run_batch
from fuzz.coverage import Coverage
from fuzz.generator import generate
from fuzz.program import render
from fuzz.shim import block, compare
from fuzz.shrink import shrink
from fuzz.widths import SEEDS_OF_A_PALETTE, palette_of

SEEDS = (range(6_800, 6_820), range(6_920, 6_940))  # two palettes of widths
FEWEST_TURNS = (long_loops.FEWEST_TURNS, 4)  # of loops that are unrolled in two steps
HEADER_SEEDS = range(12)


@pytest.mark.parametrize(("seeds", "fewest_turns"), [*zip(SEEDS, FEWEST_TURNS, strict=True)], ids=str)
def test_random_programs_become_rtl_that_does_the_same(
    seeds: range, fewest_turns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_loops, "FEWEST_TURNS", fewest_turns)
    outcomes = run_batch([generate(seed, f"p{seed}") for seed in seeds], tmp_path, STALLS[1:3])
    failed = [outcome for outcome in outcomes if outcome.failed]
    shown = [
        f"seed {outcome.program.seed}: {outcome.kind}: {outcome.detail}\n{render(outcome.program)}"
        for outcome in failed
    ]
    assert not failed, "\n".join(shown)


def test_the_shim_headers_equal_xilinx_headers(tmp_path: Path) -> None:
    found = compare(HEADER_SEEDS, tmp_path)
    assert not found, "\n".join(f"{difference}\n{block(difference.seed)}" for difference in found)


def test_fixed_point_equals_xilinx_headers(tmp_path: Path) -> None:
    found = compare(range(4), tmp_path, fixed_point.block, "xilinx with fixed point")
    shown = [f"{difference}\n{fixed_point.block(difference.seed)}" for difference in found]
    assert not found, "\n".join(shown)


def test_programs_use_every_construct() -> None:
    coverage = Coverage()
    for seeds in SEEDS:
        for seed in seeds:
            coverage.add(generate(seed, f"p{seed}"))
    assert all(coverage.counts.values()), coverage.table()


def test_palettes_together_have_every_width() -> None:
    palettes = [palette_of(number * SEEDS_OF_A_PALETTE) for number in range(192)]
    assert {width for palette in palettes for width in palette.widths} == {1, *range(3, 257)}


def test_a_program_is_the_same_for_the_same_seed() -> None:
    assert render(generate(3, "p")) == render(generate(3, "p"))


@pytest.mark.slow
def test_failing_programs_are_made_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an adder that subtracts, the smallest program that fails has an addition, and little else."""
    from asn2fpga.engine.ir.operations import OPERATIONS

    subtracting = dataclasses.replace(OPERATIONS["add"], verilog=OPERATIONS["sub"].verilog)
    monkeypatch.setitem(OPERATIONS, "add", subtracting)
    failed = next(
        o for o in run_batch([generate(seed, f"p{seed}") for seed in range(3)], tmp_path / "all") if o.failed
    )
    smallest = shrink(failed, tmp_path / "shrink")
    assert smallest.kind == failed.kind
    assert len(render(smallest.program)) < len(render(failed.program))
