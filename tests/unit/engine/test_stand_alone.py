"""`python -m asn2fpga.engine`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from squares import HEAD, SQUARES

from asn2fpga.engine.__main__ import main

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


@dataclass(frozen=True)
class Squares:
    """What the command did: exit status, report.json, what it printed, its folder."""

    status: int
    report: dict[str, Any]
    printed: str
    out: Path


def run(code: str, work: Path, *options: str) -> tuple[int, dict[str, Any]]:
    (work / "work.cpp").write_text(code)
    status = main([str(work / "work.cpp"), "--out", str(work / "out"), *options])
    return status, json.loads((work / "out" / "report.json").read_text())


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Squares:
    """The command on a top function that does the work itself, once for all tests of what it says."""
    work = tmp_path_factory.mktemp("squares")
    with redirect_stdout(StringIO()) as printed:
        status, report = run(SQUARES, work, "--top", "squares")
    return Squares(status, report, printed.getvalue(), work / "out")


def test_the_top_function_may_do_the_work_itself(squares: Squares) -> None:
    assert squares.status == 0
    assert (squares.out / "squares.sv").exists()
    for text in (
        "squares_body  work.cpp:8   1      1      3         300     302",
        "squares_body.last  ram   block    300     8  2400 of 18432  read, write",
        "ns of 10 ns",
    ):
        assert text in squares.printed


def test_its_loop_is_reported(squares: Squares) -> None:
    assert squares.report["loops"] == [
        {
            "process": "squares_body",
            "location": "work.cpp:8",
            "pipelined": True,
            "initiation_interval": 1,
            "depth": 3,
            "limited_by": "",
            "flattened": False,
            "asked_interval": 1,
            "advice": "",
            "trip_count": "300",
            "min_trips": 300,
            "max_trips": 300,
            "latency": "302",
            "min_cycles": 302,
            "max_cycles": 302,
        }
    ]


def test_its_memory_and_process_are_reported(squares: Squares) -> None:
    assert squares.report["memories"] == [
        {
            "name": "squares_body.last",
            "kind": "ram",
            "style": "block",
            "depth": 300,
            "width_bits": 8,
            "ports": "read, write",
            "bits": 2400,
            "capacity_bits": 18432,
        }
    ]
    assert squares.report["processes"] == [
        {
            "name": "squares_body",
            "location": "work.cpp:5",
            "states": 4,
            "latency": "302",
            "min_cycles": 302,
            "max_cycles": 302,
        }
    ]


def test_its_multiplier_path_and_area_are_reported(squares: Squares) -> None:
    report = squares.report
    assert {
        "process": "squares_body",
        "kind": "multiplier",
        "width_bits": 16,
        "count": 1,
        "made_of": "DSP",
        "shape": "8 x 8",
        "dsp": 1,
    } in report["operators"]
    steps = [(step["operation"], step["width_bits"], step["location"]) for step in report["critical_path"]]
    assert steps == [("mul", 16, "work.cpp:10"), ("write", 16, "work.cpp:10"), ("register", 0, "")]
    assert isinstance(report["area"], dict) and report["area"]["bram36"] == 0.5


def test_reconvergent_streams_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """This design does stop: `a` is full before `split` writes the first word of `b`."""
    status, report = run(FORK_AND_JOIN, tmp_path, "--top", "top", "--no-area")
    warning = (
        "top: streams a (4), b (2), c (2) join processes by more than one path; one that is too shallow "
        "stops the design where C simulation goes on: co-simulate, and give the one that is full more words"
    )
    assert (status, report["warnings"], report["area"]) == (0, [warning], None)
    assert f"warning: {warning}" in capsys.readouterr().out


def test_a_part_that_is_not_of_xilinx_has_no_area(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, report = run(SQUARES, tmp_path, "--top", "squares", "--part", "LFE5U-85F-6BG381C")
    assert (status, report["area"], report["part"]) == (0, None, "LFE5U-85F-6BG381C")
    assert "area: not counted, only for parts of Xilinx\n" in capsys.readouterr().out


def test_a_clock_that_nothing_meets_is_a_warning(tmp_path: Path) -> None:
    for clock, period in (("2", "2 ns"), ("1e-9", "1e-09 ns")):
        _, report = run(SQUARES, tmp_path, "--top", "squares", "--no-area", "--clock-ns", clock)
        (warning,) = [line for line in report["warnings"] if "critical path" in line]
        assert warning.startswith(
            f"squares: the estimated critical path must be at most the clock period of {period}, not"
        )


def test_an_earlier_result_is_replaced(tmp_path: Path) -> None:
    run(FORK_AND_JOIN, tmp_path, "--top", "top", "--no-area")
    (tmp_path / "out" / "mine.txt").write_text("stays")
    run(SQUARES, tmp_path, "--top", "squares", "--no-area")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["mine.txt", "report.json", "squares.sv", "squares_body.sv", "work"]


BAD_OPTIONS = {
    "unknown family": (
        ["--part", "5CSEBA6"],
        "--part 5CSEBA6: the part must be of Xilinx' 7 series or UltraScale(+) or an ECP5, with its "
        "speed grade; for example xc7z020clg400-1, xczu7ev-ffvc1156-2-e or LFE5U-85F-6BG381C.",
    ),
    "no speed grade": (
        ["--part", "xc7z020clg400"],
        "--part xc7z020clg400: the part must be of Xilinx' 7 series or UltraScale(+) or an ECP5, with its "
        "speed grade; for example xc7z020clg400-1, xczu7ev-ffvc1156-2-e or LFE5U-85F-6BG381C.",
    ),
    "no time": (["--clock-ns", "0"], "--clock-ns: the period must be above 0 ns, not 0."),
    "not a number": (["--clock-ns", "nan"], "--clock-ns: the period must be above 0 ns, not nan."),
    "too much": (["--clock-ns", "inf"], "--clock-ns: the period must be above 0 ns, not inf."),
    "no number": (
        ["--clock-ns", "abc"],
        "asn2fpga-hls: argument --clock-ns: invalid float value: 'abc'; see `asn2fpga-hls --help`.",
    ),
    "no folder": (["--out", ""], "--out: the folder must be named, not ''; give a path."),
    "no include folder": (
        ["--include", "/none"],
        "--include /none: the folder must be there; give the path of a folder.",
    ),
    "no such top": (["--top", "nope"], "nope: the top function must be one of squares, not 'nope'"),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_bad_options(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options, message = BAD_OPTIONS[case]
    (tmp_path / "work.cpp").write_text(SQUARES)
    arguments = [str(tmp_path / "work.cpp"), "--top", "squares", "--out", str(tmp_path / "out"), *options]
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"error: {message}\n"
    assert not (tmp_path / "out").exists()


def test_bad_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "work.cpp"
    file.write_text(SQUARES)
    for source, out, message in (
        (tmp_path, tmp_path / "out", f"FILE {tmp_path}: the file must be C++ source, not a folder; "),
        (
            tmp_path / "a.cpp",
            tmp_path / "out",
            f"FILE {tmp_path}/a.cpp: the file must be C++ source, not missing",
        ),
        (file, file / "out", f"--out {file}/out: the folder must be one that can be made (Not a directory)"),
        (file, file, f"--out {file}: the folder must be one that can be made (File exists)"),
    ):
        assert main([str(source), "--top", "squares", "--out", str(out)]) == 2
        assert capsys.readouterr().err.startswith(f"error: {message}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["work.cpp"]


def test_the_log_of_a_syntax_error_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "work.cpp").write_text(SQUARES.replace("in.read()", "in.read("))
    assert main([str(tmp_path / "work.cpp"), "--top", "squares", "--out", str(tmp_path / "out")]) == 2
    log = tmp_path / "out" / "work" / "clang.log"
    assert f"the whole message is in {log}" in capsys.readouterr().err and log.is_file()


def test_processes_of_one_name_are_modules_of_their_own(tmp_path: Path) -> None:
    code = (
        HEAD
        + "template <int N> HLS_PROCESS void stage(S& in, S& out) { out.write(in.read() + N); }\n"
        + "namespace two { HLS_PROCESS void stage(S& in, S& out) { out.write(in.read() ^ 40); } }\n"
        + "void top(S& in, S& out) {\n  HLS_STREAM(S, a, 2)\n  HLS_STREAM(S, b, 2)\n"
        + "  stage<3>(in, a);\n  stage<7>(a, b);\n  two::stage(b, out);\n}\n"
    )
    status, _ = run(code, tmp_path, "--top", "top", "--no-area")
    files = [(tmp_path / "out" / f"{name}.sv").read_text() for name in ("stage", "stage_1", "stage_2")]
    assert status == 0
    assert [text in file for text, file in zip(("8'd3", "8'd7", "8'd40"), files, strict=True)] == [True] * 3
    assert all(
        f"{name} u_{name} (" in (tmp_path / "out" / "top.sv").read_text() for name in ("stage_1", "stage_2")
    )


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("turns", [2, 3, 4, 16])
def test_loops_of_streams_are_unrolled_if_marked(turns: int, marked: bool, tmp_path: Path) -> None:
    code = (
        HEAD
        + "void top(S& in, S& out) {\n  const ap_uint<8> w = in.read();\n"
        + ("  HLS_UNROLL_BEFORE\n" if marked else "")
        + f"  for (int i = 0; i < {turns}; i++) out.write(w + i);\n}}\n"
    )
    status, report = run(code, tmp_path, "--top", "top", "--no-area")
    assert status == 0
    assert (report["loops"] == []) == marked
    text = (tmp_path / "out" / "work" / "top_body.ir").read_text()
    assert text.count("write @out") == (turns if marked else 1)


ODD = ["back\\slash", "tab\tin", "line\nend", 'quote" and space', "bytes\udcff", "größe", "$(x) #'"]


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_a_folder_of_any_name_takes_the_result(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    status, report = run(SQUARES, folder, "--top", "squares", "--no-area")
    assert status == 0 and (folder / "out" / "squares.sv").is_file() and report["top"] == "squares"


@pytest.mark.parametrize("name", ODD[:5], ids=ascii)
def test_a_source_elsewhere_in_such_a_folder_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "work.cpp").write_text(SQUARES)
    assert main([str(folder / "work.cpp"), "--top", "squares", "--out", str(tmp_path / "out")]) == 2
    (letter,) = {letter for letter in name if letter in '\\"' or not letter.isprintable()}
    assert f"the path of a source must not hold {letter!r}; rename the folder.\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "[]", '{"schema": "asn2fpga.hls/1"}', '{"schema": "asn2fpga.hls/1", "verilog": 1}'],
)
def test_an_earlier_report_that_was_changed_removes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.sv").write_text("mine")
    (tmp_path / "out" / "report.json").write_text(text)
    status, report = run(SQUARES, tmp_path, "--top", "squares", "--no-area")
    assert status == 0 and report["top"] == "squares"
    assert (tmp_path / "out" / "mine.sv").read_text() == "mine"
