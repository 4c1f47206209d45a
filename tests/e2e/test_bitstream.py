"""Stage bitstream with stand-ins for Vivado and Bambu: no proof that the tools themselves take the plan."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e_tools import CLASSES, PIXELS, Outcome, Run
from needs import need

from asn2fpga.cli import main

MOCKS = Path(__file__).parents[1] / "mock_tools"
VARIABLES = ("ASN2FPGA_VIVADO", "ASN2FPGA_VITIS_RUN", "ASN2FPGA_VITIS_HLS", "ASN2FPGA_VPP", "ASN2FPGA_BAMBU")


@pytest.fixture(scope="module")
def built(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with the stand-in for Bambu, and without Vivado; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    x = np.random.default_rng(2).integers(0, 256, (20, PIXELS), dtype=np.uint8)
    np.savez(folder / "d.npz", x=x, y=np.arange(20) % CLASSES)
    options = ["--data", folder / "d.npz", "--vectors", "20", "--cocotb-vectors", "3", "--activity"]
    arguments = ["build", model_file, "--board", "zcu104", "--engine", "bambu", "--out", folder / "tiny"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASN2FPGA_BAMBU", str(MOCKS / "bambu"))
        assert main([str(part) for part in (*arguments, *options, "--until", "bitstream")]) == 0
    return folder / "tiny"


@pytest.fixture
def build(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to go on with; no tool is there but Bambu's stand-in."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ASN2FPGA_VIVADO", "none")
    monkeypatch.setenv("ASN2FPGA_BAMBU", str(MOCKS / "bambu"))
    return Path(shutil.copytree(built, tmp_path / "tiny"))


def report_of(build: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((build / "report.json").read_text())
    return report


def resume(run: Run, build: Path, *options: object) -> Outcome:
    return run("build", "--resume", "--out", build, "--until", "bitstream", *options)


def stand_ins() -> Path:
    """Their folder; Vivado's runs its script in tclsh."""
    need("tclsh")
    return MOCKS


def run_plan(build: Path, **settings: str) -> None:
    """What a user does on another machine: bash run.sh, with the stand-in as Vivado."""
    environment = {**os.environ, "ASN2FPGA_VIVADO": str(stand_ins() / "vivado"), **settings}
    subprocess.run(
        ["bash", "run.sh"], cwd=build / "vivado", env=environment, check=False, capture_output=True
    )


def test_rtl_of_another_engine_is_compared_end_to_end_and_the_report_says_so(built: Path) -> None:
    report = report_of(built)
    assert report["cosim"]["engine"] == "bambu" and report["cosim"]["mismatches"] == 0
    senders = [row["name"] for row in report["layers"][:-1]]
    assert report["cosim"]["hidden_layers"] == senders and report["cosim"]["spikes_compared"] == 0
    told = f"not the events of {', '.join(senders)}: this RTL hides them"
    assert "0 mismatches" in report["stages"]["cosim"]["summary"]
    assert report["stages"]["cosim"]["summary"].endswith(f"; scores compared, but {told}")
    assert report["sources"]["cosim"].endswith(f"events {told.replace('the events ', '')}.")


def test_without_vivado_the_plan_is_complete(built: Path) -> None:
    stage = report_of(built)["stages"]["bitstream"]
    assert stage["status"] == "skipped" and "bash <out>/vivado/run.sh" in stage["reason"]
    names = {path.name for path in (built / "vivado").iterdir()}
    assert {"build.tcl", "steps.tcl", "system.tcl", "constraints.xdc", "run.sh", "plan.digest"} <= names
    assert "activity.saif" in names and (built / "vivado" / "rtl" / "asn2fpga_accelerator.v").is_file()
    assert report_of(built)["timing"]["source"] is None


def test_resuming_without_results_is_skipped_again(run: Run, build: Path) -> None:
    outcome = resume(run, build)
    assert outcome.status == 0 and "skipped bitstream" in outcome.stderr


def test_results_that_were_put_back_are_used(run: Run, build: Path) -> None:
    run_plan(build)
    outcome = resume(run, build)
    assert outcome.status == 0, outcome.stderr
    assert "tiny.bit: slack 1.234 ns, 6,714 LUT, 4.5 BRAM36" in outcome.stderr
    report = report_of(build)
    assert report["timing"]["wns_ns"] == 1.234 and report["timing"]["source"] == "Vivado 2024.1"
    assert report["resources"]["source"] == "vivado" and report["resources"]["uram"] == 2
    assert report["resources"]["scope"] == "the whole design: accelerator, DMA, interconnect"
    assert "Vivado 2024.1 met the clock, with a slack of 1.234 ns." in report["sources"]["latency_us"]
    assert "kept    bitstream" in resume(run, build).stderr


def test_vivado_that_is_there_is_run(run: Run, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = resume(run, build, "--vivado", stand_ins())
    assert outcome.status == 0 and "done    bitstream" in outcome.stderr, outcome.stderr
    assert json.loads((build / "vivado" / "results.json").read_text())["power"]["activity"] == "saif"
    assert (build / "logs" / "vivado.log").is_file()


def test_results_of_another_plan_are_refused(run: Run, build: Path) -> None:
    run_plan(build)
    path = build / "vivado" / "results.json"
    path.write_text(re.sub(r'"plan": "\w+"', f'"plan": "{"f" * 64}"', path.read_text()))
    digest = (build / "vivado" / "plan.digest").read_text()[:16]
    outcome = resume(run, build)
    assert outcome.status == 1
    assert outcome.stderr.endswith(
        f"error: {path}: results must belong to the plan that lies there ({digest}), not to another one "
        f"(ffffffffffffffff); run it again: bash {build}/vivado/run.sh\n"
    )


def test_missed_timing_fails_and_names_the_layer(
    run: Run, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_VIVADO_FAIL", "slack")
    layer = report_of(build)["layers"][-1]["name"]
    endpoint = f"system_i/accelerator/inst/core/body/u_{layer}_readout/sum_reg[0]/D"
    monkeypatch.setenv("MOCK_VIVADO_ENDPOINT", endpoint)
    outcome = resume(run, build, "--vivado", stand_ins() / "vivado")
    assert outcome.status == 1
    assert "error: bitstream: setup slack must be at least 0 ns, not -0.412; path system_i/" in outcome.stderr
    assert f"{endpoint} (layer {layer}); use a slower clock" in outcome.stderr
    assert report_of(build)["stages"]["bitstream"]["status"] == "failed"
    assert report_of(build)["timing"]["layer"] == layer


def test_missing_licence_is_told_and_the_build_goes_on_with_one(
    run: Run, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_VIVADO_FAIL", "licence")
    outcome = resume(run, build, "--vivado", stand_ins())
    assert outcome.status == 1 and "A valid license was not found for feature 'Synthesis'" in outcome.stderr
    monkeypatch.delenv("MOCK_VIVADO_FAIL")
    outcome = resume(run, build, "--vivado", stand_ins())
    assert outcome.status == 0 and "done    bitstream" in outcome.stderr


def test_bad_use(run: Run, build: Path, model: Path, tmp_path: Path) -> None:
    def refused(message: str, *arguments: object) -> None:
        outcome = run("build", *arguments)
        assert (outcome.status, outcome.stdout) == (2, "") and outcome.stderr.endswith(f"error: {message}\n")

    refused("--resume: --out must be given (the folder of the build), not left out.", "--resume")
    refused(
        "--resume: the build must stay as it is, not be changed by --lanes; leave it out.",
        *("--resume", "--out", build, "--lanes", "4"),
    )
    refused(
        f"--vivado {tmp_path}: path must be the program vivado or the folder it is installed in, "
        f"not '{tmp_path}'.",
        *("--resume", "--out", build, "--vivado", tmp_path),
    )
    out = tmp_path / "new"
    outcome = run("build", model, "--board", "kv260", "--engine", "vitis", "--out", out)
    assert outcome.status == 2 and outcome.stderr.startswith("error: --engine vitis: none of vitis-run, ")
    assert not out.exists()
