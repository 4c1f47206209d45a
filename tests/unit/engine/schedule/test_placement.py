"""Delaying operations one by one ends where placing everything at once would; nothing runs too early."""

from __future__ import annotations

import random

import pytest
from fuzz.batch import source_text
from fuzz.generator import generate

from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.ir.process import Process, Region
from asn2fpga.engine.passes.pipeline import simplify
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import find_calls, find_top
from asn2fpga.engine.schedule.operators import find_operators
from asn2fpga.engine.schedule.placement import Placement
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.rtl import HlsProject

DELAYS = delay_model("xc7z020clg400-1", 6.0)


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Process, Region]]:
    """All regions of some random programs."""
    work = tmp_path_factory.mktemp("placement")
    programs = [generate(seed, f"p{seed}") for seed in range(150, 158)]
    source = work / "programs.cpp"
    source.write_text(source_text(programs))
    module = parse_module(optimise(compile_to_llvm(HlsProject(work, source, (), "", "", 6.0), work)))
    locations = Locations(module)
    processes = [
        simplify(read_process(module, call.function, locations, endless=True), DELAYS)
        for program in programs
        for call in find_calls(module, find_top(module, program.top), locations)
    ]
    return [(process, region) for process in processes for region in process.regions if region.ops]


def place(process: Process, region: Region, earliest: list[tuple[int, int]]) -> Placement:
    placement = Placement(process, region, DELAYS, find_operators(process, region, DELAYS))
    for value, stage in earliest:
        placement.delay(value, stage)
    return placement


def test_the_order_of_delays_does_not_matter(regions: list[tuple[Process, Region]]) -> None:
    rng = random.Random(7)
    for process, region in regions:
        values = (*region.phis, *region.ops)
        asked = [(value, rng.randrange(5)) for value in dict.fromkeys(rng.choices(values, k=6))]
        first, second = (place(process, region, order) for order in (asked, asked[::-1]))
        assert (first.stage, first.available, first.time) == (second.stage, second.available, second.time)
        assert all(first.stage[value] >= stage for value, stage in asked)


def test_nothing_runs_before_its_arguments(regions: list[tuple[Process, Region]]) -> None:
    for process, region in regions:
        placement = place(process, region, [(region.ops[0], 2)])
        for number in region.ops:
            for arg in process.ops[number].args:
                there = placement.available.get(arg, -1)
                assert there <= placement.stage[number]
                if there == placement.available[number]:
                    assert placement.time[arg] <= placement.time[number]


def test_a_copy_is_changed_on_its_own(regions: list[tuple[Process, Region]]) -> None:
    process, region = regions[0]
    placement = place(process, region, [])
    twin = placement.copy()
    twin.delay(region.ops[0], 3)
    assert placement.stage[region.ops[0]] < twin.stage[region.ops[0]] == 3
