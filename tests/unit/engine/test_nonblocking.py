"""empty, full, read_nb and write_nb: whatever the timing, no word is lost, doubled or out of order."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.batch import STALLS, Streams, run_rtl
from fuzz.kernels import read_kernel

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject

HEAD = "#include <ap_int.h>\n#include <hls_stream.h>\ntypedef ap_uint<8> byte;\n"
KERNELS = {
    "merge": """void merge(hls::stream<ap_uint<8> >& in_a, hls::stream<ap_uint<8> >& in_b,
           hls::stream<ap_uint<9> >& out) {
#pragma HLS PIPELINE II=1
  byte x;
  if (in_a.read_nb(x)) out.write((ap_uint<1>(0), x));
  else if (!in_b.empty()) { x = in_b.read(); out.write((ap_uint<1>(1), x)); }
}""",
    "fair": """void fair(hls::stream<ap_uint<8> >& in_a, hls::stream<ap_uint<8> >& in_b,
          hls::stream<ap_uint<9> >& out) {
  static bool turn = false;
  while (true) {
#pragma HLS PIPELINE II=1
    const bool a = !in_a.empty(), b = !in_b.empty();
    if (out.full()) continue;
    if (a && (!turn || !b)) { out.write((ap_uint<1>(0), in_a.read())); turn = true; }
    else if (b) { out.write((ap_uint<1>(1), in_b.read())); turn = false; }
  }
}""",
    "drop": """void drop(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out,
          hls::stream<ap_uint<8> >& out_lost) {
#pragma HLS PIPELINE II=1
  const byte x = in.read();
  if (!out.write_nb(x)) out_lost.write(x);
}""",
    "pairs": """void pairs(hls::stream<ap_uint<8> >& in_a, hls::stream<ap_uint<8> >& in_b,
           hls::stream<ap_uint<16> >& out, hls::stream<ap_uint<8> >& out_beat) {
#pragma HLS PIPELINE II=1
  static ap_uint<8> beat = 0;
  const bool none = in_b.empty();
  if (!in_a.empty() && !none) out.write((in_a.read(), in_b.read()));
  if (none && beat < 40) out_beat.write(beat++);
}""",
}


def _written(out: list[str], number: int, low: int = 8) -> list[int]:
    """What of an output came from one of two inputs."""
    words = [int(word, 16) for word in out]
    return [word & 255 for word in words if word >> low == number]


def check(name: str, inputs: dict[str, list[int]], found: Streams) -> None:
    if name in ("merge", "fair"):
        assert [_written(found["out"], 0), _written(found["out"], 1)] == [inputs["in_a"], inputs["in_b"]]
    elif name == "drop":
        sent, lost = ([int(word, 16) for word in found[stream]] for stream in ("out", "out_lost"))
        assert len(sent) + len(lost) == len(inputs["in"])
        assert sorted(sent + lost) == sorted(inputs["in"])
        for part in (sent, lost):
            rest = iter(inputs["in"])
            assert all(word in rest for word in part)  # in their order
    else:
        pairs = [int(word, 16) for word in found["out"]]
        assert pairs == [a << 8 | b for a, b in zip(inputs["in_a"], inputs["in_b"], strict=True)]
        assert [int(word, 16) for word in found["out_beat"]] == list(range(40))


def test_no_word_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    """The sink writes `withdrawn` or `changed` where an offer does not stay, which is no number."""
    programs = []
    for name, code in KERNELS.items():
        (tmp_path / f"{name}.cpp").write_text(HEAD + code)
        programs.append(read_kernel(tmp_path / f"{name}.cpp"))
    for run in run_rtl(programs, tmp_path / "work", STALLS):
        for program in programs:
            check(program.name, program.inputs, run[program.name])


@pytest.mark.parametrize("name", KERNELS)
def test_asking_costs_no_interval_and_is_warned_of(name: str, tmp_path: Path) -> None:
    source = tmp_path / f"{name}.cpp"
    source.write_text(HEAD + KERNELS[name])
    report = compile_project(HlsProject(tmp_path, source, (), name, "xc7z020clg400-1", 10.0), tmp_path).report
    assert [loop.initiation_interval for loop in report.loops] == [1]
    warned = [warning for warning in report.warnings if "depends on timing" in warning]
    asked = "there is room for a word (full, write_nb)" if name == "drop" else "a word waits (empty, read_nb)"
    assert warned[0].endswith(
        f"whether {asked} depends on timing: results may differ from those of C simulation, and with the "
        "clock cycle in which words come and go"
    )
    assert warned[0].startswith(f"{name}.cpp:")
