"""The printed form of a process is lossless: parsed, it is the same process again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dense_graphs import dense_graph
from fuzz.batch import source_text
from fuzz.regressions import read_program
from mixed_graphs import mixed_graph

from asn2fpga.codegen.project import generate, source_file, top_name
from asn2fpga.device.binding import ECP5
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.clang.syntax import Module
from asn2fpga.engine.ir.parse import parse_process
from asn2fpga.engine.ir.printed import format_process
from asn2fpga.engine.ir.process import NOTHING, Exit, Memory, Op, Port, Process, Region
from asn2fpga.engine.passes.pipeline import passes
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import find_calls, find_top
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.rtl import HlsProject
from asn2fpga.toolchain.plan import BuildPlan

DELAYS = delay_model("xc7z020clg400-1", 10.0)
REGRESSIONS = sorted((Path(__file__).parents[1] / "regressions").glob("*.cpp"))
NETWORKS = {
    "mixed": mixed_graph(),
    "dense": with_lanes(dense_graph(24, 16, 10), {"fc1": 8, "fc2": 5}),
}


def assert_printed_and_parsed(process: Process) -> None:
    text = format_process(process)
    parsed = parse_process(text)
    assert parsed == process
    assert format_process(parsed) == text


def steps(module: Module, top: str) -> Iterator[Process]:
    """Every process as it is read, and after each pass."""
    locations = Locations(module)
    for call in find_calls(module, find_top(module, top), locations):
        process = read_process(module, call.function, locations, endless=True)
        yield process
        for step in passes(DELAYS):
            process = step(process)
            yield process


def compiled(source: Path) -> Module:
    project = HlsProject(source.parent, source, (), "", "", 10.0)
    return parse_module(optimise(compile_to_llvm(project, source.parent / "work")))


def test_processes_of_the_regressions(tmp_path: Path) -> None:
    programs = [read_program(path) for path in REGRESSIONS]
    (tmp_path / "programs.cpp").write_text(source_text(programs))
    module = compiled(tmp_path / "programs.cpp")
    for program in programs:
        for process in steps(module, program.top):
            assert_printed_and_parsed(process)


@pytest.mark.parametrize("graph", NETWORKS.values(), ids=NETWORKS)
def test_processes_of_networks(graph: Graph, tmp_path: Path) -> None:
    BuildPlan(generate(graph, "0" * 64, "0")).write(tmp_path)
    module = compiled(tmp_path / source_file(graph))
    for process in steps(module, top_name(graph)):
        assert_printed_and_parsed(process)


def test_names_that_are_no_plain_words(tmp_path: Path) -> None:
    ram = Memory('a "b"', 2, 8, (1, 255), True, "x y", True, True, 2, True, True, ECP5, "::x\\y")
    region = Region(
        "at",
        True,
        (1,),
        (2,),
        (Exit(3, "at", {1: 0}),),
        {1: 2},
        2,
        {ram.name: 3},
        frozenset({ram.name}),
        True,
        "my file.cpp:1",
        True,
    )
    ops = {
        0: Op(0, "constant", 8, value=7, location="at"),
        1: Op(1, "phi", 8, name="at", location="dot at.cpp:3"),
        2: Op(2, "load", 8, (1,), 1, ram.name, NOTHING, "ä.cpp:1", "größe;"),
        3: Op(3, "phi", 1),
    }
    assert_printed_and_parsed(
        Process("%0:", (Port("=", "in", 9, 1, 4, "a b", 2, (("keep", 1),)),), (ram,), ops, (region,), "", 2)
    )


TEXT = """process p
  stream out out u4 last=0
  %0: u4 = constant 3
  block work interval=0
    %1: u4 = not %0
    %2: u4 = write @out %1
    exit otherwise to work
"""


def test_a_process_written_by_hand() -> None:
    process = parse_process(TEXT)
    assert [process.ops[number].kind for number in process.regions[0].ops] == ["not", "write"]
    assert format_process(process) == TEXT


@pytest.mark.parametrize(
    ("old", "new", "number", "line"),
    [
        ("not %0", "plus %0", 5, "'%1: u4 = plus %0'"),
        ("u4 = not", "4 = not", 5, "'%1: 4 = not %0'"),
        ("@out %1", "@out %1 out", 6, "'%2: u4 = write @out %1 out'"),
        ("otherwise", "perhaps", 7, "'exit perhaps to work'"),
        ("block", "room", 4, "'room work interval=0'"),
        ("interval=0", "", 4, "'block work'"),
        ("last=0", "last=x", 2, "'stream out out u4 last=x'"),
        ("constant 3", "constant three", 3, "'%0: u4 = constant three'"),
    ],
)
def test_other_lines_are_refused(old: str, new: str, number: int, line: str) -> None:
    message = (
        f"line {number} of a process: {line} must be a line of the printed form, as "
        "engine/ir/printed.py says."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_process(TEXT.replace(old, new))
