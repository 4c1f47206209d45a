"""Kernels as engineers write them: native C++ with Xilinx's headers equals stalled RTL."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.batch import run_batch
from fuzz.kernels import read_kernel

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject
from asn2fpga.verify.lint import lint

PART = "xc7z020clg400-1"
KERNELS = sorted((Path(__file__).parent / "kernels").glob("*.cpp"))


def test_every_kernel_becomes_rtl_that_does_the_same(tmp_path: Path) -> None:
    kernels = [read_kernel(path) for path in KERNELS]
    outcomes = run_batch(kernels, tmp_path, reference="xilinx with fixed point")
    failed = [
        f"{outcome.program.name}: {outcome.kind}: {outcome.detail}" for outcome in outcomes if outcome.failed
    ]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", ["polling", "arguments", "fixed_filter", "vectors", "uart_parser"])
def test_all_tools_take_the_rtl(name: str, tmp_path: Path) -> None:
    source = Path(__file__).parent / "kernels" / f"{name}.cpp"
    project = HlsProject(tmp_path, source, (), name, PART, 10.0)
    design = compile_project(project, tmp_path / "rtl")
    assert "yosys" in lint(design, tmp_path, tmp_path).passed


def test_a_state_machine_has_an_interval_of_one(tmp_path: Path) -> None:
    """Its state, count and sum are written in several branches of a switch."""
    source = Path(__file__).parent / "kernels" / "uart_parser.cpp"
    report = compile_project(HlsProject(tmp_path, source, (), "uart_parser", PART, 10.0), tmp_path).report
    assert [loop.initiation_interval for loop in report.loops] == [1]
