"""`python -m asn2fpga.engine`: what it prints, writes and refuses."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from asn2fpga.engine.__main__ import main

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
            "asked_interval": 1,
            "advice": "",
            "trip_count": "300",
            "min_trips": 300,
            "max_trips": 300,
            "latency": "301",
            "min_cycles": 301,
            "max_cycles": 301,
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
            "bits": 2400,
            "capacity_bits": 18432,
        }
    ]
    assert report["processes"] == [
        {
            "name": "squares_body",
            "location": "work.cpp:5",
            "states": 3,
            "latency": "301",
            "min_cycles": 301,
            "max_cycles": 301,
        }
    ]
    assert {
        "process": "squares_body",
        "kind": "multiplier",
        "width_bits": 16,
        "count": 1,
        "made_of": "DSP",
        "shape": "8 x 8",
        "dsp": 1,
    } in report["operators"]  # type: ignore[operator]
    steps = [(step["operation"], step["width_bits"], step["location"]) for step in report["critical_path"]]
    assert steps == [("mul", 16, "work.cpp:10"), ("write", 16, "work.cpp:10"), ("register", 0, "")]
    assert isinstance(report["area"], dict) and report["area"]["bram36"] == 0.5
    for text in (
        "squares_body  work.cpp:8   1      1      2         300     301",
        "squares_body.last  ram   block    300     8  2400 of 18432  read, write",
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


def test_a_part_that_is_not_of_xilinx_has_no_area(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, report = run(SQUARES, tmp_path, "--top", "squares", "--part", "LFE5U-85F-6BG381C")
    assert (status, report["area"], report["part"]) == (0, None, "LFE5U-85F-6BG381C")
    assert "area: not counted, only for parts of Xilinx\n" in capsys.readouterr().out


def test_a_clock_that_nothing_meets_is_a_warning(tmp_path: Path) -> None:
    for clock, period in (("2", "2 ns"), ("1e-9", "1e-09 ns")):
        _, report = run(SQUARES, tmp_path, "--top", "squares", "--no-area", "--clock-ns", clock)
        (warning,) = [line for line in report["warnings"] if "critical path" in line]  # type: ignore[attr-defined]
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
    status, _ = run(code, tmp_path, "--top", "top")
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
    status, report = run(code, tmp_path, "--top", "top")
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


def test_the_console_command_and_the_module_are_one(tmp_path: Path) -> None:
    """Both write Verilog, memory files and report.json into the named folder itself, and print the same."""
    root = Path(__file__).parents[3]
    module, _, function = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"][
        "asn2fpga-hls"
    ].partition(":")
    (tmp_path / "work.cpp").write_text(SQUARES.replace("last[300]", "last[300] = {1, 2}"))
    console = (
        f"import sys; from {module} import {function}; sys.argv[0] = 'asn2fpga-hls'; sys.exit({function}())"
    )
    options = ["work.cpp", "--top", "squares", "--part", "xc7z020clg400-1", "--clock-ns", "8", "--no-area"]
    found = []
    for start, folder in ((["-m", "asn2fpga.engine"], "a"), (["-c", console], "b")):
        ran = subprocess.run(
            [sys.executable, *start, *options, "--out", folder], cwd=tmp_path, capture_output=True, text=True
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        files = {path.name: path.read_text() for path in (tmp_path / folder).iterdir() if path.is_file()}
        assert sorted(files) == ["report.json", "squares.sv", "squares_body.sv", "squares_body_last.mem"]
        printed = re.sub(r" in \w; compiled in .*", "", ran.stdout)
        found.append((printed, {name: text for name, text in files.items() if name != "report.json"}))
    assert found[0] == found[1]
    assert found[0][0].endswith("2 Verilog files, 1 memory files and report.json\n")


def started(tmp_path: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    (tmp_path / "work.cpp").write_text(SQUARES)
    command = [sys.executable, "-m", "asn2fpga.engine", *arguments]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, **options)  # type: ignore[call-overload,no-any-return]


def test_a_folder_that_standard_output_cannot_spell(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    out = os.fsdecode(b"gr\xff\xc3\xb6")
    ran = started(tmp_path, "work.cpp", "--top", "squares", "--no-area", "--out", out, env=environment)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert rb"report.json in gr\udcff\xf6; compiled" in ran.stdout
    assert (tmp_path / out / "squares.sv").is_file()


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "work.cpp").write_text(SQUARES)
    command = f"'{sys.executable}' -m asn2fpga.engine work.cpp --top squares --no-area --out o | true"
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_what_the_system_refuses_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "work.cpp").write_text(SQUARES)
    long = "x" * 300
    for source, out, where in (
        (f"{tmp_path}/{long}.cpp", f"{tmp_path}/o", f"{tmp_path}/{long}.cpp"),
        (f"{tmp_path}/work.cpp", f"{tmp_path}/{long}", f"{tmp_path}/{long}"),
    ):
        assert main([source, "--top", "squares", "--out", out]) == 2
        assert capsys.readouterr().err == f"error: {where}: the system refuses it: File name too long.\n"


def test_a_defect_of_the_engine_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("stage")

    monkeypatch.setattr("asn2fpga.engine.__main__.compile_project", broken)
    (tmp_path / "work.cpp").write_text(SQUARES)
    arguments = [str(tmp_path / "work.cpp"), "--top", "squares", "--out", str(tmp_path / "out")]
    message = "internal error: KeyError: 'stage'; this is a bug: run with --debug and report it."
    assert main(arguments) == 1
    assert capsys.readouterr().err == f"error: {message}\n"
    with pytest.raises(KeyError):
        main([*arguments, "--debug"])


def test_an_interrupt_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("asn2fpga.engine.__main__.compile_project", interrupted)
    (tmp_path / "work.cpp").write_text(SQUARES)
    assert main([str(tmp_path / "work.cpp"), "--top", "squares", "--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err == "error: asn2fpga-hls: interrupted.\n"


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work.cpp").write_text(SQUARES)

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("asn2fpga.engine.__main__.json.dumps", full)
    assert (
        main([str(tmp_path / "work.cpp"), "--top", "squares", "--no-area", "--out", str(tmp_path / "out")])
        == 2
    )
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["squares.sv", "squares_body.sv", "work"]


WORDS = [
    "work.cpp", "", "--top", "squares", "nope", "--part", "xc7z020clg400-1", "x\n", "--clock-ns", "10", "-1",
    "1e999", "١", "--out", "out", "/dev/null", "/proc/x", "--include", ".", "--no-area", "--", "-", "-h2",
    "--debug=", "\udcff", "a\tb", "--waves", "%s", "{}", "=", "--top=", "--out=" + "y" * 300,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_any_command_line_ends_with_a_sentence(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("work.cpp").write_text(SQUARES)
    rng = random.Random(seed)
    for _ in range(10):
        status = main(rng.choices(WORDS, k=rng.randint(0, 12)))
        error = capsys.readouterr().err
        assert status == 0 or (status == 2 and error.startswith("error: ") and "internal" not in error)
