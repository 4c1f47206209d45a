"""Predicates of if-converted loop bodies: each condition is tested where it decides, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)


def printed_loop(work: Path, *body: str) -> list[str]:
    """Operations of a loop with this body, as the engine prints them; a, b, c are variables of the loop."""
    source = work / "work.cpp"
    lines = ["HLS_PROCESS void work(S& in, S& out) {", "ap_uint<8> a = 0, b = 0, c = 0;", "while (true) {"]
    lines += [*body, "}", "out.write(c);", "}", "void top(S& in, S& out) { work(in, out); }"]
    source.write_text(HEAD + "\n".join(lines) + "\n")
    compile_project(HlsProject(work, source, (), "top", "xc7z020clg400-1", 10.0), work / "out")
    text = (work / "out" / "work" / "work.ir").read_text()
    loop = text[text.index("  loop ") :]
    return [line.strip() for line in loop.splitlines()]


def test_what_runs_behind_every_branch_has_no_predicate(tmp_path: Path) -> None:
    found = printed_loop(tmp_path, "a = in.read();", "if (a[0]) b = in.read();", "if (a[1]) c = in.read();",
                         "out.write(b);", "if (a[7]) break;")  # fmt: skip
    (write, _) = [line for line in found if "write @out" in line]
    assert " if " not in write
    assert not any(" = or " in line for line in found)


def test_a_select_tests_its_own_condition_only(tmp_path: Path) -> None:
    found = printed_loop(tmp_path, "a = in.read();", "if (a[7]) break;", "if (a[6]) {", "b = in.read();",
                         "c = b[0] ? c : ap_uint<8>(c + in.read());", "}")  # fmt: skip
    (select,) = [line for line in found if " = select " in line]
    condition = next(line for line in found if line.startswith(select.split()[4] + ":"))
    way_on = next(line for line in found if " = not " in line).split(":")[0]  # not a[7]: no reason to select
    assert way_on not in condition.split()
