"""Variables that keep their value in some iterations get a clock enable, not a multiplexer."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject

CODE = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
typedef hls::stream<ap_uint<8> > S;
HLS_PROCESS void work(S& in, S& out) {
  ap_uint<8> largest = 0, value = 0;
  while (value != 255) {
    HLS_PIPELINE(1)
    value = in.read();
    if (value[0] && value > largest) largest = value;
  }
  out.write(largest);
}
void top(S& in, S& out) { work(in, out); }
"""


def test_a_kept_variable_is_not_written(tmp_path: Path) -> None:
    source = tmp_path / "work.cpp"
    source.write_text(CODE)
    project = HlsProject(tmp_path, source, (), "top", "xc7z020clg400-1", 10.0)
    compile_project(project, tmp_path / "out")
    text = (tmp_path / "out" / "work.sv").read_text()
    assert "if (work_loop_go0 && !eq && (read[0]) && !ult) begin\n      largest_1 <= read;\n    end" in text
