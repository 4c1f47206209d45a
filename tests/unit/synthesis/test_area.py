"""Counting cells: hierarchical statistics of Yosys become resources."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.synthesis.area import count_cells, synthesise

MODULES = {
    "top": {"LUT2": 3, "$scopeinfo": 1, "\\fifo": 2, "RAMB36E1": 1},
    "fifo": {"RAM32M": 2, "FDRE": 5, "RAMB18E1": 1, "DSP48E1": 1, "CARRY4": 2},
}


def test_cells_of_instances_are_counted_for_each_instance() -> None:
    result = count_cells(MODULES, "top", 1.5)
    assert result.resources == Resources(lut=3 + 2 * 2 * 4, ff=10, bram36=2.0, dsp=2, uram=0)
    assert result.cells["FDRE"] == 10
    assert result.seconds == 1.5


def test_modules_below_the_top_stand_with_all_their_instances() -> None:
    assert count_cells(MODULES, "top", 0.0).modules == {
        "fifo": Resources(lut=16, ff=10, bram36=1.0, dsp=2, uram=0)
    }
    inner = {"top": {"\\outer": 2}, "outer": {"\\inner": 3, "LUT2": 1}, "inner": {"FDRE": 1}}
    found = count_cells(inner, "top", 0.0).modules
    assert (found["outer"].lut, found["outer"].ff, found["inner"].ff) == (2, 6, 6)


MULTIPLY_ADD = """module mac (
  input logic ap_clk, input logic en, input logic signed [7:0] a, b, output logic signed [23:0] sum
);
  logic signed [15:0] product;
  always_ff @(posedge ap_clk) if (en) begin
    product <= a * b;
    sum <= sum + 24'(product);
  end
endmodule
"""


@pytest.mark.parametrize("family", ["xc7", "xcup"])
def test_registers_and_adders_go_into_slices_of_every_family(family: str, tmp_path: Path) -> None:
    source = tmp_path / "mac.sv"
    source.write_text(MULTIPLY_ADD)
    design = RtlDesign(tmp_path, "mac", (source,), (), (), HlsReport("none"))
    result = synthesise(design, family, tmp_path / "work", tmp_path / "log")
    assert result.resources == Resources(lut=0, ff=0, bram36=0, dsp=1, uram=0)


def test_an_unknown_family_is_refused(tmp_path: Path) -> None:
    design = RtlDesign(tmp_path, "top", (), (), (), HlsReport("none"))
    with pytest.raises(InputError, match=r"^synth: family must be one of xc7, xcu, xcup, not 'ecp5'\.$"):
        synthesise(design, "ecp5", tmp_path, tmp_path / "log")
