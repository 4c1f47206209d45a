"""What memories and FIFOs become depends on the family's look-up tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.device.binding import BLOCK, DISTRIBUTED, ECP5, SHIFT, XILINX, Fabric, fifo_style, memory_style
from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject

WORDS = ", ".join(str(2654435761 * number % 2**32) for number in range(1, 41))
TWO_PROCESSES = f"""\
#include "ap_int.h"
#include "hls_stream.h"
#include "engine.h"

HLS_PROCESS void look_up(hls::stream<ap_uint<6> >& in, hls::stream<ap_uint<32> >& out) {{
  static const ap_uint<32> words[40] = {{{WORDS}}};
  for (int i = 0; i < 16; i++) out.write(words[in.read()]);
}}

HLS_PROCESS void cut(hls::stream<ap_uint<32> >& in, hls::stream<ap_uint<8> >& out) {{
  for (int i = 0; i < 16; i++) {{
    const ap_uint<32> word = in.read();
    out.write(ap_uint<8>(word >> 24) ^ ap_uint<8>(word));
  }}
}}

HLS_PROCESS void pass_on(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) {{
  for (int i = 0; i < 16; i++) out.write(in.read());
}}

void top(hls::stream<ap_uint<6> >& words, hls::stream<ap_uint<8> >& found) {{
  HLS_DATAFLOW
  HLS_STREAM(hls::stream<ap_uint<32> >, wide, 2)
  HLS_STREAM(hls::stream<ap_uint<8> >, narrow, 32)
  look_up(words, wide);
  cut(wide, narrow);
  pass_on(narrow, found);
}}
"""


@pytest.mark.parametrize(
    ("depth", "width", "fabric", "style"),
    [
        (32, 8, XILINX, SHIFT),
        (2, 8, ECP5, SHIFT),  # two registers
        (1, 500, ECP5, SHIFT),
        (3, 8, ECP5, DISTRIBUTED),  # no shift registers: a RAM instead of a choice among 32 words
        (32, 8, ECP5, DISTRIBUTED),
        (2048, 36, ECP5, BLOCK),
    ],
)
def test_fifos(depth: int, width: int, fabric: Fabric, style: str) -> None:
    assert fifo_style(depth, width, fabric) == style


@pytest.mark.parametrize(
    ("depth", "width", "fabric", "style"),
    [
        (64, 256, XILINX, DISTRIBUTED),
        (64, 256, ECP5, BLOCK),  # four look-up tables a bit, and a choice among them
        (64, 16, ECP5, DISTRIBUTED),
        (16, 256, ECP5, DISTRIBUTED),
    ],
)
def test_memories(depth: int, width: int, fabric: Fabric, style: str) -> None:
    assert memory_style(depth, width, fabric=fabric) == style


@pytest.mark.parametrize(
    ("part", "fifo", "table"),
    [("xc7z020clg400-1", SHIFT, DISTRIBUTED), ("LFE5U-85F-6BG381C", DISTRIBUTED, BLOCK)],
)
def test_the_part_decides(part: str, fifo: str, table: str, tmp_path: Path) -> None:
    """In the Verilog and in the report."""
    source = tmp_path / "top.cpp"
    source.write_text(TWO_PROCESSES)
    design = compile_project(HlsProject(tmp_path, source, (), "top", part, 10.0), tmp_path / "rtl")
    styles = {memory.name: memory.style for memory in design.report.memories}
    assert styles == {"look_up.words": table, "wide": DISTRIBUTED, "narrow": fifo}
    assert f"asn_fifo_{fifo} #(.WIDTH(8), .DEPTH(32))" in (tmp_path / "rtl" / "top.sv").read_text()
    assert f'rom_style = "{table}"' in (tmp_path / "rtl" / "look_up.sv").read_text()
