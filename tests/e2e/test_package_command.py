"""`asn2fpga package`, on builds that ended early: it needs no more than the golden model."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e_tools import Run

from asn2fpga.board.spec import known_boards
from asn2fpga.cli import main
from asn2fpga.stages.manifest import read_manifest


@pytest.fixture(scope="module")
def built(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "tiny"
    arguments = ["build", model_file, "--board", "zcu104", "--out", out, "--until", "golden"]
    assert main([str(argument) for argument in arguments]) == 0
    return out


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "tiny"))


def files_of(build: Path) -> dict[str, bytes]:
    (path,) = (build / "deploy").iterdir()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_without_a_bitstream_it_says_so(build: Path, run: Run) -> None:
    done = run("package", build)
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr.endswith("deploy/tiny-zcu104.zip, WITHOUT a bitstream, so not yet for a board\n")
    stage = json.loads((build / "report.json").read_text())["stages"]["package"]
    assert stage["status"] == "passed" and "WITHOUT a bitstream" in stage["summary"]
    files = files_of(build)
    assert json.loads(files["manifest.json"])["bitstream"] is False
    assert b"has no bitstream" in files["README.md"]


def test_a_bitstream_that_came_later_is_taken(build: Path, run: Run) -> None:
    run("package", build)
    (build / "vivado").mkdir()
    for suffix in ("bit", "hwh"):
        (build / "vivado" / f"tiny.{suffix}").write_bytes(suffix.encode())
    done = run("package", build)
    assert done.stderr.endswith("deploy/tiny-zcu104.zip\n")
    files = files_of(build)
    assert files["tiny.bit"] == b"bit" and json.loads(files["manifest.json"])["bitstream"] is True


def test_a_bitstream_without_its_description_is_none(build: Path, run: Run) -> None:
    (build / "vivado").mkdir()
    (build / "vivado" / "tiny.bit").touch()
    run("package", build)
    assert "tiny.bit" not in files_of(build)


@pytest.mark.parametrize(
    ("plan", "slack"), [("other", 0.5), ("this", -0.1)], ids=["another plan", "too slow"]
)
def test_a_bitstream_that_is_no_good_is_left_out(build: Path, run: Run, plan: str, slack: float) -> None:
    vivado = build / "vivado"
    vivado.mkdir()
    for suffix in ("bit", "hwh"):
        (vivado / f"tiny.{suffix}").write_bytes(suffix.encode())
    (vivado / "plan.digest").write_text("this\n")
    (vivado / "results.json").write_text(json.dumps(results(plan, slack)))
    done = run("package", build)
    assert done.status == 0 and "WITHOUT a bitstream" in done.stderr
    assert "tiny.bit" not in files_of(build)
    (vivado / "results.json").write_text(json.dumps(results("this", 0.5)))
    run("package", build)
    assert files_of(build)["tiny.bit"] == b"bit"


def results(plan: str, slack: float) -> dict[str, Any]:
    """results.json as Vivado's plan writes it."""
    used = {"lut": 1, "ff": 1, "bram36": 1, "dsp": 1, "uram": 0}
    power = {"total_w": 1.0, "dynamic_w": 0.5, "static_w": 0.5, "pl_dynamic_w": 0.1, "activity": "saif"}
    timing = {"wns_ns": slack, "whs_ns": 0.1, "period_ns": 10, "worst_path": "a -> b", "layer": None}
    figures = {"timing": timing, "utilisation": used, "power": power}
    return {"schema": "asn2fpga.vivado/1", "tool": "Vivado", "version": "2024.1", "plan": plan, **figures}


def test_it_is_made_again_whatever_was_before(build: Path, run: Run) -> None:
    run("package", build)
    (path,) = (build / "deploy").iterdir()
    first = path.read_bytes()
    path.unlink()
    assert run("package", build).status == 0
    assert path.read_bytes() == first


def test_the_vectors_are_the_builds(build: Path, run: Run) -> None:
    run("package", build)
    (path,) = (build / "deploy").iterdir()
    with zipfile.ZipFile(path) as archive, archive.open("vectors.npz") as stream:
        x = np.load(stream)["x"]
    assert len(x) == 200 and np.array_equal(x[:40], np.load(build / "state" / "calibration.npz")["x"])


def test_what_is_no_build(tmp_path: Path, run: Run) -> None:
    done = run("package", tmp_path)
    assert (done.status, done.stderr) == (
        2,
        f"error: {tmp_path}: the folder must be one made by `asn2fpga build`, not another folder; "
        "give the folder that was its --out.\n",
    )


def test_a_build_that_ended_too_early(model: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out"
    run("build", model, "--board", "pynq-z2", "--out", out, "--until", "quantise")
    done = run("package", out)
    assert (done.status, done.stderr) == (
        2,
        f"error: {out}: the build ended before stage golden; run `asn2fpga build` again.\n",
    )


@pytest.mark.slow
@pytest.mark.parametrize("board", known_boards())
def test_every_board_until_package(model: Path, tmp_path: Path, run: Run, board: str) -> None:
    options: list[Any] = ["--vectors", 20, "--cocotb-vectors", 4, "--until", "package"]
    done = run("build", model, "--board", board, "--out", tmp_path / "out", *options)
    assert done.status == 0, done.stderr
    entry = read_manifest(tmp_path / "out").stages["package"]
    assert (entry.status, list(entry.products)) == ("passed", [f"deploy/tiny-{board}.zip"])
