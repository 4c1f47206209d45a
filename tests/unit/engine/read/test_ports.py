"""Ports of the top function: channels of AXI4-Stream, arrays of streams, depths."""

from __future__ import annotations

import re
from pathlib import Path

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject, RtlDesign

HEAD = "#include <ap_int.h>\n#include <hls_stream.h>\n#include <ap_axi_sdata.h>\n"


def design_of(code: str, work: Path) -> RtlDesign:
    (work / "k.cpp").write_text(HEAD + code)
    return compile_project(HlsProject(work, work / "k.cpp", (), "top", "xc7z020clg400-1", 10.0), work / "out")


def ports_of(design: RtlDesign) -> list[str]:
    text = (design.directory / "top.sv").read_text().partition(");")[0]
    return [" ".join(line) for line in re.findall(r"(input|output) +logic (.*?),?\n", text)][2:]


def test_a_beat_has_its_channels_as_ports(tmp_path: Path) -> None:
    code = """void top(hls::stream<ap_axiu<32, 0, 0, 0> >& in, hls::stream<ap_axis<12, 2, 5, 6> >& out) {
  const ap_axiu<32, 0, 0, 0> beat = in.read();
  ap_axis<12, 2, 5, 6> found;
  found.data = beat.data >> 3;
  found.keep = beat.keep >> 2;
  found.strb = -1;
  found.user = 1;
  found.id = 2;
  found.dest = 5;
  found.last = beat.last;
  out.write(found);
}
"""
    design = design_of(code, tmp_path)
    assert ports_of(design) == [
        "input [31:0] in_TDATA",
        "input in_TVALID",
        "output in_TREADY",
        "input [0:0] in_TLAST",
        "input [3:0] in_TKEEP",
        "input [3:0] in_TSTRB",
        "output [11:0] out_TDATA",
        "output out_TVALID",
        "input out_TREADY",
        "output [0:0] out_TLAST",
        "output [1:0] out_TKEEP",
        "output [1:0] out_TSTRB",
        "output [1:0] out_TUSER",
        "output [4:0] out_TID",
        "output [5:0] out_TDEST",
    ]
    text = (design.directory / "top.sv").read_text()
    assert ".in_data({in_TLAST, in_TSTRB, in_TKEEP, in_TDATA})" in text
    assert ".out_data({out_TLAST, out_TDEST, out_TID, out_TUSER, out_TSTRB, out_TKEEP, out_TDATA})" in text


def test_each_stream_of_an_array_is_a_port_and_a_fifo(tmp_path: Path) -> None:
    code = """typedef hls::stream<ap_uint<8>, 4> S;
static void deal(S in[2], S out[2]) {
  for (int i = 0; i < 2; i++) out[i].write(in[1 - i].read());
}
static void copy(S& in, S& out) { out.write(in.read()); }
void top(S in[2], S out[3]) {
#pragma HLS DATAFLOW
  S inner[2];
#pragma HLS STREAM variable=inner[1] depth=9
  deal(in, inner);
  for (int i = 0; i < 2; i++) copy(inner[i], out[2 * i]);
}
"""
    design = design_of(code, tmp_path)
    data = [port for port in ports_of(design) if "TDATA" in port]
    streams = ["input [7:0] in_0", "input [7:0] in_1", "output [7:0] out_0", "output [7:0] out_2"]
    assert data == [f"{stream}_TDATA" for stream in streams]
    fifos = {memory.name: memory.depth for memory in design.report.memories}
    assert fifos == {"inner_0": 4, "inner_1": 9}


def test_streams_of_one_name_stay_apart(tmp_path: Path) -> None:
    code = """typedef hls::stream<ap_uint<8> > S;
static void copy(S& in, S& out) { out.write(in.read()); }
static void chain(S& in, S& out) {
#pragma HLS DATAFLOW
  static S m;
  copy(in, m);
  copy(m, out);
}
void top(S& in, S& out) {
#pragma HLS DATAFLOW
  static S m;
  S m_0[2], m_0_1;
  chain(in, m);
  copy(m, m_0[1]);
  copy(m_0[1], m_0_1);
  copy(m_0_1, out);
}
"""
    design = design_of(code, tmp_path)
    assert [memory.name for memory in design.report.memories] == ["m", "m_", "m_0_1_", "m_0_1"]
