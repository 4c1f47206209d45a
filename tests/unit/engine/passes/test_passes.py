"""Every pass keeps what a process does: random programs, interpreted before and after each pass."""

from __future__ import annotations

import pytest
from fuzz.batch import source_text
from fuzz.generator import generate
from fuzz.interpret import interpret
from fuzz.program import Program

from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.ir.verify import verify
from asn2fpga.engine.passes.narrow import narrow
from asn2fpga.engine.passes.pipeline import passes
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import find_calls, find_top
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.rtl import HlsProject

SEEDS = range(50, 58)
DELAYS = delay_model("xc7z020clg400-1", 10.0)


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Program, Process]]:
    """First processes of random programs, as read from LLVM."""
    work = tmp_path_factory.mktemp("passes")
    programs = [generate(seed, f"p{seed}") for seed in SEEDS]
    source = work / "programs.cpp"
    source.write_text(source_text(programs))
    module = parse_module(optimise(compile_to_llvm(HlsProject(work, source, (), "", "", 10.0), work)))
    locations = Locations(module)
    tops = [find_top(module, program.top) for program in programs]
    functions = [find_calls(module, top, locations)[0].function for top in tops]
    return [
        (program, read_process(module, function, locations, endless=True))
        for program, function in zip(programs, functions, strict=True)
    ]


def test_every_pass_keeps_what_a_process_does(processes: list[tuple[Program, Process]]) -> None:
    for program, process in processes:
        expected = interpret(process, program.inputs)
        for step in passes(DELAYS):
            process = verify(step(process), step.__name__)
            assert interpret(process, program.inputs) == expected, f"seed {program.seed}, {step.__name__}"


def test_narrowing_never_widens(processes: list[tuple[Program, Process]]) -> None:
    for _, process in processes:
        assert _bits(narrow(process)) <= _bits(process)


def _bits(process: Process) -> int:
    return sum(
        process.ops[value].width for region in process.regions for value in (*region.phis, *region.ops)
    )
