from __future__ import annotations

import re

import pytest

from asn2fpga.errors import InputError
from asn2fpga.hls.verilog_ports import Port, module_ports

ANSI = """
module other (input x); endmodule
(* keep = "yes" *)
module top #(parameter int A = 1, parameter int B = (2)) (
  input  wire        clk,  // input [7:0] not_a_port
  (* X = "input wire [3:0] nor_this" *)
  input  logic [11:0] address,
  output reg [32 - 1:0] data,
  output wire signed [ 1: 0] state
);
  input wire hidden;
endmodule
"""
OLD = """
module top (clk, data, valid);
input clk;
output [(64 - 1):0] data;
output valid; reg valid;
wire other;
endmodule
"""


def test_ports_in_the_header() -> None:
    assert module_ports(ANSI, "top") == (
        Port("input", "clk", 1),
        Port("input", "address", 12),
        Port("output", "data", 32),
        Port("output", "state", 2),
    )
    assert module_ports(ANSI, "other") == (Port("input", "x", 1),)


def test_ports_in_the_body() -> None:
    assert module_ports(OLD, "top") == (
        Port("input", "clk", 1),
        Port("output", "data", 64),
        Port("output", "valid", 1),
    )


def test_what_a_regular_expression_cannot_read() -> None:
    """Widths by parameters and functions, macros, modules that are not there."""
    text = """
`define BITS 7
module m #(parameter WIDTH = 8, parameter DEPTH = 5) (
  input [WIDTH-1:0] x, y, output reg [$clog2(DEPTH)-1:0] z, inout [`BITS:0] w
);
  elsewhere u(.a(x));
endmodule
"""
    assert module_ports(text, "m") == (
        Port("input", "x", 8),
        Port("input", "y", 8),
        Port("output", "z", 3),
        Port("inout", "w", 8),
    )


@pytest.mark.parametrize("module", ["missing", "unset"])
def test_module_that_is_not_there(module: str) -> None:
    text = f"{ANSI}module unset #(parameter int WIDTH) (input [WIDTH-1:0] x); endmodule\n"
    message = f"Verilog: there is no module {module} whose parameters all have a value."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        module_ports(text, module)


def test_width_that_is_no_number() -> None:
    message = "Verilog: the width of port x of m must be a number."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        module_ports("module m (input [WIDTH-1:0] x); endmodule", "m")
