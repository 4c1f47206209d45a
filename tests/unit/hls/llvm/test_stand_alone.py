"""`python -m asn2fpga.hls.llvm`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asn2fpga.hls.llvm.__main__ import main

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)
SQUARES = (
    HEAD
    + """void squares(S& in, hls::stream<ap_uint<16> >& out) {
  static ap_uint<8> last[300];
  for (int i = 0; i < 300; i++) {
    HLS_PIPELINE(1)
    const ap_uint<8> x = in.read();
    out.write(x * last[i]);
    last[i] = x;
  }
}
"""
)
FORK_AND_JOIN = (
    HEAD
    + """HLS_PROCESS void split(S& in, S& a, S& b) {
  for (int i = 0; i < 8; i++) a.write(in.read());
  for (int i = 0; i < 8; i++) b.write(in.read());
}
HLS_PROCESS void copy(S& b, S& c) { c.write(b.read()); }
HLS_PROCESS void add(S& a, S& c, S& sums) { sums.write(a.read() + c.read()); }
HLS_PROCESS void last(S& sums, S& out) { out.write(sums.read()); }
void top(S& in, S& out) {
  HLS_DATAFLOW
  HLS_STREAM(S, a, 4)
  HLS_STREAM(S, b, 2)
  HLS_STREAM(S, c, 2)
  HLS_STREAM(S, sums, 2)
  split(in, a, b);
  copy(b, c);
  add(a, c, sums);
  last(sums, out);
}
"""
)


def run(code: str, work: Path, *options: str) -> tuple[int, dict[str, object]]:
    (work / "work.cpp").write_text(code)
    status = main([str(work / "work.cpp"), "--out", str(work / "out"), *options])
    return status, json.loads((work / "out" / "report.json").read_text())


def test_the_top_function_may_do_the_work_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, report = run(SQUARES, tmp_path, "--top", "squares")
    printed = capsys.readouterr().out
    assert status == 0
    assert report["loops"] == [
        {
            "process": "squares_body",
            "location": "work.cpp:8",
            "pipelined": True,
            "initiation_interval": 1,
            "depth": 2,
            "limited_by": "",
            "flattened": False,
        }
    ]
    assert report["memories"] == [
        {
            "name": "squares_body.last",
            "kind": "ram",
            "style": "block",
            "depth": 300,
            "width_bits": 8,
            "ports": "read, write",
        }
    ]
    assert isinstance(report["area"], dict) and report["area"]["bram36"] == 0.5
    for text in (
        "squares_body  work.cpp:8   1      2",
        "squares_body.last  ram   block    300     8",
        "ns of 10 ns",
    ):
        assert text in printed
    assert (tmp_path / "out" / "squares.sv").exists()


def test_reconvergent_streams_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """This design does stop: `a` is full before `split` writes the first word of `b`."""
    status, report = run(FORK_AND_JOIN, tmp_path, "--top", "top", "--no-area")
    warning = (
        "top: streams a (4), b (2), c (2) join processes by more than one path; one that is too shallow "
        "stops the design where C simulation goes on: co-simulate, and give the one that is full more words"
    )
    assert (status, report["warnings"], report["area"]) == (0, [warning], None)
    assert f"warning: {warning}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options, message",
    [
        (("--part", "5CSEBA6"),
         "--part 5CSEBA6: the part must begin with xc7, xcu, xck, xcz, xcvu, xcku, not '5CSE'; "
         "for example xc7z020clg400-1."),
        (("--clock-ns", "0"), "--clock-ns: the period must be above 0 ns, not 0."),
    ],
)  # fmt: skip
def test_bad_options(
    options: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "work.cpp").write_text(SQUARES)
    arguments = [str(tmp_path / "work.cpp"), "--top", "squares", "--out", str(tmp_path / "out"), *options]
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"error: {message}\n"
    assert not (tmp_path / "out").exists()
