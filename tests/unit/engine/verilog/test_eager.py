"""Accesses of streams that share a stage: they do not wait for each other, whoever waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from needs import need

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.verify.lint import lint

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)
ASKS = "void top(S& a, S& b, S& y) {\n  ap_uint<8> s = 5;\n  for (int i = 0; i < 30; i++) {\n"


def compiled(code: str, tmp_path: Path) -> RtlDesign:
    (tmp_path / "work.cpp").write_text(HEAD + code)
    project = HlsProject(tmp_path, tmp_path / "work.cpp", (), "top", "xc7z020clg400-1", 10.0)
    return compile_project(project, tmp_path / "rtl")


def simulated(design: RtlDesign, bench: str, tmp_path: Path) -> list[str]:
    """What a partner, the module `bench` beside this file, prints."""
    files = [*design.verilog, Path(__file__).with_name(f"{bench}.sv")]
    iverilog, vvp = (process.find_program(name, f"ASN2FPGA_{name.upper()}") for name in ("iverilog", "vvp"))
    command = [iverilog, "-g2012", "-s", bench, "-o", tmp_path / "simulation", *files]
    process.run(command, cwd=tmp_path, log=tmp_path / "build.log", timeout_seconds=60)
    process.run([vvp, tmp_path / "simulation"], cwd=tmp_path, log=tmp_path / "run.log", timeout_seconds=60)
    return [line for line in (tmp_path / "run.log").read_text().splitlines() if "$finish" not in line]


@pytest.mark.parametrize(
    "body",
    [
        "y.write(s); s = s + a.read(); s = s ^ b.read();",
        "y.write(s); if (s != 9) { s = s + a.read(); s = s ^ b.read(); } else { a.read(); s = b.read(); }",
    ],
)
def test_a_partner_that_answers_each_word_is_answered(body: str, tmp_path: Path) -> None:
    need("iverilog")
    design = compiled(f"{ASKS}    HLS_PIPELINE(1)\n    {body}\n  }}\n}}\n", tmp_path)
    assert [loop.initiation_interval for loop in design.report.loops] == [1]
    lint(design, tmp_path, tmp_path)
    lines = simulated(design, "answering", tmp_path)
    words, s = [], 5
    for taken in range(1, 25):
        words.append(f"y {s}")
        a, b = taken, 7 * taken % 256
        s = (s + a) % 256 ^ b if "else" not in body or s != 9 else b
    assert lines == words


def test_a_partner_that_takes_words_in_turn_gets_them(tmp_path: Path) -> None:
    """All three writes share a stage with the read: those of `x` must not wait for room in `y`."""
    need("iverilog")
    code = """void top(S& a, S& x, S& y, S& z) {
  ap_uint<8> s = 5;
  for (int i = 0; i < 30; i++) {
    HLS_PIPELINE(1)
    z.write(s);
    s = a.read();
    x.write(s);
    y.write(s + 1);
  }
}
"""
    design = compiled(code, tmp_path)
    assert [(loop.initiation_interval, loop.depth) for loop in design.report.loops] == [(1, 1)]
    words = [(1 + 3 * number) % 256 for number in range(24)]
    expected = [line for word in words for line in (f"x {word}", f"y {word + 1}")]
    assert simulated(design, "in_turn", tmp_path) == expected


INTERVALS = {
    "a value out, the next one in": ("y.write(s); s = a.read();", 1),
    "two in, one after the other": ("s = s + a.read(); s = s ^ b.read(); y.write(s);", 1),
    "a stream twice": ("y.write(s); s = s + a.read(); s = s ^ a.read();", 2),
    "no variable waits": ("y.write(a.read()); y.write(b.read());", 2),
}


@pytest.mark.parametrize("case", INTERVALS)
def test_intervals(case: str, tmp_path: Path) -> None:
    body, interval = INTERVALS[case]
    design = compiled(f"{ASKS}    HLS_PIPELINE(1)\n    {body}\n  }}\n  b.read();\n}}\n", tmp_path)
    assert [loop.initiation_interval for loop in design.report.loops] == [interval]


def test_no_flag_where_nothing_is_gained(tmp_path: Path) -> None:
    """Accesses share a stage only if the interval becomes smaller."""
    code = f"{ASKS}    HLS_PIPELINE(1)\n    y.write(a.read());\n    s = b.read();\n  }}\n}}\n"
    design = compiled(code, tmp_path)
    assert [(loop.initiation_interval, loop.depth) for loop in design.report.loops] == [(1, 2)]
    assert "_sent" not in (design.directory / "top_body.sv").read_text()
