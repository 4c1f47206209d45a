"""`asn2fpga energy`: what was measured on a board gets into the report, or is refused with a reason."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from power_traces import make_run, record, write_csv

from asn2fpga.board.spec import find_board
from asn2fpga.cli import main
from asn2fpga.config import Config
from asn2fpga.runtime.power import SyntheticSource
from asn2fpga.stages.manifest import Entry, Manifest, write_manifest

Plain = dict[str, Any]

SHA256 = "ab" * 32
WHAT: Plain = {"model_sha256": SHA256, "board": "zcu104", "clock_mhz": 200.0}
RESULT: Plain = {
    "source": "measured",
    "scope": "rail INT: PS and PL together",
    "uj_per_inference": 26.125,
    "uj_per_inference_minus_idle": 3.5,
    "uncertainty_uj": 0.25,
    "uncertainty_minus_idle_uj": 0.375,
    "inferences": 1000,
    "seconds": 10.0,
    "method": "Measured: so and so.",
}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The folder of a build that has loaded its model."""
    folder = tmp_path / "build"
    folder.mkdir()
    request = {"board": dataclasses.asdict(find_board("zcu104")), "config": dataclasses.asdict(Config())}
    load = Entry("", {}, "passed", 0.1, "", "", {"name": "net", "sha256": SHA256}, {})
    write_manifest(folder, Manifest(request, {"load": load}))
    return folder


def write(path: Path, plain: object) -> Path:
    path.write_text(json.dumps(plain))
    return path


def report_of(build: Path) -> Plain:
    report: Plain = json.loads((build / "report.json").read_text())
    return report


def run(*arguments: object) -> int:
    return main(["energy", *(str(argument) for argument in arguments)])


def selftest(tmp_path: Path, **changes: Any) -> Path:
    plain = {"schema": "asn2fpga.selftest/1", **WHAT, "energy": [RESULT], "energy_note": ""}
    return write(tmp_path / "result.json", {**plain, **changes})


def meter(tmp_path: Path, **choices: Any) -> tuple[Path, Path]:
    """A run and what a meter saw of it."""
    load, work = make_run(1, manifest=WHAT, **choices)
    trace, _ = record(work, 1)
    csv = tmp_path / "meter.csv"
    write_csv(csv, trace)
    return write(tmp_path / "run.json", load), csv


def test_rails(build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(build, "--selftest", selftest(tmp_path)) == 0
    out = capsys.readouterr().out
    assert re.search(r"26\.12 \+- 0\.25 uJ +measured; rail INT: PS and PL together +\n", out)
    assert out.endswith("Measured: so and so.\n")
    assert report_of(build)["energy"] == {
        **RESULT,
        "dynamic_uj": 3.5,
        "static_uj": 22.625,
        "scope_minus_idle": "rail INT: PS and PL together, minus idle",
        "file": "rails-1.json",
    }


def test_meter(build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load, csv = meter(tmp_path)
    assert run(build, "--meter", csv, "--run", load, "--scope", "5 V input", "--accuracy-percent", "1") == 0
    energy = report_of(build)["energy"]
    assert (energy["source"], energy["scope"], energy["file"]) == ("measured", "5 V input", "meter-1.json")
    assert energy["alignment"]["file"] == "meter.csv"
    scale = 1e6 * energy["seconds"] / energy["inferences"]
    assert abs(energy["uj_per_inference"] - 2.7 * scale) < energy["uncertainty_uj"]
    assert energy["budget_uj"]["gain"] > 0
    assert "measured; 5 V input, minus idle" in capsys.readouterr().out


def test_nothing_to_import_shows_what_there_is(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(build) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Estimate, not measured. ")


def test_simulated_power_is_refused(build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load, csv = meter(tmp_path, synthetic=SyntheticSource())
    assert run(build, "--meter", csv, "--run", load) == 2
    text = "error: measurement meter: source must be 'measured', not 'simulated': no power was measured.\n"
    assert capsys.readouterr().err == text
    assert not (build / "measurements").exists()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(*arguments) == 2
    return capsys.readouterr().err


def test_refusals(build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load, csv = meter(tmp_path)
    assert refusal(capsys, build, "--meter", csv) == (
        "error: --meter, --run: both must be given, not one of them.\n"
    )
    for option in ("--resolution-mw", "--accuracy-percent"):
        message = refusal(capsys, build, "--meter", csv, "--run", load, option, "0")
        assert message == f"error: {option}: the value must be greater than 0, not 0.\n"
    empty = tmp_path / "empty.csv"
    empty.write_text("time_s,power_w\n")
    assert refusal(capsys, build, "--meter", empty, "--run", load) == (
        f"error: {empty}: it must hold at least 8 samples, not 0; is it the recording of the run?\n"
    )


def test_refused_files(build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load, csv = meter(tmp_path)
    assert re.fullmatch(
        r"error: \S+/none\.json: the file must be JSON, not unreadable \(.*No such file.*\)\.\n",
        refusal(capsys, build, "--selftest", tmp_path / "none.json"),
    )
    assert refusal(capsys, build, "--selftest", load) == (
        f"error: {load}: this is not what selftest.py --power --json RESULT.json gave "
        "(asn2fpga.selftest/1).\n"
    )
    path = selftest(tmp_path, energy=[], energy_note="pynq-z2: no rail")
    assert refusal(capsys, build, "--selftest", path) == (
        f"error: {path}: the self test must have measured energy, not none (pynq-z2: no rail).\n"
    )
    path = selftest(tmp_path, board="kv260")
    assert refusal(capsys, build, "--selftest", path) == (
        f"error: {path}: board must be zcu104 as in the build, not kv260; "
        "measure with the package of this build.\n"
    )
    plain = json.loads(load.read_text())
    del plain["load"]
    assert refusal(capsys, build, "--meter", csv, "--run", write(load, plain)) == (
        f"error: {load}: this is not as power.record_run gave it (KeyError('load')).\n"
    )


@pytest.mark.parametrize(
    "option", [("--scope", "PL"), ("--volts", "12"), ("--resolution-mw", "5"), ("--accuracy-percent", "1")]
)
def test_what_is_said_of_a_meter_needs_its_recording(
    option: tuple[str, str], build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(build, *option) == 2
    message = f"{option[0]}: --meter must be given with it, which it is about; leave it out, or add that."
    assert capsys.readouterr().err == f"error: {message}\n"
