"""`--waves`: a bench that runs as it is told to, sees broken handshakes, and a list of signals that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from needs import need

from asn2fpga.engine.__main__ import main
from asn2fpga.errors import ToolError
from asn2fpga.verify import verilator
from asn2fpga.verify.lint import run_slang

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\n'
    "typedef hls::stream<ap_uint<8> > S;\ntypedef hls::stream<ap_uint<75> > W;\n"
    "struct beat { ap_uint<32> data; ap_uint<1> last; };\n"
)
STAGES = (
    "HLS_PROCESS void widen(S& a, W& b) {\n"
    "  for (int i = 0; i < 6; i++) b.write((ap_uint<75>(a.read()) << 40) + 3);\n}\n"
    "HLS_PROCESS void add(W& b, W& c) { ap_uint<75> s = 0;\n"
    "  for (int i = 0; i < 6; i++) { HLS_PIPELINE(1) s += b.read(); }\n  c.write(s); }\n"
)
DESIGNS = {
    "processes": (
        f"{STAGES}void top(S& x, W& y) {{\n  HLS_STREAM(W, été, 4)\n  widen(x, été);\n  add(été, y);\n}}\n"
    ),
    "start and done": (
        f"{STAGES}void top(S& x, W& y) {{\n  HLS_CONTROL_HANDSHAKE\n  HLS_STREAM(W, mid, 4)\n"
        "  widen(x, mid);\n  add(mid, y);\n}\n"
    ),
    "beats": (
        "void top(hls::stream<beat>& x, hls::stream<beat>& y) {\n  beat b = x.read();\n"
        "  b.data = b.data * 3;\n  y.write(b);\n}\n"
    ),
}
STOPS = """HLS_PROCESS void split(S& in, S& a, S& b) {
  for (int i = 0; i < 8; i++) a.write(in.read());
  for (int i = 0; i < 8; i++) b.write(in.read());
}
HLS_PROCESS void join(S& a, S& b, S& out) { for (int i = 0; i < 8; i++) out.write(a.read() + b.read()); }
void top(S& x, S& y) {
  HLS_STREAM(S, a, 4)
  HLS_STREAM(S, b, 4)
  split(x, a, b);
  join(a, b, y);
}
"""


def written(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """The folder of a design with waves, and the command that Icarus is to be started with."""
    (tmp_path / "work.cpp").write_text(HEAD + code, encoding="utf-8")
    out = tmp_path / "out"
    arguments = [str(tmp_path / "work.cpp"), "--top", "top", "--no-area", "--waves", "--out", str(out)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    (command,) = re.findall(r"^  Icarus: (.*)$", printed, re.MULTILINE)
    assert f"// With Icarus: {command}\n" in (out / "waves" / "top_bench.sv").read_text()
    assert printed.endswith("  then: gtkwave waves/top.gtkw\n")
    return out, command


def run(command: str, out: Path, *options: str) -> tuple[int, list[str]]:
    words = " ".join((command.replace(" -fst", ""), *options))  # VCD, which is text
    ran = subprocess.run(["bash", "-c", words], cwd=out, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.splitlines()


def signals(vcd: str) -> set[str]:
    """Full names of all signals of a waveform."""
    scope: list[str] = []
    found = set()
    for kind, name in re.findall(r"^\$(scope \w+|upscope|var \w+ \d+ \S+) ?(\S*)", vcd, re.MULTILINE):
        if kind.startswith("scope"):
            scope.append(name)
        elif kind == "upscope":
            scope.pop()
        else:
            found.add(".".join([*scope, name]))
    return found


@pytest.mark.parametrize("case", DESIGNS)
def test_the_bench_runs_and_the_signals_are_there(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    need("iverilog")
    out, command = written(DESIGNS[case], tmp_path, capsys)
    status, lines = run(command, out)
    words = [int(line.split()[1]) for line in lines if line.endswith(" words")]
    assert status == 0 and lines[-1].startswith(("2000 cycles, 0 errors", "waves/")) and min(words) > 50
    there = signals((out / "waves" / "top.fst").read_text())
    listed = [line for line in (out / "waves" / "top.gtkw").read_text().splitlines() if line[0] not in "[@-*"]
    assert len(listed) > 8 and re.search(r"^\*-1\d\.\d\d -1$", (out / "waves" / "top.gtkw").read_text(), re.M)
    assert [name for name in listed if name.partition("[")[0] not in there] == []
    assert run(command, out, "+seed=2", "+cycles=500")[1] != run(command, out, "+seed=3", "+cycles=500")[1]


@pytest.mark.parametrize("case", DESIGNS)
def test_every_tool_reads_the_bench(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = written(DESIGNS[case], tmp_path, capsys)
    files = [out / "waves" / "top_bench.sv", *out.glob("*.sv")]
    run_slang(["--timescale", "1ns/1ps", "--top", "top_bench", *files], out, tmp_path / "slang.log")
    options = ("--lint-only", "--timing", "-Wno-fatal", "--top-module", "top_bench")
    verilator.verilate([*options, *files], out, tmp_path / "verilator.log")


def test_a_word_that_is_withdrawn_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need("iverilog")
    out, command = written(DESIGNS["beats"], tmp_path, capsys)
    body = out / "top_body.sv"
    flips = "  reg flips = 1'b0;\n  always @(posedge ap_clk) flips <= !flips;\n  assign y_valid = flips && "
    text = body.read_text()
    assert text.count("  assign y_valid = ") == 1
    body.write_text(text.replace("  assign y_valid = ", flips))
    status, lines = run(command, out)
    assert status == 1
    assert any(line.endswith("y: a word was withdrawn or changed while it waited") for line in lines)


def test_a_design_that_stops_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need("iverilog")
    out, command = written(STOPS, tmp_path, capsys)
    status, lines = run(command, out)
    assert status == 1 and any(line.endswith("no word has moved for 1000 cycles") for line in lines)


def test_without_the_option_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = written(DESIGNS["beats"], tmp_path, capsys)
    assert main([str(tmp_path / "work.cpp"), "--top", "top", "--no-area", "--out", str(out)]) == 0
    assert not (out / "waves").exists()


def test_what_slang_would_refuse_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.sv").write_text("module a; nothing b(); endmodule\n")
    with pytest.raises(ToolError, match="exit status must be 0, not 1"):
        run_slang([tmp_path / "a.sv"], tmp_path, tmp_path / "log")
