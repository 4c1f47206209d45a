"""One operator for two that exclude each other, where that is smaller."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.batch import source_text
from fuzz.interpret import interpret
from fuzz.regressions import read_program

from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.process import Exit, Op, Port, Process, Region
from asn2fpga.engine.passes.narrow import narrow
from asn2fpga.engine.passes.share_operators import share_operators
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import find_calls, find_top
from asn2fpga.rtl import HlsProject


def choice(
    kind: str, widths: tuple[int, ...], signs: tuple[int, int] = (0, 0), same: bool = False
) -> Process:
    """`c ? a op b : d op e` of phis; `same`: d is a."""
    builder = Builder(fold)
    condition = builder.phi(1)
    a, b, d, e = (builder.phi(width) for width in widths)
    builder.start_region()
    width = max(widths) if kind != "mul" else widths[0] + widths[1]
    first = builder.add(Op(0, kind, width, (a, b), value=signs[0]))
    second = builder.add(Op(0, kind, width, (e, a) if same else (d, e), value=signs[1]))
    chosen = builder.make("select", condition, first, second, width=width)
    builder.add(Op(0, "write", width, (chosen,), target="out"))
    region = Region("block", False, (condition, a, b, d, e), tuple(builder.region_ops), (Exit(-1, "block"),))
    return Process("work", (Port("out", "out", width),), (), builder.ops, (region,))


@pytest.mark.parametrize(
    ("kind", "widths", "signs", "shared"),
    [
        ("mul", (16, 16, 16, 16), (3, 3), 1),
        ("mul", (24, 17, 24, 17), (0, 0), 1),
        ("mul", (8, 3, 8, 3), (1, 1), 1),  # also in look-up tables
        ("mul", (16, 16, 16, 16), (1, 2), 1),  # the signed operands meet
        ("mul", (16, 16, 16, 16), (0, 3), 0),  # no multiplier is right for both
        ("mul", (24, 17, 17, 24), (0, 0), 1),  # the wide operands meet
        ("mul", (1, 1, 24, 17), (0, 0), 0),  # one of them is an AND
        ("udiv", (9, 9, 9, 9), (0, 0), 1),
        ("srem", (9, 9, 9, 9), (0, 0), 1),
    ],
)
def test_what_is_shared(kind: str, widths: tuple[int, ...], signs: tuple[int, int], shared: int) -> None:
    process = narrow(share_operators(choice(kind, widths, signs)))
    assert process.shared == shared
    assert sum(process.ops[number].kind == kind for number in process.regions[0].ops) == 2 - shared


def test_an_operand_of_both_needs_no_multiplexer() -> None:
    process = narrow(share_operators(choice("mul", (16, 16, 16, 16), same=True)))
    assert process.shared == 1
    kinds = [process.ops[number].kind for number in process.regions[0].ops]
    assert kinds.count("mul") == kinds.count("select") == 1


def test_chains_share_one_operator_and_keep_what_they_do(tmp_path: Path) -> None:
    program = read_program(Path(__file__).parents[1] / "regressions" / "shared_operators.cpp")
    source = tmp_path / "program.cpp"
    source.write_text(source_text([program]))
    module = parse_module(optimise(compile_to_llvm(HlsProject(tmp_path, source, (), "", "", 10.0), tmp_path)))
    locations = Locations(module)
    (call,) = find_calls(module, find_top(module, program.top), locations)
    process = narrow(read_process(module, call.function, locations, endless=True))
    shared = share_operators(process)
    assert shared.shared >= 4
    assert interpret(shared, program.inputs) == interpret(process, program.inputs)
