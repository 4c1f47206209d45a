"""Arguments that are values, with ap_ctrl_hs: a run sees the value that was there when it was started."""

from __future__ import annotations

from pathlib import Path

from needs import need

from asn2fpga.engine.compile import compile_project
from asn2fpga.engine.ir.parse import parse_process
from asn2fpga.engine.ir.printed import format_process
from asn2fpga.rtl import HlsProject
from asn2fpga.toolchain import process
from asn2fpga.verify.lint import lint

SOURCE = """#include <ap_int.h>
#include <hls_stream.h>
void top(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<16> >& out, int factor) {
#pragma HLS INTERFACE mode=ap_ctrl_hs port=return
#pragma HLS INTERFACE mode=ap_none port=factor
  for (int i = 0; i < 3; i++) {
#pragma HLS PIPELINE II=1
    out.write(in.read() * factor);
  }
}
"""


def test_a_run_sees_the_argument_it_was_started_with(tmp_path: Path) -> None:
    need("iverilog")
    (tmp_path / "work.cpp").write_text(SOURCE)
    project = HlsProject(tmp_path, tmp_path / "work.cpp", (), "top", "xc7z020clg400-1", 10.0)
    design = compile_project(project, tmp_path / "rtl")
    lint(design, tmp_path, tmp_path)
    files = [*design.verilog, Path(__file__).parent / "arguments.sv"]
    iverilog, vvp = (process.find_program(name, f"ASN2FPGA_{name.upper()}") for name in ("iverilog", "vvp"))
    command = [iverilog, "-g2012", "-s", "testbench", "-o", tmp_path / "simulation", *files]
    process.run(command, cwd=tmp_path, log=tmp_path / "build.log", timeout_seconds=60)
    process.run([vvp, tmp_path / "simulation"], cwd=tmp_path, log=tmp_path / "run.log", timeout_seconds=60)
    lines = [line for line in (tmp_path / "run.log").read_text().splitlines() if line.startswith("out")]
    assert len(lines) > 12
    assert lines == [f"out {number * (2 + number // 3)}" for number in range(len(lines))]


def test_the_printed_form_keeps_values() -> None:
    port = "  stream n in u12 last=0 parameter=n value\n"
    text = f"process p\n{port}  block b interval=0\n    exit otherwise to b\n"
    assert format_process(parse_process(text)) == text
    assert parse_process(text).ports[0].is_value
