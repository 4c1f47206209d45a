"""What the tests of the Vivado plan share: a toy accelerator, and running a plan with the stand-in."""

from __future__ import annotations

import os
from pathlib import Path

from needs import need

from asn2fpga.board.spec import BoardSpec, find_board
from asn2fpga.board.vivado import VivadoProject
from asn2fpga.rtl import HlsReport, RtlDesign

MOCK_VIVADO = Path(__file__).parents[2] / "mock_tools" / "vivado"
LAYERS = ("encode", "fc1", "fc1_deep", "fc2")
SAIF = "(SAIFILE (INSTANCE testbench (INSTANCE system_wrapper (INSTANCE system_i))))\n"

TOP = """module asn2fpga_accelerator (
  input wire clk, input wire rst_n,
  input wire [11:0] s_axi_awaddr, input wire s_axi_awvalid,
  input wire [31:0] s_axis_tdata, input wire s_axis_tvalid,
  output wire [31:0] m_axis_tdata, output wire m_axis_tvalid
);
endmodule
"""


def toy_accelerator(folder: Path) -> RtlDesign:
    """Files with the ports that the block design asks for, and nothing in them."""
    folder.mkdir(parents=True, exist_ok=True)
    top, core, memory = (folder / name for name in ("asn2fpga_accelerator.v", "toy_core.sv", "weights.mem"))
    top.write_text(TOP)
    core.write_text("module toy_core; endmodule\n")
    memory.write_text("00\n")
    return RtlDesign(folder, "asn2fpga_accelerator", (core, top), (memory,), (), HlsReport("llvm"))


def toy_project(folder: Path, board: str | BoardSpec = "pynq-z2", activity: str = "") -> VivadoProject:
    """A project of the toy accelerator."""
    spec = find_board(board) if isinstance(board, str) else board
    return VivadoProject("Generated.", "toy", spec, LAYERS, toy_accelerator(folder), activity)


def mock_environment(**settings: str) -> dict[str, str]:
    """Environment in which run.sh starts the stand-in, which is told `fail`, `version`, ... by `settings`."""
    need("tclsh")
    told = {f"MOCK_VIVADO_{name.upper()}": value for name, value in settings.items()}
    return {"PATH": os.environ["PATH"], "ASN2FPGA_VIVADO": str(MOCK_VIVADO), **told}
