"""`asn2fpga run --simulated`: package, driver and self test against the RTL of the same build."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from e2e_tools import PIXELS, Run
from typed_values import differences

from asn2fpga.cli import main
from asn2fpga.figures.board_run import BoardRunFigures

ROOT = Path(__file__).parents[2]
SIMULATED = "RTL simulation with Verilator, AXI DMA as a model"


@pytest.fixture(scope="module")
def built(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "tiny"
    options = ["--vectors", "40", "--until", "hls"]
    assert main(["build", str(model_file), "--board", "zcu104", "--out", str(out), *options]) == 0
    assert main(["package", str(out)]) == 0
    return out


def test_scores_are_exact_and_the_report_says_simulated(built: Path, run: Run, tmp_path: Path) -> None:
    data = tmp_path / "d.npz"
    np.savez(data, x=np.random.default_rng(5).integers(0, 256, (20, PIXELS), dtype=np.uint8))
    done = run("run", built, "--simulated", "--data", data)
    assert (done.status, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[1].startswith(f"SIMULATED BOARD: {SIMULATED}. ")
    assert lines[2] == "vectors     40, all scores equal to the golden model"
    assert lines[4] == "data        20 inferences, no labels"
    report = json.loads((built / "report.json").read_text())
    found = report["board_run"]
    assert (found["host"], found["simulated"], found["mismatches"]) == ("simulated board", SIMULATED, 0)
    assert differences(BoardRunFigures, found) == []
    assert found["data"] == {"samples": 20, "accuracy": None, "mismatches": 0}
    assert found["call_us"] is None and found["throughput_per_second"] is None
    assert found["counters"]["inferences"] == 40 + 40 + 20
    assert report["energy"]["source"] == "estimate"


def test_power_is_refused(built: Path, run: Run) -> None:
    done = run("run", built, "--simulated", "--power")
    assert (done.status, done.stderr) == (
        2,
        "error: --power: the board must be a real one, not a simulated one; there is nothing to measure.\n",
    )


def test_what_is_about_ssh_is_refused(built: Path, run: Run) -> None:
    for option, *value in (("--port", "99"), ("--user", "me"), ("--sudo",)):
        done = run("run", built, "--simulated", option, *value)
        message = f"{option}: the board must be one with --host, not a simulated one; leave it out."
        assert (done.status, done.stderr) == (2, f"error: {message}\n")


def test_bad_options_of_the_self_test(built: Path, run: Run) -> None:
    for option, value, message in (
        ("--vectors", "0", "--vectors: the value must be at least 1, not 0."),
        ("--timeout", "0", "--timeout: the time must be above 0 s, not 0."),
        ("--timeout", "nan", "--timeout: the time must be above 0 s, not nan."),
    ):
        done = run("run", built, "--simulated", option, value)
        assert (done.status, done.stderr) == (2, f"error: {message}\n")


def test_a_build_without_rtl(model: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out"
    assert run("build", model, "--board", "pynq-z2", "--out", out, "--until", "golden").status == 0
    run("package", out)
    done = run("run", out, "--simulated")
    assert (done.status, done.stderr) == (
        2,
        f"error: {out}: the build ended before stage hls; build again.\n",
    )


@pytest.mark.slow
def test_the_digits_of_the_examples(tmp_path: Path, run: Run) -> None:
    data = ROOT / "examples" / "digits_test.npz"
    out = tmp_path / "digits"
    options = ["--data", data, "--until", "package", "--cocotb-vectors", 10]
    done = run("build", ROOT / "examples" / "digits.pt", "--board", "pynq-z2", "--out", out, *options)
    assert done.status == 0
    done = run("run", out, "--simulated", "--data", data)
    assert done.status == 0 and "vectors     200, all scores equal to the golden model\n" in done.stdout
    report = json.loads((out / "report.json").read_text())
    assert report["board_run"]["data"]["mismatches"] == 0
    assert report["board_run"]["data"]["accuracy"] == report["accuracy"]["integer"]
