"""Names of the emitted modules: legal, each handed out once, and as in C++ where that is possible."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from needs import need

from asn2fpga.engine.clang.demangle import demangle_function, demangle_last
from asn2fpga.engine.compile import compile_project
from asn2fpga.engine.ir.names import LONGEST, Names, identifier
from asn2fpga.errors import HlsError
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.verify.lint import lint

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)
RESERVED = ("ap_start", "ap_done", "ap_idle", "ap_ready", "ap_clk", "ap_rst_n", "monitor", "control", "start",
            "done", "wr_valid", "module", "reg", "asn_fifo_shift", "asn_control", "top")  # fmt: skip
LONG = "v" * 3000


def compiled(code: str, tmp_path: Path, top: str = "top") -> RtlDesign:
    (tmp_path / "work.cpp").write_text(HEAD + code, encoding="utf-8")
    project = HlsProject(tmp_path, tmp_path / "work.cpp", (), top, "xc7z020clg400-1", 10.0)
    return compile_project(project, tmp_path / "rtl")


def linted(code: str, tmp_path: Path, top: str = "top") -> str:
    """The text of the top module, which all tools have read without a warning."""
    need("iverilog")
    design = compiled(code, tmp_path, top)
    lint(design, tmp_path, tmp_path)
    return (tmp_path / "rtl" / f"{design.top}.sv").read_text()


def chain(first: str, inner: str, last: str, directives: str = "", port: str = "a") -> str:
    return (
        f"namespace ns {{ HLS_PROCESS void add(S& {port}, S& b) {{ b.write({port}.read() + 1); }} }}\n"
        f"void top(S& {first}, S& {last}) {{\n  HLS_DATAFLOW\n  {directives}\n"
        f"  HLS_STREAM(S, {inner}, 2)\n  ns::add({first}, {inner});\n  ns::add({inner}, {last});\n}}\n"
    )


def test_a_stream_may_have_the_name_of_a_process(tmp_path: Path) -> None:
    text = linted(chain("x", "add", "y"), tmp_path)
    assert re.findall(r"(\w+) \($", text, re.MULTILINE) == ["top", "u_add_1", "u_add_2", "u_add"]


def test_overloads_and_a_stream_of_a_generated_name(tmp_path: Path) -> None:
    code = (
        "HLS_PROCESS void f(S& a, S& b) { b.write(a.read() + 1); }\n"
        "HLS_PROCESS void f(S& a, S& b, S& c) { b.write(a.read() + 2); c.write(3); }\n"
        "void top(S& x, S& y, S& z) {\n  HLS_STREAM(S, f_1, 2)\n  f(x, f_1);\n  f(f_1, y, z);\n}\n"
    )
    text = linted(code, tmp_path)
    assert re.findall(r"(\w+) \($", text, re.MULTILINE) == ["top", "u_f", "u_f_1_1", "u_f_1"]


@pytest.mark.parametrize("directives", ["", "HLS_CONTROL_HANDSHAKE"], ids=["free", "handshake"])
def test_no_name_of_a_stream_is_reserved(tmp_path: Path, directives: str) -> None:
    names = [name for name in RESERVED if name not in ("module", "reg")] + ["module_", "reg_"]
    streams = [f"{name}{end}" for name in names for end in ("", "_wr")]
    calls = "".join(f"  add({a}, {b});\n" for a, b in pairwise(streams))
    inner = "".join(f"  HLS_STREAM(S, {stream}, 2)\n" for stream in streams[1:-1])
    code = (
        "HLS_PROCESS void add(S& ap_start, S& ap_done) { ap_done.write(ap_start.read() + 1); }\n"
        f"void top(S& {streams[0]}, S& {streams[-1]}) {{\n  HLS_DATAFLOW\n  {directives}\n{inner}{calls}}}\n"
    )
    text = linted(code, tmp_path)
    assert "ap_start_TDATA" in text and "reg__wr_TDATA" in text


@pytest.mark.parametrize("name", RESERVED[:7])
def test_the_ports_of_the_top_function_keep_their_names(tmp_path: Path, name: str) -> None:
    text = linted(chain(name, "inner", "out", "HLS_CONTROL_HANDSHAKE", port=name), tmp_path)
    assert f"input  logic [7:0] {name}_TDATA" in text and f"output logic {name}_TREADY" in text


def test_letters_outside_ascii(tmp_path: Path) -> None:
    code = (
        "static const ap_uint<8> Größe[70] = {1, 2, 3};\n"
        "HLS_PROCESS void été(S& Δt, S& b) { ap_uint<8> αβ = Δt.read(); b.write(Größe[αβ & 63] + αβ); }\n"
        "namespace ns { HLS_PROCESS void ете(S& a, S& b) { b.write(a.read() + 1); } }\n"
        "void größe(S& é, S& e) {\n  HLS_STREAM(S, 中, 2)\n  été(é, 中);\n  ns::ете(中, e);\n}\n"
    )
    text = linted(code, tmp_path, "größe")
    files = sorted(path.name for path in (tmp_path / "rtl").iterdir())
    assert files == ["asn_fifo_shift.sv", "ete.sv", "ete_Groudfe.mem", "groudfe.sv", "ieteie.sv", "work"]
    for name in ("u4e2d_rd_data", "input  logic [7:0] e_TDATA", "output logic [7:0] e_1_TDATA"):
        assert name in text
    assert "Groudfe_raddr" in (tmp_path / "rtl" / "ete.sv").read_text()


def test_names_of_three_thousand_letters(tmp_path: Path) -> None:
    code = (
        f"static const ap_uint<8> r{LONG}[70] = {{1, 2, 3}};\n"
        f"HLS_PROCESS void p{LONG}(S& a{LONG}1, S& a{LONG}2) {{ ap_uint<8> x{LONG} = a{LONG}1.read();\n"
        f"  a{LONG}2.write(r{LONG}[x{LONG} & 63] + x{LONG}); }}\n"
        f"HLS_PROCESS void p{LONG}2(S& a{LONG}1, S& a{LONG}2) {{ a{LONG}2.write(a{LONG}1.read() * 3); }}\n"
        f"void t{LONG}(S& i{LONG}1, S& i{LONG}2) {{\n  HLS_DATAFLOW\n  HLS_STREAM(S, s{LONG}, 2)\n"
        f"  p{LONG}(i{LONG}1, s{LONG});\n  p{LONG}2(s{LONG}, i{LONG}2);\n}}\n"
    )
    text = linted(code, tmp_path, f"t{LONG}")
    stem = LONG[: LONGEST - 1]
    files = sorted(path.name for path in (tmp_path / "rtl").iterdir() if path.name != "work")
    expected = ["asn_fifo_shift.sv", f"p{stem}.sv", f"p{stem}_1.sv", f"p{stem}_r{stem}.mem", f"t{stem}.sv"]
    assert files == sorted(expected)
    assert f"i{stem}_TDATA" in text and f"i{stem}_1_TDATA" in text


def test_a_top_function_called_like_a_module_of_the_engine_is_refused(tmp_path: Path) -> None:
    message = "asn_control: the top function must not have the name of a module of the engine; rename it"
    with pytest.raises(HlsError, match=f"^{message}$"):
        compiled("void asn_control(S& a, S& b) { b.write(a.read()); }\n", tmp_path, "asn_control")


def test_identifiers_are_short_ascii_and_unique() -> None:
    assert [identifier(name) for name in ("été", "αΣς", "ете", "Ж", "中", "ß", "9ü")] == [
        "ete", "alphaSigmasigma", "ieteie", "Zhe", "u4e2d", "udf", "x9u",
    ]  # fmt: skip
    names = Names()
    assert [names.unique(LONG), names.unique(LONG + "w")] == ["v" * LONGEST, "v" * LONGEST + "_1"]


def test_mangled_names_count_bytes() -> None:
    assert demangle_function("_Z6grüßew") == "grüß"
    assert demangle_function("_ZN2ns5étéERN3hls6streamIiEE") == "été"
    assert demangle_last("_ZZ4workvE7Größe") == "Größe"
    assert demangle_last("_ZZ5étévE2δ") == "δ"
