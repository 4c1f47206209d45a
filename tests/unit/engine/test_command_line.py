"""The command line of the engine: every failure is one sentence, whatever was typed."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from squares import SQUARES

from asn2fpga.engine.__main__ import main


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
    def broken(*_: object, **__: object) -> None:
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
    def interrupted(*_: object, **__: object) -> None:
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
