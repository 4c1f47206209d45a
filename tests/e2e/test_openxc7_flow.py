"""`--bitstream openxc7` with stand-ins for its tools: no proof that the tools themselves take the plan."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e_tools import CLASSES, PIXELS, Outcome, Run

from asn2fpga.cli import main

MOCKS = Path(__file__).parents[1] / "mock_tools"
PROGRAMS = {
    "ASN2FPGA_NEXTPNR_XILINX": "nextpnr-xilinx",
    "ASN2FPGA_FASM2FRAMES": "fasm2frames",
    "ASN2FPGA_XC7FRAMES2BIT": "xc7frames2bit",
}
PART = "xc7z020clg400-1"


@pytest.fixture(scope="module")
def built(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build without the tools, its netlist by a stand-in for Yosys; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    x = np.random.default_rng(2).integers(0, 256, (20, PIXELS), dtype=np.uint8)
    np.savez(folder / "d.npz", x=x, y=np.arange(20) % CLASSES)
    options = ["--data", folder / "d.npz", "--vectors", "20", "--cocotb-vectors", "3", "--until", "package"]
    arguments = [
        "build",
        model_file,
        "--board",
        "pynq-z2",
        "--bitstream",
        "openxc7",
        "--out",
        folder / "tiny",
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASN2FPGA_YOSYS", str(MOCKS / "yosys"))
        for variable in (*PROGRAMS, "CHIPDB_DIR", "PRJXRAY_DB_DIR"):
            patch.delenv(variable, raising=False)
        patch.setenv("HOME", str(folder))
        assert main([str(part) for part in (*arguments, *options)]) == 0
    return folder / "tiny"


@pytest.fixture
def build(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to go on with, where only Yosys' stand-in is."""
    monkeypatch.setenv("ASN2FPGA_YOSYS", str(MOCKS / "yosys"))
    for variable in (*PROGRAMS, "CHIPDB_DIR", "PRJXRAY_DB_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Path(shutil.copytree(built, tmp_path / "tiny"))


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The stand-ins, and folders as nextpnr-xilinx and prjxray have them; set, too."""
    chipdb, database = tmp_path / "chipdb", tmp_path / "prjxray-db"
    part = database / "zynq7" / PART
    part.mkdir(parents=True)
    chipdb.mkdir()
    (chipdb / "xc7z020clg400.bin").write_text("chip")
    for name in ("part.yaml", "part.json", "package_pins.csv"):
        (part / name).write_text("part")
    settings = {variable: str(MOCKS / program) for variable, program in PROGRAMS.items()}
    settings |= {"CHIPDB_DIR": str(chipdb), "PRJXRAY_DB_DIR": str(database)}
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    return settings


def report_of(build: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((build / "report.json").read_text())
    return report


def resume(run: Run, build: Path, *options: object) -> Outcome:
    return run("build", "--resume", "--out", build, "--until", "package", *options)


def package_of(build: Path) -> tuple[set[str], dict[str, Any]]:
    with zipfile.ZipFile(build / "deploy" / "tiny-pynq-z2.zip") as archive:
        return set(archive.namelist()), json.loads(archive.read("manifest.json"))


def test_without_the_tools_plan_and_netlist_are_complete(built: Path) -> None:
    stage = report_of(built)["stages"]["bitstream"]
    assert stage["status"] == "skipped"
    assert stage["reason"].startswith(
        "nextpnr-xilinx is not here (sought on PATH, by ASN2FPGA_NEXTPNR_XILINX and in "
        "~/.apio/packages/openxc7/bin); fasm2frames is not here "
    )
    assert "xc7z020clg400.bin of nextpnr-xilinx is not here (sought in CHIPDB_DIR and " in stage["reason"]
    assert "; the plan is complete: run bash <out>/openxc7/run.sh where they are, put " in stage["reason"]
    names = {path.name for path in (built / "openxc7").iterdir()}
    assert {"synth.ys", "constraints.xdc", "run.sh", "plan.digest", "tiny.json", "rtl"} <= names
    files, manifest = package_of(built)
    assert not manifest["bitstream"] and "tiny.bit" not in files
    assert manifest["own_dma"]["cells"]["dma"] == {"phys_addr": 0x40400000, "addr_range": 0x1000}


def test_tools_that_are_there_are_run(run: Run, build: Path, tools: dict[str, str]) -> None:
    outcome = resume(run, build)
    assert outcome.status == 0, outcome.stderr
    assert "tiny.bit (openXC7, experimental): slack 1.667 ns, 80 LUT, 1.5 BRAM36" in outcome.stderr
    report = report_of(build)
    assert report["timing"]["source"] == "nextpnr-xilinx e22bcf69"
    assert report["timing"]["wns_ns"] == 1.667 and report["timing"]["whs_ns"] is None
    resources = report["resources"]
    assert (resources["source"], resources["ff"], resources["dsp"]) == ("nextpnr-xilinx", 70, 2)
    assert report["sources"]["resources"] == (
        "Source: nextpnr-xilinx, placed and routed; the whole design: accelerator, DMA, interconnect."
    )
    files, manifest = package_of(build)
    assert manifest["bitstream"] and "tiny.bit" in files and "tiny.hwh" not in files
    assert "kept    bitstream" in resume(run, build).stderr


def test_results_that_were_put_back_are_used(run: Run, build: Path, tools: dict[str, str]) -> None:
    """As on another machine, by `bash run.sh`, which has no netlist and makes it."""
    folder = build / "openxc7"
    (folder / "tiny.json").unlink()
    subprocess.run(["bash", "run.sh"], cwd=folder, env=dict(os.environ), check=True, capture_output=True)
    with pytest.MonkeyPatch.context() as patch:
        for variable in tools:
            patch.delenv(variable)
        outcome = resume(run, build)
    assert outcome.status == 0 and "tiny.bit (openXC7, experimental): slack 1.667 ns" in outcome.stderr
    assert package_of(build)[1]["bitstream"]


def test_results_of_another_plan_are_refused(run: Run, build: Path) -> None:
    folder = build / "openxc7"
    (folder / "results.digest").write_text("f" * 64)
    (folder / "nextpnr.log").write_text("")
    digest = (folder / "plan.digest").read_text()[:16]
    outcome = resume(run, build)
    assert outcome.status == 1
    assert outcome.stderr.endswith(
        f"error: {folder}/results.digest: results must belong to the plan that lies there ({digest}), not to "
        f"another one (ffffffffffffffff); run it again: bash {folder}/run.sh\n"
    )


def test_a_clock_that_is_missed_fails(
    run: Run, build: Path, tools: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_OPENXC7_MHZ", "83.2")
    outcome = resume(run, build)
    assert outcome.status == 1
    assert (
        "error: bitstream: the design must reach 100 MHz, not 83.2 (nextpnr-xilinx); its critical path is in "
        "openxc7/nextpnr.log; use a slower clock (--clock-mhz) or fewer lanes (--lanes)." in outcome.stderr
    )
    assert report_of(build)["timing"]["wns_ns"] == -2.019
    assert not (build / "openxc7" / "tiny.bit").exists()


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("place", "Unable to find a placement location for cell 'system.u_dma.count[0]'"),
        ("frames", "FasmLookupError: Segment DB bram_l, key BRAM_L.RAMB18_Y0.X not found"),
    ],
)
def test_a_tool_that_fails_is_told_with_its_own_line(
    run: Run, build: Path, tools: dict[str, str], monkeypatch: pytest.MonkeyPatch, step: str, line: str
) -> None:
    monkeypatch.setenv("MOCK_OPENXC7_FAIL", step)
    outcome = resume(run, build)
    assert outcome.status == 1 and line in outcome.stderr
    monkeypatch.delenv("MOCK_OPENXC7_FAIL")
    assert resume(run, build).status == 0


def test_bad_use(run: Run, model: Path, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(message: str, *arguments: object) -> None:
        outcome = run("build", *arguments)
        assert (outcome.status, outcome.stdout) == (2, "") and outcome.stderr.endswith(f"error: {message}\n")

    refused(
        "--bitstream openxc7: board must have a Zynq-7000, such as pynq-z2, not zcu104 "
        "(xczu7ev-ffvc1156-2-e): Project X-Ray has no bitstreams of UltraScale+; use --bitstream vivado.",
        *(model, "--board", "zcu104", "--bitstream", "openxc7"),
    )
    refused(
        "--bitstream: the value must be one of vivado, openxc7, not 'symbiflow'.",
        *(model, "--board", "pynq-z2", "--bitstream", "symbiflow"),
    )
    monkeypatch.setenv("ASN2FPGA_FASM2FRAMES", "/nowhere")
    outcome = resume(run, build)
    assert outcome.status == 2
    assert "fasm2frames: ASN2FPGA_FASM2FRAMES must name a program that can be run, not '/nowhere'." in (
        outcome.stderr
    )


@pytest.mark.slow
def test_the_driver_runs_on_the_whole_design(run: Run, build: Path) -> None:
    """`run --simulated` of such a build: our own DMA and bridge, not a model of AMD's."""
    outcome = run("run", build, "--simulated", "--vectors", "6")
    assert outcome.status == 0, outcome.stderr
    assert (build / "sim" / "board" / "zynq7" / "asn2fpga_top.v").is_file()
    assert outcome.stdout.splitlines()[1:3] == [
        "SIMULATED BOARD: RTL simulation with Verilator, with its own DMA, processor and memory as models. "
        "Cycles are counted in it; wall-clock times would mean nothing.",
        "vectors     6, all scores equal to the golden model",
    ]
