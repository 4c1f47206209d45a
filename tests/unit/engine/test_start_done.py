"""ap_ctrl_hs: processes run once a start, and ap_done comes when all have returned."""

from __future__ import annotations

from pathlib import Path

from needs import need

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject
from asn2fpga.toolchain import process
from asn2fpga.verify.lint import lint

SOURCE = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
typedef hls::stream<ap_uint<8> > S;
HLS_PROCESS void twice(S& in, S& out) {
  for (int i = 0; i < 4; i++) {
    HLS_PIPELINE(1)
    out.write(in.read() * 2);
  }
}
HLS_PROCESS void count(S& in, S& out) {
  static ap_uint<8> calls = 100;
  for (int i = 0; i < 4; i++) {
    HLS_PIPELINE(1)
    out.write(in.read() + calls);
  }
  calls = calls + 1;
}
void top(S& in, S& out) {
  HLS_DATAFLOW
  HLS_CONTROL_HANDSHAKE
  HLS_STREAM(S, a, 2)
  HLS_STREAM(S, b, 2)
  twice(in, a);
  twice(a, b);
  count(b, out);
}
"""


def test_each_start_runs_every_process_once(tmp_path: Path) -> None:
    need("iverilog")
    (tmp_path / "work.cpp").write_text(SOURCE)
    project = HlsProject(tmp_path, tmp_path / "work.cpp", (), "top", "xc7z020clg400-1", 10.0)
    design = compile_project(project, tmp_path / "rtl")
    lint(design, tmp_path, tmp_path)
    files = [*design.verilog, Path(__file__).parent / "start_done.sv"]
    iverilog, vvp = (process.find_program(name, f"ASN2FPGA_{name.upper()}") for name in ("iverilog", "vvp"))
    command = [iverilog, "-g2012", "-o", tmp_path / "simulation", *files]
    process.run(command, cwd=tmp_path, log=tmp_path / "build.log", timeout_seconds=60)
    process.run([vvp, tmp_path / "simulation"], cwd=tmp_path, log=tmp_path / "run.log", timeout_seconds=60)
    words = [f"out {100 + run + 4 * (4 * run + word)}" for run in range(3) for word in range(4)]
    lines = [line for line in (tmp_path / "run.log").read_text().splitlines() if "$finish" not in line]
    assert lines == [
        "before start: idle 1, taken 0",
        *words[:4],
        "done 1 ready 1 taken 4",
        *words[4:8],
        "done 2 ready 1 taken 8",
        "between: idle 1",
        *words[8:],
        "done 3 ready 1 taken 12",
    ]
