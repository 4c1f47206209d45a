"""Source lines of nets, from the comments of the emitted Verilog."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.synthesis.timing.lines import line_of

VERILOG = """\
module count (
  input logic ap_clk
);
  logic [3:0] add;
  // loop (count.cpp:7)
  // count.cpp:8
  assign add = {1'd0, read} + 4'd1;
  assign also = add;
  // count.cpp:9
  assign slt = add[3];

  always_ff @(posedge ap_clk) begin
    other <= add;
  end
endmodule
"""


@pytest.mark.parametrize(
    ("net", "line"),
    [
        ("u_count.add[2]", "count.cpp:8"),
        ("u_count.also", "count.cpp:8"),
        ("slt", "count.cpp:9"),
        ("u_count.add_s2[0]", "count.cpp:8"),  # kept for a later stage
        ("u_count.loop_go0", "count.cpp:7"),
        ("u_count.other", ""),
    ],
)
def test_line_of_a_net(net: str, line: str, tmp_path: Path) -> None:
    verilog = tmp_path / "count.sv"
    verilog.write_text(VERILOG)
    assert line_of(net, f"{verilog}:4.15-4.18") == line


def test_nets_of_files_that_are_not_there_have_none() -> None:
    assert line_of("rdata", "/nowhere/techmap.v:1.2-3.4") == ""
    assert line_of("rdata", "") == ""
