"""Debian keeps Python's shared library in a package of its own: without it all but cocotb's part is done."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from e2e_tools import Run

from asn2fpga.errors import ToolError
from asn2fpga.stages import cosim
from asn2fpga.verify import cocotb_run

PACKAGE = f"libpython{sys.version_info[0]}.{sys.version_info[1]}"
REASON = "Python's shared library is missing, which cocotb loads into the simulation"
REMEDY = f"install the Debian package {PACKAGE}, or use a Python built with --enable-shared"


def nothing() -> None:
    return None


def test_a_build_does_the_rest_and_says_what_it_left_out(
    run: Run, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosim, "shared_python", nothing)
    out = tmp_path / "build"
    options = ("--board", "pynq-z2", "--vectors", "20", "--cocotb-vectors", "3", "--until", "cosim")
    done = run("build", model_file, *options, "--out", out)
    assert done.status == 0, done.stderr
    report = json.loads((out / "report.json").read_text())
    assert report["cosim"]["mismatches"] == 0 and report["cosim"]["vectors"] == 20
    assert report["cosim"]["cocotb"]["vectors"] == 0 and report["cosim"]["cocotb"]["skipped"] == REASON
    (warning,) = (warning for warning in report["warnings"] if warning["code"] == "cocotb_skipped")
    assert warning["text"].startswith(REASON) and warning["hint"] == REMEDY
    checked = run("verify", out, "--vectors", "5")
    assert checked.status == 0 and f"accelerator: skipped: {REASON}; {REMEDY}" in checked.stdout


def test_the_stage_runs_again_when_the_library_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    class Request:
        class config:  # noqa: N801
            rtl_vectors, cocotb_vectors, seed = 1, 1, 1

    monkeypatch.setattr(cosim, "shared_python", nothing)
    without = cosim._options(Request)  # type: ignore[arg-type]
    monkeypatch.setattr(cosim, "shared_python", lambda: "/lib/libpython.so")
    assert without != cosim._options(Request)  # type: ignore[arg-type]


def test_cocotb_itself_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cocotb_run, "shared_python", nothing)
    bench = cocotb_run.BenchModule("module", "top")
    with pytest.raises(ToolError, match=f"^{re.escape(f'cocotb: {REASON}; {REMEDY}.')}$"):
        cocotb_run.testbench_environment(bench, tmp_path)
