"""Lint and synthesis with the real tools, on a hand-written core."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
import tiny
from needs import need

from asn2fpga.errors import CheckError, ToolError
from asn2fpga.synthesis.area import synthesise
from asn2fpga.verify.lint import LINTERS, lint


@pytest.fixture
def network(tmp_path: Path) -> tiny.Tiny:
    (tmp_path / "rtl").mkdir()
    return tiny.make_tiny(tmp_path / "rtl")


def edited(network: tiny.Tiny, old: str, new: str) -> tiny.Tiny:
    source = network.design.verilog[0]
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new, 1))
    return network


def test_clean_rtl_passes_every_tool(network: tiny.Tiny, tmp_path: Path) -> None:
    need("iverilog")
    result = lint(network.design, tmp_path, tmp_path)
    assert result.passed == ("verilator", "icarus", "yosys", "slang")
    assert result.skipped == ()


def test_a_missing_simulator_is_said(
    network: tiny.Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which
    monkeypatch.setattr("shutil.which", lambda name: None if name == "iverilog" else real(name))
    assert lint(network.design, tmp_path, tmp_path).skipped == ("icarus",)


def test_a_warning_is_a_failure_with_the_real_line(network: tiny.Tiny, tmp_path: Path) -> None:
    edited(network, "reg waited;", "reg waited, never_read;")
    message = (
        r"^lint, verilator: RTL must give no warning, not 1; "
        r"first: %Warning-UNUSEDSIGNAL: .*'never_read'.*; log: .*lint-verilator\.log$"
    )
    with pytest.raises(CheckError, match=message):
        lint(network.design, tmp_path, tmp_path)


def test_what_icarus_cannot_do_exactly_is_a_failure(network: tiny.Tiny, tmp_path: Path) -> None:
    """It says `sorry: constant selects in always_* processes` and goes on with all bits."""
    need("iverilog")
    source = network.design.verilog[0]
    ports = "input logic clk, input logic [1:0] both, output logic one"
    body = "always_comb begin one = clk; if (both[0]) one = !clk; end"
    unused = "logic unused; assign unused = both[1];"
    source.write_text(f"module {network.design.top}({ports}); {body} {unused} endmodule\n")
    with pytest.raises(CheckError, match=r"^lint, icarus: RTL must give no warning, not 1; first: .*sorry: "):
        lint(dataclasses.replace(network.design, verilog=(source,)), tmp_path, tmp_path)


def test_a_syntax_error_is_a_failure_with_the_real_line(network: tiny.Tiny, tmp_path: Path) -> None:
    edited(network, "reg waited;", "reg waited")
    with pytest.raises(CheckError, match=r"^lint, verilator: .*; first: %Error: .*syntax error"):
        lint(network.design, tmp_path, tmp_path)


def test_synthesis_counts_what_the_core_is_made_of(network: tiny.Tiny, tmp_path: Path) -> None:
    result = synthesise(network.design, "xc7", tmp_path / "synth", tmp_path / "synth.log")
    assert result.source == "yosys synth_xilinx"
    assert result.resources.dsp == 3
    assert result.resources.bram36 == 0
    assert 300 < result.resources.lut < 700
    assert 300 < result.resources.ff < 400
    assert result.modules["tiny_readout"].dsp == 1


def test_a_missing_module_is_a_tool_error_with_the_real_line(network: tiny.Tiny, tmp_path: Path) -> None:
    design = dataclasses.replace(network.design, top="nothing")
    with pytest.raises(ToolError, match=r"^python.*: exit status must be 0, not 1\.\n    ERROR: .*nothing"):
        synthesise(design, "xc7", tmp_path / "synth", tmp_path / "synth.log")


def test_a_warning_of_icarus_alone_is_found(
    network: tiny.Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("iverilog")
    monkeypatch.setattr("asn2fpga.verify.lint.LINTERS", {"icarus": LINTERS["icarus"]})
    edited(network, "module tiny_core", "`timescale 1ns/1ps\nmodule tiny_core")
    with pytest.raises(
        CheckError, match=r"^lint, icarus: RTL must give no warning, not \d+; first: .*warning: "
    ):
        lint(network.design, tmp_path, tmp_path)


def test_a_warning_of_yosys_alone_is_found(
    network: tiny.Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(network, "assign m_axis_TSTRB = 4'hf;", "wire [3:0] nothing;\n  assign m_axis_TSTRB = nothing;")
    monkeypatch.setattr("asn2fpga.verify.lint.LINTERS", {"yosys": LINTERS["yosys"]})
    with pytest.raises(
        CheckError, match=r"^lint, yosys: RTL must give no warning, not \d+; first: Warning: "
    ):
        lint(network.design, tmp_path, tmp_path)
